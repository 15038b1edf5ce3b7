"""The tree of setting names: finds unknown ones, names the nearest, and brings in secrets."""

import os
import types
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError

_FILE, _ENV = "_file", "_env"


class UnreadableSecretError(Exception):
    """A secret is said to be in a file or a variable, and is not there."""


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with what `over` says instead, section by section."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]
    return merged


def explain(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line per mistake: which key, what is wrong, which known key is nearest."""
    return [_line(detail["type"], detail["loc"], detail["msg"], model) for detail in error.errors()]


def secrets_in_file(data: Mapping[str, Any], model: type[BaseModel], file: str) -> list[str]:
    """Complain about each secret that stands in the file in the open."""
    return [
        f"{file}: {'.'.join(path)}: a secret does not belong in this file. "
        f"Use {path[-1]}_file or {path[-1]}_env, or the environment."
        for path in _present_secrets(data, model, ())
    ]


def resolve_secrets(data: Any, kind: Any) -> Any:
    """Replace `NAME_file` and `NAME_env` of every secret NAME by what they point to."""
    if isinstance(data, list):
        return [resolve_secrets(item, kind) for item in data]
    if not isinstance(data, Mapping):
        return data
    resolved = dict(data)
    for name, inner in _children(kind, data).items():
        if inner is SecretStr:
            _bring_in(resolved, name)
        elif name in resolved:
            resolved[name] = resolve_secrets(resolved[name], inner)
    return resolved


def unknown_variables(
    environment: Mapping[str, str], model: type[BaseModel], prefix: str, others: Sequence[str]
) -> list[str]:
    """Complain about variables with our prefix that name no setting."""
    return [
        f"environment: {name}: no such setting.{_nearest_variable(name, model, prefix)}"
        for name in sorted(environment)
        if name.startswith(prefix)
        and not name.startswith(tuple(others))
        and _find(model, _path(name, prefix)) is None
        and not names_secret_file(name, model, prefix)
    ]


def secrets_by_file(
    environment: Mapping[str, str], model: type[BaseModel], prefix: str
) -> dict[str, Any]:
    """The secrets whose files the environment names, as a nested mapping."""
    found: dict[str, Any] = {}
    for name, path in environment.items():
        if name.startswith(prefix) and names_secret_file(name, model, prefix):
            value: Any = _from_file(path, name)
            for part in reversed(_path(name[: -len(_FILE)], prefix)):
                value = {part: value}
            found = merge(found, value)
    return found


def _line(kind: str, location: tuple[int | str, ...], message: str, model: type[BaseModel]) -> str:
    path = ".".join(map(str, location))
    if kind != "extra_forbidden":
        return f"{path}: {message}"
    above = _find(model, location[:-1])
    return f"{path}: no such setting.{_nearest(str(location[-1]), list(_children(above, {})))}"


def _nearest(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean {close[0]}?" if close else ""


def _nearest_variable(name: str, model: type[BaseModel], prefix: str) -> str:
    """The known setting nearest to the first part of the name that is not known."""
    path = _path(name, prefix)
    for length in range(len(path)):
        known = list(_children(_find(model, path[:length]), {}))
        if path[length] in known:
            continue
        if close := get_close_matches(path[length], known, n=1, cutoff=0.5):
            better = "__".join([*path[:length], close[0], *path[length + 1 :]])
            return f" Did you mean {prefix}{better.upper()}?"
        break
    return ""


def _path(name: str, prefix: str) -> list[str]:
    return name.removeprefix(prefix).lower().split("__")


def names_secret_file(name: str, model: type[BaseModel], prefix: str) -> bool:
    """Whether a variable gives the path of a secret, as LOKET_HUB__SECRET_FILE does."""
    path = _path(name, prefix)
    if not path[-1].endswith(_FILE):
        return False
    return _find(model, [*path[:-1], path[-1].removesuffix(_FILE)]) is SecretStr


def _find(kind: Any, path: Sequence[int | str]) -> Any:
    """The type of the setting at `path`, None when there is none."""
    for part in path:
        if not isinstance(part, int):  # an index into a list stays with the type of its items
            kind = _children(kind, {str(part): None}).get(str(part))
    return kind


def _children(kind: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """The settings below one, by name; a dictionary has those that `data` names."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: inner_type(field.annotation) for name, field in kind.model_fields.items()}
    if get_origin(kind) is dict:
        return dict.fromkeys(data, inner_type(get_args(kind)[1]))
    return {}


def inner_type(annotation: Any) -> Any:
    """The type that matters in `X | None`, `list[X]` and `tuple[X, ...]`."""
    if get_origin(annotation) in (Union, types.UnionType, list, tuple):
        arguments = [a for a in get_args(annotation) if a not in (type(None), Ellipsis)]
        return inner_type(arguments[0]) if arguments else annotation
    return annotation


def _present_secrets(data: Any, kind: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(data, list):
        for item in data:
            yield from _present_secrets(item, kind, path)
    elif isinstance(data, Mapping):
        for name, inner in _children(kind, data).items():
            if inner is SecretStr and data.get(name):
                yield (*path, name)
            else:
                yield from _present_secrets(data.get(name), inner, (*path, name))


def _bring_in(data: dict[str, Any], name: str) -> None:
    if (path := data.pop(name + _FILE, None)) is not None:
        data[name] = _from_file(str(path), name + _FILE)
    if (variable := data.pop(name + _ENV, None)) is not None:
        data[name] = _from_variable(str(variable), name + _ENV)


def _from_file(path: str, key: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableSecretError(f"{key}: {path} cannot be read: {error}") from error


def _from_variable(variable: str, key: str) -> str:
    if variable not in os.environ:
        raise UnreadableSecretError(f"{key}: the variable {variable} is not set")
    return os.environ[variable]
