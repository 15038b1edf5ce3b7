"""The bus on RabbitMQ keeps the contract, and survives what can happen to a broker."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
from structlog.testing import capture_logs

from bus_contract import BusContract
from bus_tools import Place
from hub.bus.amqp import AmqpBus
from stores import opened


@pytest.fixture
async def place(sqlite_url: str, rabbitmq_url: str) -> AsyncIterator[Place]:
    async with opened(sqlite_url) as database:
        with capture_logs():
            yield Place(database, rabbitmq_url, partial(AmqpBus, rabbitmq_url))


class TestAmqpBus(BusContract):
    """All of it."""
