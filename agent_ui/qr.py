"""A text as a QR code, drawn on the server: what is in it goes to nobody else."""

import segno
from markupsafe import Markup, escape


def qr_code(text: str, title: str) -> Markup:
    """Black on white in every theme: that is what cameras read."""
    drawn = segno.make_qr(text, error="m").svg_inline(
        scale=1, border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    # What is drawn are numbers of the library; the title alone is somebody's text.
    named = drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)
    return Markup(named)  # noqa: S704
