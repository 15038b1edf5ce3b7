"""What keeps us out of a mail server, by a name: for it the console has words in each language."""

import socket
import ssl

from hub.errors import Unavailable

_BY_WORDS = (
    ("not on the internet", "inside"),
    ("does not let", "sign_in"),
    ("way of signing in", "sign_in_way"),
    ("access token", "token"),
    ("answers 4", "token"),
    ("certificate is not trusted", "certificate"),
    ("offer STARTTLS", "no_starttls"),
    ("STARTTLS", "no_starttls"),
    ("EXAMINE", "folder"),
    ("SELECT", "folder"),
    ("folder", "folder"),
    ("not an IMAP server", "other_server"),
)


def fault_of(error: BaseException) -> str:
    """The name of what is wrong; empty for anything else."""
    for one in _chain(error):
        if found := _of(one):
            return found
    said = " ".join(str(one) for one in _chain(error))
    if isinstance(error, Unavailable):
        said += f" {error.what} {error.hint}"
    return next((name for words, name in _BY_WORDS if words in said), "")


def _of(error: BaseException) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return "certificate"
        case ssl.SSLError():
            return "not_tls"
        case socket.gaierror():
            return "host"
        case ConnectionRefusedError():
            return "port"
        case TimeoutError():
            return "no_answer"
        case _:
            return ""


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in found:
        found.append(one)
        one = one.__cause__ or one.__context__
    return found
