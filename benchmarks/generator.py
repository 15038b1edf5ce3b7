"""Starts the load generator and hears what it did."""

from pathlib import Path

from benchmarks.running import Running
from benchmarks.subjects import Subject

CONNECTIONS = 32
LONGEST_SECONDS = 900


class Generator:
    """The load generator, connected and waiting for `go`."""

    def __init__(
        self,
        folder: Path,
        subject: Subject,
        *,
        count: int,
        door: str = "smtp",
        first: int = 0,
        rate: float = 0,
        tell_every: int = 0,
    ) -> None:
        self._acknowledged = folder / "acknowledged"
        options = {
            "door": door,
            "port": subject.http_port if door == "http" else subject.smtp_port,
            "connections": CONNECTIONS,
            "first": first,
            "count": count,
            "rate": rate,
            "tell-every": tell_every,
            "acknowledged": self._acknowledged,
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self._running = Running(["-m", "benchmarks.load", *words], folder / "load.log")
        self._running.read_line()

    def go(self) -> None:
        self._running.write_line("go")

    def next_told(self) -> None:
        """Wait until `tell_every` more mails were acknowledged."""
        if not self._running.read_line():
            self._running.wait(LONGEST_SECONDS)

    def wait(self) -> dict[int, float]:
        """When each mail was acknowledged, by number."""
        self._running.wait(LONGEST_SECONDS)
        lines = self._acknowledged.read_text().splitlines()
        return {int(number): float(at) for number, at in (line.split() for line in lines)}
