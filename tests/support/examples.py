"""How many examples a random test tries, and which: the same few in each run, so that what the
tests say of a commit does not depend on chance; many other ones in a thorough run.

`LOKET_TEST_EXAMPLES=20 make test` tries twenty times as many, other ones each time.
"""

import os

_ASKED = os.environ.get("LOKET_TEST_EXAMPLES")
_TIMES = int(_ASKED or "1")
THOROUGH = _ASKED is not None


def examples(count: int) -> int:
    return count * _TIMES
