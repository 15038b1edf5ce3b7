"""Measures Loket beside a floor program on the same servers; see docs/benchmarks.md."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The benchmarks find or start their servers in the way that the tests do.
sys.path.append(str(ROOT / "tests" / "support"))
