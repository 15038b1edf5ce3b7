"""The bus on RabbitMQ 3.10 and later. What it keeps there is declared in `hub.bus.topology`."""

from hub.bus.amqp.bus import AmqpBus

__all__ = ["AmqpBus"]
