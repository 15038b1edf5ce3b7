"""What counts as a run without faults, and what is said about it at the end."""

import os

import pytest

AGAIN = "LOKET_TEST_AGAIN"
"""Set when what failed beside the others is tried once more, alone (scripts/run_tests)."""


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skipped test is a failure: it would hide a server that is not there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == pytest.ExitCode.OK and reporter is not None and "skipped" in reporter.stats:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Who fails at times is named, although the run passes: the next run need not be so lucky."""
    passed = terminalreporter.getreports("passed") if os.environ.get(AGAIN) else []
    if passed:
        terminalreporter.section("UNSTABLE: these failed, and passed when tried again", yellow=True)
        for report in passed:
            terminalreporter.line(report.nodeid)
