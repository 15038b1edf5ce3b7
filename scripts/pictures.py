"""Makes the pictures of README and docs from the demo. By hand: `make pictures`, or some by name:
`make pictures NAMES="console why"`. Look at them before you commit them.

It starts a demo of its own in a folder that is thrown away, works in it as people do, and puts what
the browser shows into `docs/images`, with few colours so that the files stay small.
"""

import asyncio
import json
import sys
import tempfile
from io import BytesIO
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import cast

from PIL import Image

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from servers.browser import open_browser  # noqa: E402 (where it is, is said above)
from shots import SHOTS  # noqa: E402
from studio import Studio, demo  # noqa: E402

BROKEN = 500
EXACT = 64
COLOURS = 96


async def take(studio: Studio, name: str, folder: Path) -> None:
    shot = SHOTS[name]
    async with studio.page(shot.login, **shot.options) as page:
        broken: list[str] = []
        page.on("response", lambda one: broken.append(one.url) if one.status >= BROKEN else None)
        await shot.prepare(studio, page)
        if broken:
            raise RuntimeError(f"{broken[0]} is broken")
        await page.evaluate("document.fonts.ready")
        png = await page.screenshot(animations="disabled", caret="hide")
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture.quantize(palette=colours_of(picture), dither=Image.Dither.NONE).save(
        folder / f"{name}.png", optimize=True
    )


def colours_of(picture: Image.Image) -> Image.Image:
    """A palette: the most frequent as they are, such as what pages are painted with, and others
    that are far from each other, so that the green of a small dot stays green."""
    counted = picture.getcolors(picture.width * picture.height) or []
    by_number = sorted(counted, key=itemgetter(0), reverse=True)
    frequent = [cast("tuple[int, ...]", colour) for _, colour in by_number[:EXACT]]
    spread = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chain.from_iterable(frequent), *spread[: 3 * COLOURS]])
    return palette


async def main(names: list[str], folder: Path) -> None:
    failed = []
    with tempfile.TemporaryDirectory() as made:
        async with demo(Path(made)) as settings, open_browser() as browser:
            passwords = json.loads((Path(made) / "demo-passwords.json").read_text())
            studio = Studio(settings.hub.http.public_url, settings, browser, passwords)
            await studio.some_traffic()
            for name in names or SHOTS:
                try:
                    await take(studio, name, folder)
                except Exception as error:
                    failed.append(name)
                    sys.stderr.write(f"{name}: {str(error).splitlines()[0]}\n")
                else:
                    size = (folder / f"{name}.png").stat().st_size
                    sys.stdout.write(f"{name}.png, {size // 1024} KB\n")
    if failed:
        sys.exit(f"Not made: {', '.join(failed)}.")


if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if name not in SHOTS]
    if unknown:
        sys.exit(f"There is no picture {', '.join(unknown)}. There are: {', '.join(SHOTS)}.")
    asyncio.run(main(sys.argv[1:], IMAGES))
