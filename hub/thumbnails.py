"""Small pictures, made anew from the pixels of what strangers send. Run it in a worker process."""

import io
from pathlib import Path

from PIL import Image, ImageOps

MOST_PIXELS = 50_000_000
SIDE = 480


class Broken(Exception):
    """These bytes are not the picture that they begin as."""


def thumbnail_of(file: Path, kind: str) -> bytes:
    """A WebP of at most `SIDE` pixels each way; empty when there are too many pixels to open it.

    `kind` is what Pillow calls it: that decoder and no other reads it, whatever else the bytes may
    also pass for.
    """
    Image.MAX_IMAGE_PIXELS = None  # we look ourselves, before anything is decoded
    try:
        with Image.open(file, formats=[kind]) as image:
            if image.width * image.height > MOST_PIXELS:
                return b""
            return _small(image)
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow says of what is no picture
        raise Broken from error


def _small(image: Image.Image) -> bytes:
    image.draft("RGB", (SIDE, SIDE))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((SIDE, SIDE))
    small = io.BytesIO()
    upright.convert("RGBA" if _is_transparent(upright) else "RGB").save(small, "WEBP", quality=80)
    return small.getvalue()


def _is_transparent(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
