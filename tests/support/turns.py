"""In which order the tests run, and which of them run in one process."""

from xdist.scheduler import LoadScopeScheduling

# What shares a broker that it stops and kills: one such broker starts for all of it.
BROKER = (
    "tests/hub/bus/test_broker_faults.py",
    "tests/flows/test_crash.py::test_while_the_broker_is_away",
)
# Every file with a browser has this in its name.
BROWSER = "browser.py"
# Files with long tests, each of which goes where there is room; they begin first, the longest
# in front, so that none is left over when all others are done.
LONG = (
    "tests/flows/",
    BROWSER,
    "tests/hub/bus/test_amqp.py",
    "tests/connectors/chat/widget/",
    "tests/connectors/email/test_email_imap.py",
    "tests/connectors/email/test_email_reading.py",
    "tests/connectors/email/test_email_memory.py",
    "tests/hub/bus/test_local.py",
    "tests/config/test_cli.py",
    "tests/hub/test_isolation.py",
    "tests/structure/",
    "tests/routing/",
)
SHARE_A_FIXTURE = ("tests/connectors/email/test_email_imap.py",)


def turn(test: str) -> int:
    """The lower, the earlier."""
    if test.startswith(BROKER):
        return 0
    return next((at for at, path in enumerate(LONG, 1) if _is_in(path, test)), len(LONG) + 1)


def _is_in(path: str, test: str) -> bool:
    file = test.split("::", 1)[0]
    return file.endswith(path) if path == BROWSER else file.startswith(path)


class Turns(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out long tests one by one, and the others by the file."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(BROKER):
            return "broker"
        if turn(nodeid) <= len(LONG) and not nodeid.startswith(SHARE_A_FIXTURE):
            return nodeid
        return nodeid.split("::", 1)[0]
