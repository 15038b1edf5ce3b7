"""Chooses the bus by the URL in the settings."""

from urllib.parse import urlsplit

from hub.bus import Bus, DeadLetterSink, Delivery
from hub.bus.local import LocalBus
from hub.settings import BusSettings
from hub.store import Database


def open_bus(
    settings: BusSettings, database: Database, dead_letters: DeadLetterSink, name: str = "loket"
) -> Bus:
    """Make the bus that `settings` ask for. `name` tells RabbitMQ's operator who connected."""
    delivery = Delivery(
        prefetch=settings.prefetch,
        batch=settings.batch,
        attempts=settings.attempts,
        backoff=settings.backoff,
    )
    scheme = urlsplit(settings.url).scheme
    if scheme == "local":
        return LocalBus(database, delivery, dead_letters)
    if scheme in ("amqp", "amqps"):
        from hub.bus.amqp import AmqpBus  # noqa: PLC0415 (loads RabbitMQ's client)

        return AmqpBus(settings.url, database, delivery, dead_letters, name=name)
    raise ValueError(f"the bus speaks local: and amqp://, not {scheme}:")
