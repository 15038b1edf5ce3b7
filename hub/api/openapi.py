"""The OpenAPI 3.1 document of an API, made from its operations."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from hub.api.door import KEY_HEADER, LONGEST_KEY
from hub.api.operation import Nothing, Operation

_REF = "#/components/schemas/{model}"
_PLACE = re.compile(r"{(\w+)}")
_EVERY = {
    401: "no token, or none that works",
    403: "the token lacks the scope",
    429: "too many requests: wait as long as Retry-After says",
    503: "not now: try again after Retry-After",
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `code` is for programs, `detail` for people.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "where in the body"},
                    "parameter": {"type": "string", "description": "which parameter"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


@dataclass(frozen=True)
class About:
    """What an API is called, where it is, and what its scopes allow."""

    title: str
    base: str
    description: str
    scopes: Mapping[str, str]


def document(about: About, operations: Sequence[Operation[Any]]) -> dict[str, Any]:
    """Plain values, for JSON or YAML."""
    paths: dict[str, dict[str, Any]] = {}
    schemas, names = _schemas(operations)
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": about.title, "version": "1", "description": about.description},
        "servers": [{"url": about.base}],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in operations)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Scopes:\n"
                    + "\n".join(f"- `{name}`: {what}" for name, what in about.scopes.items()),
                }
            },
            "schemas": {"Problem": _PROBLEM, **schemas},
        },
    }


Names = Mapping[Any, dict[str, Any]]
"""By shape and mode, the reference to its schema."""


def _schemas(operations: Sequence[Operation[Any]]) -> tuple[dict[str, Any], Names]:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for one in operations:
        if one.takes is not Nothing:
            wanted.append((one.takes, "validation"))
        if one.gives is not None:
            wanted.append((one.gives, "serialization"))
    names, made = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REF)
    return made.get("$defs", {}), names


def _operation(one: Operation[Any], names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": one.summary,
        "security": [{"token": [one.scope]}],
        "parameters": _parameters(one),
        "responses": _responses(one, names),
    }
    if one.takes is not Nothing:
        content = {"application/json": {"schema": names[one.takes, "validation"]}}
        found["requestBody"] = {"required": True, "content": content}
    if one.upload:
        schema = {"type": "string", "format": "binary"}
        found["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": schema}},
        }
    return found


def _parameters(one: Operation[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PLACE.findall(one.path)
    ]
    asked = one.asks.model_json_schema()
    required = asked.get("required", ())
    for name, schema in asked.get("properties", {}).items():
        plain = {key: value for key, value in schema.items() if key != "description"}
        given = {"name": name, "in": "query", "required": name in required, "schema": plain}
        if "description" in schema:
            given["description"] = schema["description"]
        found.append(given)
    if one.serve is not None:
        return found
    if one.is_read:
        found.append(_header("If-None-Match", "the ETag that you know: 304 while it holds"))
    else:
        told = "the same when you send the request again: it is done once"
        found.append(_header(KEY_HEADER, told) | {"schema": _key_schema()})
    if one.state is not None:
        found.append(_header("If-Match", "the ETag that you read") | {"required": True})
    return found


def _key_schema() -> dict[str, Any]:
    return {"type": "string", "maxLength": LONGEST_KEY}


def _header(name: str, told: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": told,
    }


def _responses(one: Operation[Any], names: Names) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    if one.serve is not None:
        schema = {"type": "string", "format": "binary"}
        content = {"application/octet-stream": {"schema": schema}}
        answers["200"] = {"description": "the file", "content": content}
    elif one.gives is None:
        answers["204"] = {"description": HTTPStatus.NO_CONTENT.phrase}
    else:
        content = {"application/json": {"schema": names[one.gives, "serialization"]}}
        headers = {"ETag": {"schema": {"type": "string"}}}
        answers[str(int(one.status))] = {
            "description": HTTPStatus(one.status).phrase, "headers": headers, "content": content,
        }  # fmt: skip
    refusals = dict(_EVERY)
    if "{" in one.path:
        refusals[404] = "there is no such thing, or it is not for this token"
    if one.takes is not Nothing:
        refusals |= {400: "no JSON", 413: "too large", 415: "not application/json"}
    if one.upload:
        refusals |= {413: "too large", 415: "a kind of file that is not taken"}
    if not one.is_read:
        refusals |= {409: "it is not so any more, as `detail` says"}
    if one.takes is not Nothing or one.asks is not Nothing or not one.is_read:
        refusals[422] = "something is wrong, as `errors` or `detail` says"
    if one.state is not None:
        refusals |= {412: "it was changed since it was read", 428: "If-Match is missing"}
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    for status, told in sorted(refusals.items()):
        answers[str(status)] = {"description": told, "content": problem}
    return answers
