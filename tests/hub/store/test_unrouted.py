"""What a router reads of what waits for a route."""

from sqlalchemy import Connection, text

from builders import TOKENS, mail_arrival
from hub.store import unrouted
from hub.store.arrivals import store_arrivals
from stores import opened

BATCH, MANY = 100, 40_000
_COPY = text(
    "INSERT INTO interactions SELECT (jsonb_populate_record(one, jsonb_build_object("
    "'id', 'copy ' || n, 'sequence', n + 1, 'external_id', 'copy ' || n, 'dedupe_key', 'copy ' || n"
    "))).* FROM interactions AS one, generate_series(1, :many) AS n WHERE one.conversation_id = :id"
)
_WAIT = text(
    "INSERT INTO unrouted SELECT id, conversation_id FROM interactions WHERE id LIKE 'copy %'"
)
_READ = text(
    "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables "
    "WHERE relname = 'interactions'"
)


async def test_what_is_routed_is_found_without_looking_at_all_that_waits(postgres_url: str) -> None:
    """Of a flood that the database has not counted yet."""

    def flood(connection: Connection) -> list[str]:
        senders = range(BATCH + 1)
        mails = [mail_arrival(f"{n}@example.org", message_id=f"{n}@x") for n in senders]
        other, *wanted = (one.conversation_id for one in store_arrivals(connection, mails, TOKENS))
        connection.execute(_COPY, {"id": other, "many": MANY})
        connection.execute(_WAIT)
        return wanted

    def looked_at(connection: Connection) -> int:
        before = connection.execute(_READ).scalar_one()
        assert len(unrouted.waiting_in(connection, wanted)) == BATCH
        return int(connection.execute(_READ).scalar_one() - before)

    async with opened(postgres_url) as database:
        wanted = await database.write(flood)
        assert await database.write(looked_at) == BATCH
