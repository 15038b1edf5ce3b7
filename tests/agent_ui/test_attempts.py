"""The brake on guessing passwords."""

from datetime import UTC, datetime, timedelta

from agent_ui import attempts
from agent_ui.attempts import Attempts

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_after_the_limit_a_key_waits_until_the_oldest_failure_is_past() -> None:
    brake = Attempts(3, 15 * MINUTE)
    for minute in range(3):
        assert brake.wait("anna", NOON + minute * MINUTE) is None
        brake.failed("anna", NOON + minute * MINUTE)
    assert brake.wait("anna", NOON + 5 * MINUTE) == 10 * MINUTE
    assert brake.wait("carl", NOON + 5 * MINUTE) is None
    assert brake.wait("anna", NOON + 15 * MINUTE) is None


def test_a_success_forgets_the_failures() -> None:
    brake = Attempts(2, 15 * MINUTE)
    brake.failed("anna", NOON)
    brake.succeeded("anna")
    brake.failed("anna", NOON)
    assert brake.wait("anna", NOON) is None


def test_many_keys_do_not_fill_the_memory() -> None:
    brake = Attempts(1, 15 * MINUTE)
    for number in range(attempts.MOST_KEYS + 10):
        brake.failed(str(number), NOON)
    assert brake.wait("0", NOON) is None, "the oldest is let go"
    assert brake.wait(str(attempts.MOST_KEYS + 9), NOON) is not None
