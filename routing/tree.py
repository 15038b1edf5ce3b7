"""Paths in a tree (`delivery/late` lies under `delivery`), for target groups and topics alike."""

from collections.abc import Container

ANY = "any"
"""The root of every tree: a row that says `any`, or says nothing, holds for everything under it."""


def ancestors(path: str) -> tuple[str, ...]:
    """The path itself, then what it lies under, nearest first, the root last."""
    found = []
    while path and path != ANY:
        found.append(path)
        path = path.rpartition("/")[0]
    return (*found, ANY)


def parent(path: str) -> str:
    return path.rpartition("/")[0] or ANY


def depth(path: str) -> int:
    """0 for the root, 1 for `delivery`, 2 for `delivery/late`."""
    return 0 if path == ANY else path.count("/") + 1


def covers(upper: str, lower: str) -> bool:
    """Whether `lower` is `upper` or lies under it."""
    return upper in (ANY, lower) or lower.startswith(f"{upper}/")


def nearest(path: str, known: Container[str]) -> str:
    """The path if it is known, else its nearest known ancestor, else the root."""
    return next((step for step in ancestors(path) if step in known), ANY)
