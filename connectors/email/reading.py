"""The door to reading a mail: in a worker, and with less ambition each time the worker is lost."""

from dataclasses import replace
from pathlib import Path

from connectors.email.mail import ParsedMail, ReadOptions
from connectors.email.parse import bare_mail, parse_mail
from hub.isolation import Failure, WorkerFailed, Workers

_WHY = {
    Failure.TIMEOUT: "reading it took too long",
    Failure.CRASHED: "reading it crashed",
    Failure.MEMORY: "reading it took too much memory",
}


async def read_mail(workers: Workers, path: Path, options: ReadOptions) -> ParsedMail:
    """Never fails over what the mail holds. Raises OSError when the disk does."""
    try:
        return await workers.run(parse_mail, path, options)
    except WorkerFailed as failed:
        problem = f"{_WHY[failed.reason]}: shown without its layout"
    # HTML is what parsers lose their way in, so the second try leaves it alone.
    modest = replace(options, plain=True, problem=_joined(options.problem, problem))
    try:
        return await workers.run(parse_mail, path, modest)
    except WorkerFailed as failed:
        problem = f"{_WHY[failed.reason]}: only its beginning is shown, as it came"
    return await workers.run(bare_mail, path, options, problem)


def _joined(*problems: str) -> str:
    return "; ".join(filter(None, problems))
