"""Rights of an organisation's contacts: somebody always manages, whatever happens at once."""

import asyncio

from sqlalchemy import Connection, insert

from hub import clock
from hub.errors import Rejected
from hub.store import portal_rights
from hub.store.portal_rights import ALL, Right
from hub.store.tables import customers
from stores import opened

FIRM = "firm"
ALL_OF_THEM = [f"m{n}" for n in range(6)]


def _people(connection: Connection) -> None:
    row = {"name": "x", "attributes": {}, "created_at": clock.now()}
    firm = row | {"id": FIRM, "kind": "organisation", "organisation_id": None}
    theirs = {"kind": "person", "organisation_id": FIRM}
    connection.execute(insert(customers), [firm, *(row | theirs | {"id": m} for m in ALL_OF_THEM)])
    for manager in ALL_OF_THEM:
        portal_rights.give(connection, FIRM, manager, ALL, by=FIRM)


async def test_managers_who_stop_at_once_leave_one(store_url: str) -> None:
    async with opened(store_url) as database:
        await database.write(_people)

        async def stop(who: str) -> int:
            try:
                await database.write(lambda c: portal_rights.give(c, FIRM, who, [], by=who))
            except Rejected:
                return 1
            return 0

        refused = await asyncio.gather(*(stop(one) for one in ALL_OF_THEM))
        found = await database.read(lambda c: portal_rights.colleagues(c, FIRM))
    assert (sum(refused), [Right.MANAGE in one.rights for one in found].count(True)) == (1, 1)
