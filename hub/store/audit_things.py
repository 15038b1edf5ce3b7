"""What lines of the audit log are about, as people know it: numbers and titles instead of ids."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from hub.store import audit, business_rules
from hub.store.among import among
from hub.store.tables import conversations, work_items


@dataclass(frozen=True)
class Thing:
    """`about`: what to search for to read all that was done to it."""

    name: str
    about: str


def things(connection: Connection, ids: Collection[str], language: str) -> dict[str, Thing]:
    """Of those among the ids that are customers, conversations, work or business rules, as they are
    called now; by their ids. Work goes by the number of its conversation."""
    named = [
        *audit.customer_names(connection, ids).items(),
        *business_rules.titles(connection, ids, language).items(),
    ]
    called = {thing: Thing(name, thing) for thing, name in named}
    return called | dict(_numbered(connection, ids))


def _numbered(connection: Connection, ids: Collection[str]) -> Iterator[tuple[str, Thing]]:
    columns = conversations.c
    itself = select(columns.id, columns.number, columns.id.label("about"))
    work = select(work_items.c.id, columns.number, columns.id.label("about"))
    for asked in (
        itself.where(among(columns.id, ids)),
        work.join(conversations, columns.id == work_items.c.conversation_id).where(
            among(work_items.c.id, ids)
        ),
    ):
        for row in connection.execute(asked):
            yield row.id, Thing(f"#{row.number}", row.about)
