"""What Prometheus reads: counters kept as things happen, gauges read from the store when asked."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """One registry per process, so that tests and several parts do not share counters."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = Counter(
            "loket_received", "Contacts kept", ["channel"], registry=self.registry
        )
        self.refused = Counter(
            "loket_refused", "Contacts refused", ["channel", "code"], registry=self.registry
        )
        self.routed = Counter(
            "loket_routed", "Contacts routed", ["channel", "role"], registry=self.registry
        )
        self.sent = Counter("loket_sent", "Messages sent", ["channel"], registry=self.registry)
        self.failed = Counter(
            "loket_failed", "Messages that could not be sent", ["channel"], registry=self.registry
        )
        self.oldest_unprocessed = Gauge(
            "loket_oldest_unprocessed_seconds",
            "Age of the oldest contact that is kept and not routed",
            registry=self.registry,
        )
        self.outbox_rows = Gauge(
            "loket_outbox_rows", "Events kept and not yet published", registry=self.registry
        )
        self.outbox_lag = Gauge(
            "loket_outbox_lag_seconds", "Age of the oldest of those", registry=self.registry
        )
        self.queue_depth = Gauge(
            "loket_queue_depth", "Messages waiting on the bus", ["queue"], registry=self.registry
        )
        self.waiting = Gauge(
            "loket_work_items_waiting", "Work items nobody holds", ["role"], registry=self.registry
        )
        self.dead_letters = Gauge(
            "loket_dead_letters", "Messages that could not be handled", registry=self.registry
        )
        self.assigned = Counter(
            "loket_assigning",
            "Looks for an agent for work, or for work for an agent, and how they ended",
            ["outcome"],
            registry=self.registry,
        )
        self.assigning_seconds = Histogram(
            "loket_assigning_seconds",
            "From such a look to its commit",
            buckets=(0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 5),
            registry=self.registry,
        )
        self.routing_seconds = Histogram(
            "loket_routing_seconds",
            "From kept to routed",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600),
            registry=self.registry,
        )
