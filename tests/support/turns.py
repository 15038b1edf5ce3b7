"""In which order the tests run, and which of them run in one process."""

from xdist.scheduler import LoadScopeScheduling

# What shares a broker that it stops and kills: one such broker starts for all of it.
BROKER = (
    "tests/hub/bus/test_broker_faults.py",
    "tests/flows/test_crash.py::test_while_the_broker_is_away",
)
# Files with long tests, each of which goes where there is room; they begin first, the longest
# in front, so that none is left over when all others are done.
LONG = (
    "tests/flows/",
    "tests/agent_ui/test_in_browser.py",
    "tests/hub/bus/test_amqp.py",
    "tests/connectors/chat/widget/",
    "tests/connectors/email/test_email_imap.py",
    "tests/connectors/email/test_email_reading.py",
    "tests/connectors/email/test_email_memory.py",
    "tests/hub/bus/test_local.py",
    "tests/config/test_cli.py",
    "tests/config/test_demo_browser.py",
    "tests/hub/test_isolation.py",
    "tests/structure/",
    "tests/routing/",
)
SHARE_A_FIXTURE = ("tests/connectors/email/test_email_imap.py",)


def turn(test: str) -> int:
    """The lower, the earlier."""
    if test.startswith(BROKER):
        return 0
    return next((at for at, path in enumerate(LONG, 1) if test.startswith(path)), len(LONG) + 1)


class Turns(LoadScopeScheduling):
    """Hands out long tests one by one, and the others by the file."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(BROKER):
            return "broker"
        if nodeid.startswith(LONG) and not nodeid.startswith(SHARE_A_FIXTURE):
            return nodeid
        return nodeid.split("::", 1)[0]
