"""What customers say of themselves in the portal stands beside what agents and imports write."""

from sqlalchemy import Connection, select

from builders import TOKENS, mail_arrival
from hub.store import portal_choices
from hub.store.arrivals import store_arrivals
from hub.store.tables import customers
from plans import asked
from stores import opened


async def test_it_waits_for_who_is_changing_the_customer(postgres_url: str) -> None:
    """Or it would write back the attributes as they were before."""

    def work(connection: Connection) -> list[str]:
        store_arrivals(connection, [mail_arrival()], TOKENS)
        one = connection.execute(select(customers.c.id)).scalar_one()
        with asked(connection) as statements:
            portal_choices.choose(connection, one, name="Jan", language="nl", preferred="email")
        return [sql for sql, _ in statements if "FROM customers" in sql]

    async with opened(postgres_url) as database:
        first, *_ = await database.write(work)
    assert first.rstrip().endswith("FOR UPDATE")
