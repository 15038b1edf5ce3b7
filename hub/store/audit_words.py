"""The words by which a line of the audit log is found, and what a question wants of them. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence

from hub.store.search_words import Wanted, mark, words_of

_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]+", re.IGNORECASE)
"""One of our ids, or how it begins: one word, found by its beginning as any."""


MOST_NAMED = 20
"""Agents; of what is a part of more names, only the names count that they had at that time. A
database looks for each of them in each line."""


def words_of_line(
    actor: str, name: str, action: str, about: str, details: Mapping[str, object]
) -> list[str]:
    """With its marks: who did it, and what was done. `name`: what an agent is called now."""
    texts = [actor, name, action, about, *_told(details)]
    return [_by(actor), _did(action), *words_of(*map(_whole, texts))]


def wanted(typed: str, action: str, agents: Mapping[str, str]) -> Sequence[Wanted] | None:
    """What a line must have that has these words, or what they begin; `agents`: by id, what they
    are called. A part of that stands for what the agent did. `action`: what was done, or how that
    begins. None: what was typed has no word, so that nothing has it."""
    words = words_of(_whole(typed))
    if typed.strip() and not words:
        return None
    named = {agent_id: words_of(name) for agent_id, name in agents.items()}
    found = [Wanted((word, *_done_by(word, named))) for word in words]
    return [*found, Wanted((_did(action),))] if action else found


def _done_by(word: str, named: Mapping[str, Sequence[str]]) -> Sequence[str]:
    marks = [_by(one) for one, parts in named.items() if any(word in part for part in parts)]
    return marks if len(marks) <= MOST_NAMED else []


def _by(actor: str) -> str:
    return mark("by", "".join(words_of(actor)))


def _did(action: str) -> str:
    return mark("did", "".join(words_of(action)))


def _whole(text: str) -> str:
    return _ID.sub(lambda found: found[0].replace("-", ""), text)


def _told(value: object) -> Iterator[str]:
    """All that is said in the details, their names as well."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield str(name)
            yield from _told(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _told(one)
    elif value is not None:
        yield str(value)
