"""Compiled templates, kept beside their sources as Python keeps its own: to compile all that a page
includes takes a second, in which its process answers nobody."""

import contextlib
import hashlib
import sys
from pathlib import Path

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

FOLDER = "__pycache__"


def keep_compiled(environment: Environment, templates: Path) -> None:
    """Let an environment find, and leave, what was compiled of the templates in this folder.

    Nothing is kept where Python is told to keep nothing, or where nothing may be written.
    """
    place = templates / FOLDER
    if sys.dont_write_bytecode:
        return
    with contextlib.suppress(OSError):
        place.mkdir(exist_ok=True)
        pattern = f"{_options(environment)}.%s.cache"
        environment.bytecode_cache = _Kept(str(place), pattern)


def _options(environment: Environment) -> str:
    """What the same template is compiled differently with, short."""
    options = (
        jinja2.__version__,
        environment.autoescape,
        environment.trim_blocks,
        environment.lstrip_blocks,
        environment.keep_trailing_newline,
        sorted(environment.filters),
        sorted(environment.extensions),
    )
    return hashlib.sha256(repr(options).encode()).hexdigest()[:8]


class _Kept(FileSystemBytecodeCache):
    def dump_bytecode(self, bucket: Bucket) -> None:
        """A full disk, or a folder of somebody else, is no reason not to show the page."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)
