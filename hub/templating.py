"""Templates, made into pages in one way everywhere.

What was compiled of them is kept beside their sources, as Python keeps its own: to compile all that
a page includes takes a second, in which its process answers nobody.
"""

import contextlib
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

FOLDER = "__pycache__"


def environment_of(templates: Path, **filters: Callable[..., Any]) -> Environment:
    """For the templates in this folder: everything is escaped, and a name that is not given is an
    error. What changes in the folder is seen by the next process."""
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # else each use asks the disk for the age of each file of a page
    )
    environment.filters.update(filters)
    _keep_compiled(environment, templates)
    return environment


def _keep_compiled(environment: Environment, templates: Path) -> None:
    """Nothing is kept where Python is told to keep nothing, or where nothing may be written."""
    if sys.dont_write_bytecode:
        return
    place = templates / FOLDER
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
