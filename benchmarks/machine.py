"""Says on what the figures were measured: the processor, the system, how fast the disk syncs."""

import os
import platform
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

SYNC_SECONDS = 2.0
PAGE = b"x" * 4096


@dataclass(frozen=True)
class Machine:
    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    syncs_per_second: float


def describe() -> Machine:
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gb=round(psutil.virtual_memory().total / 2**30, 1),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        syncs_per_second=round(syncs_per_second()),
    )


def syncs_per_second() -> float:
    """How often a page can be written and forced to the disk on which the benchmarks run."""
    with tempfile.NamedTemporaryFile() as file:
        started = time.perf_counter()
        count = 0
        while time.perf_counter() - started < SYNC_SECONDS:
            os.pwrite(file.fileno(), PAGE, count % 64 * len(PAGE))
            os.fsync(file.fileno())
            count += 1
        return count / (time.perf_counter() - started)


def busy() -> float:
    """The load average of the last minute: what else the machine does, before a run."""
    return os.getloadavg()[0]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()
