"""The reference of all settings, made from the models that read them."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.keys import inner_type
from config.settings import DEFAULT_MODEL, PREFIX, Settings

_INTRODUCTION = """\
# Settings

Made by `loket settings`; change the models, not this page.

Defaults < the TOML file (`--config`, or `LOKET_CONFIG`) < the environment < flags. The variable of
a setting is its path in capitals with `__` between the parts: `hub.store.url` is
`LOKET_HUB__STORE__URL`. `NAME` in a path stands for a name you choose. An unknown key is an error.

A *secret* does not stand in the file: give it by environment, or write `…_file = "PATH"` or
`…_env = "VARIABLE"`.

A connector runs when its section is there.

| setting | default | meaning |
|---|---|---|
"""


def document() -> str:
    """The page as Markdown."""
    lines = [f"| `{path}` | {default} | {meaning} |" for path, default, meaning in _rows(Settings)]
    return _INTRODUCTION + "\n".join(lines) + "\n"


def variable(path: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + path.replace(".", "__").upper()


def _rows(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        path, kind = above + name, inner_type(field.annotation)
        if get_origin(kind) is dict:
            path, kind = f"{path}.NAME", inner_type(get_args(kind)[1])
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _rows(kind, path + ".")
        else:
            yield path, _default(field, kind), _meaning(field, kind)


def _default(field: FieldInfo, kind: Any) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    if kind is SecretStr or default is None or default in ("", (), [], {}):
        return ""
    if default == DEFAULT_MODEL:
        default = f"{DEFAULT_MODEL.parent.name}/{DEFAULT_MODEL.name}"
    if isinstance(default, tuple):
        default = list(default)
    return f"`{default}`"


def _meaning(field: FieldInfo, kind: Any) -> str:
    text = (field.description or "").replace("|", "\\|")
    return f"*secret* {text}".rstrip() if kind is SecretStr else text
