"""Keeps the results of all runs on this machine in a file, so that a short run spares a long one's.

Results of another machine are forgotten: figures of two machines are not to be compared.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from benchmarks import ROOT
from benchmarks.machine import Machine

PATH = ROOT / "benchmarks" / "results.json"


class Results:
    """Rows by benchmark and key. Call `save` when a benchmark is done."""

    def __init__(self, machine: Machine) -> None:
        self._data: dict[str, Any] = {"machine": asdict(machine)}
        if PATH.exists():
            kept = json.loads(PATH.read_text())
            if _same(kept["machine"], self._data["machine"]):
                self._data = kept | self._data

    @property
    def machine(self) -> dict[str, Any]:
        machine: dict[str, Any] = self._data["machine"]
        return machine

    def rows(self, benchmark: str) -> list[dict[str, Any]]:
        return list(self._data.get(benchmark, {}).values())

    def put(self, benchmark: str, rows: Iterable[tuple[str, Any]]) -> None:
        """Dataclasses by key; what was there under the key is replaced."""
        self._data.setdefault(benchmark, {}).update({key: asdict(row) for key, row in rows})

    def save(self) -> None:
        PATH.write_text(json.dumps(self._data, indent=1, sort_keys=True) + "\n")


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[name] == other[name] for name in ("processor", "cores", "memory_gb"))
