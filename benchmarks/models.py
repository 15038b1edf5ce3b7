"""Large interaction models: 20 target groups, 8 channels, 200 topics and as many rows as asked for.

The same number gives the same model. Each row's `order` follows from what it names, so that no two
rows tie.
"""

import random
from itertools import product

from hub.interaction import Channel, Direction
from routing.tree import ANY, depth

ROLES = 30
_TITLE = "title: {en: A, nl: A}"


def groups() -> list[str]:
    return _tree("g", (5, 10, 5))


def topics() -> list[str]:
    return _tree("t", (20, 80, 100))


def _tree(letter: str, widths: tuple[int, ...]) -> list[str]:
    """So many paths on each level, spread over those above them."""
    levels: list[list[str]] = []
    for width in widths:
        above = levels[-1] if levels else [""]
        level = [f"{above[n % len(above)]}/{letter}{n}".lstrip("/") for n in range(width)]
        levels.append(level)
    return [path for level in levels for path in level]


def text(rows: int) -> str:
    """A model file with so many rows, spread at random over what rows can be written for."""
    chance = random.Random(rows)  # noqa: S311 (the same model every time)
    head = ['version: "1"', "organisation: Large", "triage_role: r0"]
    sections = {
        "roles": [f"r{number}" for number in range(ROLES)],
        "channels": [channel.value for channel in Channel],
        "target_groups": groups(),
        "topics": topics(),
    }
    for name, entries in sections.items():
        head.append(f"{name}:")
        for number, entry in enumerate(entries):
            rules = _words(number) if name == "topics" else ""
            head.append(f"  {entry}: {{{_TITLE}{rules}}}")
    cells = [
        cell
        for cell in product((ANY, *groups()), (ANY, *Channel), (ANY, *Direction), (ANY, *topics()))
        if cell[3] != ANY
    ]
    chosen = chance.sample(cells, min(rows, len(cells)))
    return "\n".join([*head, "moments:", *(_row(cell, chance) for cell in chosen)]) + "\n"


def _words(number: int) -> str:
    """Each topic is known by words of its own; those of a few are in the mails."""
    common = ("factuur", "geleverd", "leasecontract", "foutcode", "refund", "antwoord")
    words = [f"zaak{number}", *common[number : number + 1]]
    return f", rules: {{words: [{', '.join(words)}]}}"


def _row(cell: tuple[str, str, str, str], chance: random.Random) -> str:
    group, channel, direction, topic = cell
    named = 20 * (channel != ANY) + 10 * (direction != ANY)
    return (
        f"  - {{target_group: {group}, channel: {channel}, direction: {direction}, "
        f"topic: {topic}, order: {40 * depth(group) + named + depth(topic)}, "
        f"role: r{chance.randrange(ROLES)}, priority_minutes: {chance.randrange(60)}, "
        f"sla: {{first_response: {chance.randrange(1, 9)}h, clock: business}}}}"
    )
