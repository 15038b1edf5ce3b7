"""What is found, whoever may see it."""

from hub.store import Database, search
from hub.store.search import Asked, Hit, Kind


async def found(database: Database, asked: Asked, kind: Kind) -> list[Hit]:
    return await database.read(lambda c: list(search.newest(c, search.understood(c, asked), kind)))
