"""The document of an API for people: one page, made here, without a script."""

import json
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from aiohttp import web

from hub.api.openapi import About, document
from hub.api.operation import Operation
from hub.http import Route
from hub.templating import environment_of

_FOLDER = Path(__file__).parent
_STYLE = _FOLDER / "static" / "reference.css"
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def reference(about: About, operations: Sequence[Operation[Any]]) -> list[Route]:
    """`openapi.json`, and a page of it, below the API's own address: open to everybody."""
    made = _Made(about, operations)
    return [
        Route("GET", f"{about.base}/openapi.json", _serves(lambda: made.text, "application/json")),
        Route("GET", f"{about.base}/reference.css", _serves(lambda: made.style, "text/css")),
        Route("GET", about.base, _serves(lambda: made.page, "text/html")),
    ]


class _Made:
    """What is served, made when it is first asked for: it takes longer than starting."""

    def __init__(self, about: About, operations: Sequence[Operation[Any]]) -> None:
        self._about = about
        self._operations = operations

    @cached_property
    def text(self) -> str:
        return json.dumps(self._spec, ensure_ascii=False)

    @cached_property
    def page(self) -> str:
        template = environment_of(_FOLDER / "templates").get_template("reference.html")
        return template.render(spec=self._spec, about=self._about, kind_of=_kind_of)

    @cached_property
    def style(self) -> str:
        return _STYLE.read_text(encoding="utf-8")

    @cached_property
    def _spec(self) -> dict[str, Any]:
        return document(self._about, self._operations)


def _serves(text: Callable[[], str], content_type: str) -> Any:
    async def handler(_request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "max-age=300"}
        return web.Response(text=text(), content_type=content_type, headers=headers)

    return handler


def _kind_of(schema: dict[str, Any]) -> str:
    """A schema in a few words: `text, at most 200`, `list of Line`."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_kind_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return "list of " + _kind_of(schema.get("items", {}))
    words = {"string": "text", "integer": "number", "null": "null", "object": "object"}
    told = schema.get("format") or words.get(kind, kind)
    longest = f", at most {schema['maxLength']}" if "maxLength" in schema else ""
    return f"{told}{longest}"
