"""A Dovecot of our own, with an account for each test."""

import base64
import grp
import imaplib
import os
import pwd
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt

from servers.process import (
    Program,
    ServerError,
    free_port,
    give_to,
    make_folder,
    tcp_answers,
    unprivileged_user,
)
from servers.tls import Certificate

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
mailbox_idle_check_interval = 1s
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""
PASSWORD = "correct-horse"
TOKEN_KEY = "a key that signs the tokens of these tests only"


@dataclass(frozen=True)
class ImapAccount:
    """One mailbox: how a client signs in, and what a test may do behind the client's back."""

    host: str
    port: int
    tls_port: int
    user: str
    password: str
    folder: Path

    def access_token(self) -> str:
        """A token that XOAUTH2 accepts in place of the password."""
        now = int(time.time())
        claims = {"sub": self.user, "iat": now, "exp": now + 600}
        return jwt.encode(claims, TOKEN_KEY, algorithm="HS256")

    @contextmanager
    def connected(self) -> Iterator[imaplib.IMAP4]:
        """An imaplib connection that has signed in."""
        with imaplib.IMAP4(self.host, self.port, timeout=10) as connection:
            connection.login(self.user, self.password)
            yield connection

    def append(self, message: bytes, mailbox: str = "INBOX", flags: str = "") -> None:
        """Deliver a message, exactly these bytes."""
        with self.connected() as connection:
            _ok(connection.append(mailbox, f"({flags})" if flags else "", "", message))

    def create_mailbox(self, name: str) -> None:
        with self.connected() as connection:
            _ok(connection.create(name))

    def messages(self, mailbox: str = "INBOX") -> dict[int, bytes]:
        """What the mailbox holds, by UID; looking does not mark anything as read."""
        return self._fetch(mailbox, "BODY.PEEK[]")

    def flags(self, mailbox: str = "INBOX") -> dict[int, set[str]]:
        """The flags of each message, by UID."""
        lines = self._fetch(mailbox, "FLAGS")
        return {
            uid: {flag.decode() for flag in imaplib.ParseFlags(line)} for uid, line in lines.items()
        }

    def delete(self, uid: int, mailbox: str = "INBOX") -> None:
        with self.connected() as connection:
            _ok(connection.select(f'"{mailbox}"'))
            _ok(connection.uid("STORE", str(uid), "+FLAGS", "\\Deleted"))
            _ok(connection.expunge())

    def uidvalidity(self, mailbox: str = "INBOX") -> int:
        with self.connected() as connection:
            line = _ok(connection.status(f'"{mailbox}"', "(UIDVALIDITY)"))[0]
            return int(line.rstrip(b")").rpartition(b" ")[2])

    def renumber(self) -> None:
        """Lose every message and all UIDs: the mailbox comes back with a new UIDVALIDITY."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            # Dovecot keeps in this file which numbers it has given out.
            elif not path.name.startswith("dovecot-uidvalidity"):
                path.unlink()

    def _fetch(self, mailbox: str, what: str) -> dict[int, bytes]:
        with self.connected() as connection:
            _ok(connection.select(f'"{mailbox}"', readonly=True))
            found = {}
            for uid in _ok(connection.uid("SEARCH", "ALL"))[0].split():
                answer = _ok(connection.uid("FETCH", uid.decode(), f"({what})"))[0]
                found[int(uid)] = answer[1] if isinstance(answer, tuple) else answer
            return found


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    assert status == "OK", data
    return data


class ImapServer:
    """One Dovecot that a test may stop, start and kill; its mail outlives all three."""

    host = "127.0.0.1"

    def __init__(self, certificate: Certificate) -> None:
        self._user = unprivileged_user("dovenull")
        self._folder = make_folder(self._user)
        self.port = free_port()
        self.tls_port = free_port()
        self._write_configuration(certificate)
        self._program = Program(
            [_program(), "-F", "-c", self._folder / "dovecot.conf"],
            folder=self._folder,
            user=self._user,
        )

    def account(self) -> ImapAccount:
        """An account with an empty INBOX; Dovecot makes it when it is first used."""
        user = f"user-{uuid.uuid4().hex[:12]}"
        folder = self._folder / "mail" / user
        return ImapAccount(self.host, self.port, self.tls_port, user, PASSWORD, folder)

    def start(self) -> None:
        if not self._program.running:
            self._program.start(lambda: tcp_answers(self.port))

    def stop(self) -> None:
        """Stop it; clients are told BYE."""
        self._program.stop()

    def kill(self) -> None:
        self._program.kill()

    def close(self) -> None:
        """Kill it and remove its mail."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write_configuration(self, certificate: Certificate) -> None:
        entry = pwd.getpwnam(self._user) if self._user else pwd.getpwuid(os.getuid())
        key = self._folder / "keys" / "default" / "HS256" / "default"
        key.parent.mkdir(parents=True)
        key.write_text(base64.b64encode(TOKEN_KEY.encode()).decode())
        (self._folder / "oauth2.conf").write_text(OAUTH2.format(folder=self._folder))
        configuration = CONFIGURATION.format(
            folder=self._folder,
            password=PASSWORD,
            user=entry.pw_name,
            group=grp.getgrgid(entry.pw_gid).gr_name,
            uid=entry.pw_uid,
            gid=entry.pw_gid,
            port=self.port,
            tls_port=self.tls_port,
        )
        (self._folder / "dovecot.conf").write_text(configuration)
        shutil.copy(certificate.file, self._folder / "certificate.pem")
        shutil.copy(certificate.key, self._folder / "key.pem")
        give_to(self._user, self._folder)


def _program() -> str:
    program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise ServerError(
            "The tests need Dovecot: run scripts/prepare_tests, "
            "or install the package dovecot-imapd."
        )
    return program
