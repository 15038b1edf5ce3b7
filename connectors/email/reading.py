"""The door to reading a mail: in a worker, and with less ambition each time the worker is lost."""

from pathlib import Path

from connectors.email.mail import ParsedMail, ReadOptions
from connectors.email.parse import ONLY_BEGINNING, WITHOUT_LAYOUT, bare_mail, parse_mail
from hub.isolation import Failure, WorkerFailed, Workers

_WHY = {
    Failure.TIMEOUT: "reading it took too long",
    Failure.CRASHED: "reading it crashed",
    Failure.MEMORY: "reading it took too much memory",
}


async def read_mail(workers: Workers, path: Path, options: ReadOptions) -> ParsedMail:
    """Never fails over what the mail holds.

    Raises OSError when the disk fails, and WorkerFailed when there is no working worker at all.
    """
    try:
        return await workers.run(parse_mail, path, options)
    except WorkerFailed as failed:
        problem = f"{_WHY[failed.reason]}: {WITHOUT_LAYOUT}"
    # HTML is what parsers lose their way in, so the second try leaves it alone.
    try:
        return await workers.run(parse_mail, path, options.modest(problem))
    except WorkerFailed as failed:
        problem = f"{_WHY[failed.reason]}: {ONLY_BEGINNING}"
    return await workers.run(bare_mail, path, options, problem)
