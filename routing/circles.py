"""Backup roles that lead back to where they began."""

from collections.abc import Mapping


def circle_from(start: str, backups: Mapping[str, str]) -> list[str]:
    """The roles from `start` back to itself, or nothing when its backups end elsewhere."""
    seen = [start]
    while (following := backups.get(seen[-1])) is not None:
        if following == start:
            return seen
        if following in seen:
            break
        seen.append(following)
    return []
