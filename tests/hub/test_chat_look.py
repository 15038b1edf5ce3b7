"""How the chat looks: what several choose at once all holds."""

import asyncio

from sqlalchemy import text
from sqlalchemy.engine import make_url

from hub import chat_look
from hub.chat_look import Look
from hub.store.postgres import PostgresStore
from stores import opened
from waiting import eventually

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


async def test_two_administrators_choose_for_two_websites_at_once(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        first = Look("#0a6b4f")
        await database.write(lambda c: chat_look.keep(c, "shop", first, by="ina"))
        store = PostgresStore(make_url(postgres_url))
        async with store.engine.begin() as one:
            darker = Look("#0a2b4f")
            await one.run_sync(lambda c: chat_look.keep(c, "shop", darker, by="ina"))
            other = asyncio.create_task(
                database.write(lambda c: chat_look.keep(c, "blog", first, by="eva"))
            )
            await eventually(lambda: database.read(lambda c: c.execute(WAITING).scalar_one()))
        await other
        await store.close()
        found = await database.read(chat_look.looks)
    assert {site: look.accent for site, look in found.items()} == {
        "shop": "#0a2b4f",
        "blog": "#0a6b4f",
    }
