"""What keeps us out of a mail server: by a name, for which the console has words of its own, and as
a sentence with the server in it."""

import socket
import ssl

from connectors.email.credentials import Credentials
from connectors.email.settings import ServerSettings
from hub.connector import Finding
from hub.errors import Unavailable
from hub.texts import N_, Said

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
    ("Connect call failed", "port"),
)

_SENTENCES = {
    "host": (N_("{host}: no such host."), N_("Check `host` {where}.")),
    "port": (
        N_("{host}: nothing answers on port {port}."),
        N_("Check `host` and `port` {where}, and whether a firewall lets Loket out."),
    ),
    "no_answer": (
        N_("{host}: no answer in time on port {port}."),
        N_("Check `host`, `port` and `tls` {where}, and whether a firewall lets Loket out."),
    ),
    "not_tls": (
        N_("{host}: no TLS on port {port} ({said})."),
        N_("Check `port` and `tls` {where}."),
    ),
    "no_starttls": (
        N_("{host}: no STARTTLS on port {port}."),
        N_("Check `port` and `tls` {where}."),
    ),
    "certificate": (
        N_("{host}: its certificate is not trusted ({said})."),
        N_("Check that `host` {where} is the name in it; one of your own goes in `ca_file`."),
    ),
    "sign_in": (
        N_("{host} does not let {user} in ({said})."),
        N_("Check `user` and the password {where}. Many want an app password, or XOAUTH2."),
    ),
    "inside": (
        N_("{host} is not on the internet."),
        N_("Servers inside are allowed by `connectors.email.allow_inside`."),
    ),
    "sign_in_way": (
        N_("{host} does not take this way of signing in ({said})."),
        N_("Use XOAUTH2 instead of a password, or the other way round, {where}."),
    ),
    "token": (
        N_("There is no access token for {user} ({said})."),
        N_("Check what gets it {where}, and whether that still holds."),
    ),
    "folder": (N_("{host}: the folder does not open ({said})."), N_("Check `folder` {where}.")),
    "other_server": (
        N_("{host}: what answers on port {port} is not an IMAP server."),
        N_("Check `port` {where}: this may be the one for sending."),
    ),
}
"""What is wrong, and what to do about it, by the name of the fault."""
_OTHERWISE = (
    N_("{host}, port {port}: {said}."),
    N_("Check `host`, `port` and `tls` {where}."),
)


def finding_of(
    part: str, error: BaseException, server: ServerSettings, address: str, where: str
) -> Finding:
    """The line of `loket check` for a server that does not let us in. `where`: its settings are."""
    fault = fault_of(error)
    said = {
        "host": server.host,
        "port": server.port,
        "user": Credentials(server, address).user,
        "where": where,
        "said": _words_of(error),
    }
    if fault not in _SENTENCES and isinstance(error, Unavailable):
        return Finding(part, ok=False, what=error.what, hint=error.hint, fault=fault)
    what, hint = _SENTENCES.get(fault, _OTHERWISE)
    return Finding(part, ok=False, what=Said(what, **said), hint=Said(hint, **said), fault=fault)


def _words_of(error: BaseException) -> str:
    """What the other side or the system said, at the bottom of it."""
    deepest = _chain(error)[-1]
    named = getattr(deepest, "verify_message", "") or getattr(deepest, "message", "")
    said = str(named or deepest or type(deepest).__name__)
    return "".join(c if c.isprintable() else " " for c in said)[:300].strip(" .")


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
