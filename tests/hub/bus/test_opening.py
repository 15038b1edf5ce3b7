"""The URL in the settings chooses the bus."""

from collections.abc import Sequence

import pytest

from hub.bus import DeadLetter, Delivery
from hub.bus.amqp import AmqpBus
from hub.bus.local import LocalBus
from hub.bus.opening import open_bus
from hub.settings import BusSettings
from hub.store.database import open_database


async def forget(_letters: Sequence[DeadLetter]) -> None:
    """A sink for buses that are never started."""


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("local:", LocalBus),
        ("amqp://guest:guest@127.0.0.1:5672/", AmqpBus),
        ("amqps://guest:guest@127.0.0.1:5671/loket", AmqpBus),
    ],
)
async def test_the_scheme_chooses(sqlite_url: str, url: str, kind: type) -> None:
    database = open_database(sqlite_url)
    assert isinstance(open_bus(BusSettings(url=url), database, forget), kind)
    await database.close()


async def test_another_scheme_is_refused_without_the_password(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with pytest.raises(ValueError, match="speaks local: and amqp://, not redis:") as refused:
        open_bus(BusSettings(url="redis://loket:secret@127.0.0.1/"), database, forget)
    assert "secret" not in str(refused.value)
    await database.close()


def test_waiting_times_grow_to_the_last_one_and_a_retry_may_ask_within_bounds() -> None:
    delivery = Delivery(backoff=(1, 4), longest_wait=300)
    assert [delivery.delay(attempt) for attempt in (1, 2, 3, 9)] == [1, 4, 4, 4]
    assert delivery.delay(1, asked=7) == 7
    assert delivery.delay(1, asked=100_000) == 300
    assert delivery.delay(1, asked=-5) == 0
