"""The demo agents' passwords: made once per installation, kept in a file for its owner alone.

They are shown on the start page because the demo listens on this machine alone.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hub import clock

_CHARACTERS = 12


@dataclass(frozen=True)
class SignIn:
    """`roles` as people call them."""

    login: str
    name: str
    password: str
    roles: tuple[str, ...]
    language: str
    administrator: bool = False


@dataclass(frozen=True)
class Passwords:
    """By login. `made`: they are new, so hashes of others no longer fit."""

    by_login: Mapping[str, str]
    made: bool


def keep_passwords(path: Path, logins: Iterable[str]) -> Passwords:
    """The passwords in the file; a file that is missing or lacks somebody is written anew."""
    wanted = list(logins)
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        found = {}
    if set(wanted) <= set(found):
        return Passwords(found, made=False)
    passwords = {login: found.get(login) or _password() for login in wanted}
    _write(path, json.dumps(passwords, indent=2) + "\n")
    return Passwords(passwords, made=True)


def _password() -> str:
    """Letters and digits only: two clicks select all of it."""
    return "".join(filter(str.isalnum, clock.new_secret()))[:_CHARACTERS]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    # The mode is given at creation: there is no moment at which others may read it.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.rename(path)
