"""What is known about a customer that says to which target group they belong."""

from collections.abc import Mapping
from typing import Any

ORGANISATION = "organisation"
KIND = "kind"
LANGUAGE = "language"


def traits_of(
    kind: str,
    name: str,
    language: str,
    attributes: Mapping[str, Any] | None,
    organisation: str | None,
    *,
    organisation_attributes: Mapping[str, Any] | None,
) -> dict[str, str]:
    """By name. What a person lacks of their own is that of the organisation that they belong to;
    an organisation is its own."""
    known = {**(organisation_attributes or {}), **(attributes or {})}
    found = {key: str(value) for key, value in known.items()}
    organisation = organisation or (name if kind == ORGANISATION else "")
    plain = {KIND: kind, LANGUAGE: language, ORGANISATION: organisation}
    return found | {key: value for key, value in plain.items() if value}
