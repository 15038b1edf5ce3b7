"""How many examples a random test tries: some in each run, many in a thorough one.

`LOKET_TEST_EXAMPLES=20 make test` tries twenty times as many.
"""

import os

_TIMES = int(os.environ.get("LOKET_TEST_EXAMPLES", "1"))


def examples(count: int) -> int:
    return count * _TIMES
