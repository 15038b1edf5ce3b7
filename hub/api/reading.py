"""Reads what programs send, and says which field is wrong."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from hub.errors import Rejected

_MOST_COMPLAINTS = 20


class Invalid(Rejected):
    """`errors`: a JSON pointer, or the name of a parameter, and what is wrong there."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        first = errors[0]
        where = first.get("pointer") or first.get("parameter") or "the body"
        super().__init__(
            "invalid", f"{where}: {first['detail']}", status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
        self.errors = errors


def body_of(raw: bytes, content_type: str, takes: type[BaseModel]) -> BaseModel:
    """Raises Rejected."""
    if not raw:
        return _valid(takes, {}, "pointer")
    if content_type != "application/json":
        detail = "Send JSON, with Content-Type: application/json."
        raise Rejected("media_type", detail, status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        given = from_json(raw)
    except ValueError as error:
        raise Rejected("malformed_json", f"This is no JSON: {error}") from error
    return _valid(takes, given, "pointer")


def query_of(given: Mapping[str, str], asks: type[BaseModel]) -> BaseModel:
    """Raises Rejected."""
    return _valid(asks, dict(given), "parameter")


def _valid(shape: type[BaseModel], given: Any, kind: str) -> BaseModel:
    try:
        return shape.model_validate(_without_nul(given))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise Invalid([_complaint(one, kind) for one in found[:_MOST_COMPLAINTS]]) from error


def _complaint(one: Any, kind: str) -> dict[str, str]:
    parts = [str(part) for part in one["loc"]]
    where = "/" + "/".join(parts) if kind == "pointer" and parts else ".".join(parts)
    return {kind: where, "detail": one["msg"]} if where else {"detail": one["msg"]}


def _without_nul(value: Any) -> Any:
    """PostgreSQL keeps no NUL in a text."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_without_nul(one) for one in value]
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(one) for name, one in value.items()}
    return value
