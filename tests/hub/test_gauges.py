"""What waits can be seen from outside: how much of it, and for how long."""

from datetime import timedelta

import pytest

from builders import TOKENS, mail_arrival
from hub import clock
from hub.gauges import Gauges
from hub.intake import Intake
from hub.metrics import Metrics
from hub.store import Database
from hub.store.tables import outbox
from stores import count
from wire import Wire


class FullWire(Wire):
    """A broker that nobody takes from."""

    async def depths(self) -> dict[str, int]:
        return {"router": 3}


async def test_what_is_stuck_is_told_with_its_age(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = Metrics()
    gauges = Gauges(database, FullWire(), metrics)

    async def read(*names: str) -> list[float | None]:
        await gauges.refresh()
        return [metrics.registry.get_sample_value(f"loket_{name}") for name in names]

    waits = ("oldest_unprocessed_seconds", "outbox_lag_seconds", "outbox_rows")
    assert await read(*waits) == [0, 0, 0]
    await Intake(database, TOKENS, metrics, lambda: None).accept(mail_arrival())
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    oldest, lag, kept = await read(*waits)
    assert oldest == pytest.approx(3600, abs=60)
    assert lag == pytest.approx(3600, abs=60)
    assert kept == await count(database, outbox) > 0
    assert metrics.registry.get_sample_value("loket_queue_depth", {"queue": "router"}) == 3
