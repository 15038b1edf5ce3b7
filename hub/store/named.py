"""What somebody names by a number: an order, a parcel, an invoice, or the conversation itself."""

import re
from collections.abc import Collection, Mapping

from sqlalchemy import CompoundSelect, Connection, func, select, text, union_all

from hub.asking import ANSWER
from hub.interaction import Arrival, InteractionKind
from hub.references import LONGEST_NUMBER
from hub.store.among import among
from hub.store.links import TABLES
from hub.store.tables import conversation_links, conversations, interactions, outbound
from hub.store.tables.conversations import HAS_PROVIDER_ID

_ANSWERS = "answers"
"""The detail that says which message of ours was answered, by the provider's id."""
_READ = 2_000
"""Characters of a message that numbers are looked for in."""
_MOST_MESSAGES = 1_000
_WRITTEN = re.compile(r"#?[^\W_](?:[\w./-]*[^\W_])?")
_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}")
_SHORTEST, _FEWEST_DIGITS = 4, 5


def numbers_in(words: str) -> set[str]:
    """The numbers in a text, each as it is written and by its digits alone, as keys of a phone give
    it. Not dates, years and the like, which say nothing about what is meant."""
    found: set[str] = set()
    for match in _WRITTEN.finditer(words):
        written = match[0].upper()
        digits = "".join(character for character in written if character.isdecimal())
        if not digits or len(written) > LONGEST_NUMBER or _DATE.fullmatch(written):
            continue
        if written.startswith("#") or (len(written) >= _SHORTEST and written != digits):
            found.add(written)
        if len(digits) >= _FEWEST_DIGITS:
            found.add(digits)
    return found


def numbers_of(arrival: Arrival) -> set[str]:
    """What the arrival names: in its text, and in what was answered to questions of ours."""
    answers = [value for name, value in arrival.details.items() if name.startswith(ANSWER)]
    return numbers_in(" ".join([arrival.subject, arrival.text[:_READ], *answers]))


def named_in(
    connection: Connection, conversation_ids: Collection[str]
) -> Mapping[str, frozenset[str]]:
    """By conversation: the numbers that were named in it, and of what it is linked with."""
    found: dict[str, set[str]] = {}
    said, columns = interactions.c, conversations.c
    rows = connection.execute(
        select(said.conversation_id, said.subject, func.substr(said.text, 1, _READ).label("text"))
        .where(among(said.conversation_id, conversation_ids))
        .where(said.kind == InteractionKind.MESSAGE.value)
        .order_by(said.id.desc())
        .limit(_MOST_MESSAGES)
    )
    for row in rows:
        found.setdefault(row.conversation_id, set()).update(numbers_in(f"{row.subject} {row.text}"))
    for link in connection.execute(_linked(conversation_ids)):
        found.setdefault(link.conversation_id, set()).update(numbers_in(link.number))
    own = select(columns.id, columns.number).where(among(columns.id, conversation_ids))
    for conversation_id, own_number in connection.execute(own):
        found.setdefault(conversation_id, set()).add(f"#{own_number}")
    return {key: frozenset(numbers) for key, numbers in found.items()}


def answered(connection: Connection, arrivals: Collection[Arrival]) -> Mapping[str, str]:
    """By the provider's id: the conversation of each message of ours that one of these answers."""
    ids = {arrival.details.get(_ANSWERS, "") for arrival in arrivals} - {""}
    if not ids:
        return {}
    rows = connection.execute(
        select(outbound.c.provider_id, outbound.c.conversation_id).where(
            text(HAS_PROVIDER_ID), among(outbound.c.provider_id, ids)
        )
    )
    return {row.provider_id: row.conversation_id for row in rows}


def answered_by(arrival: Arrival, conversations_by_id: Mapping[str, str]) -> str:
    """The conversation of the message that it answers; empty when it does not say."""
    return conversations_by_id.get(arrival.details.get(_ANSWERS, ""), "")


def _linked(conversation_ids: Collection[str]) -> CompoundSelect[tuple[str, str]]:
    links = conversation_links.c
    return union_all(
        *(
            select(links.conversation_id, number.label("number"))
            .join(table, table.c.id == links.object_id)
            .where(among(links.conversation_id, conversation_ids), links.kind == reference.value)
            for reference, (table, number) in TABLES.items()
        )
    )
