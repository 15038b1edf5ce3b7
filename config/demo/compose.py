"""The form in which a customer's new mail is written, and what must be right before it is sent."""

import random
import re
from dataclasses import dataclass

from aiohttp.web_request import FileField
from multidict import MultiMapping

from agent_ui.texts import N_
from config.demo import example
from config.demo.addresses import ADDRESSES
from config.demo.letters import Draft, File, draft_of
from hub.errors import Rejected

_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")


@dataclass(frozen=True)
class ComposeForm:
    """`other` is any address that was typed; it goes before the chosen `sender`."""

    sender: str = ""
    other: str = ""
    to: str = ADDRESSES[0]
    subject: str = ""
    text: str = ""
    file: File | None = None

    def draft(self) -> Draft:
        """Raises Rejected with what the writer should mend."""
        address = self.other or self.sender
        if not _ADDRESS.fullmatch(address):
            raise Rejected("sender", N_("Give a sender such as name@example.org."))
        if self.to not in ADDRESSES:
            raise Rejected("to", N_("Choose one of our addresses."))
        if not self.text.strip():
            raise Rejected("text", N_("Write something first."))
        name = next((w.name for w in example.writers() if w.mail == address), "")
        return Draft(address, name, self.to, self.subject, self.text, self.file)


def read_form(form: MultiMapping[str | bytearray | FileField | bytes]) -> ComposeForm:
    return ComposeForm(
        sender=field(form, "sender").lower(),
        other=field(form, "other").lower(),
        to=field(form, "to"),
        subject=field(form, "subject"),
        text=field(form, "text"),
        file=_file(form.get("file")),
    )


def field(form: MultiMapping[str | bytearray | FileField | bytes], name: str) -> str:
    value = form.get(name)
    return value.strip().replace("\r\n", "\n") if isinstance(value, str) else ""


def suggestion(number: int, language: str) -> ComposeForm:
    """A mail that can be sent as it is: the first thing a newcomer sees needs one click."""
    letters = [m for m in example.messages().mails if m.language == language and not m.file]
    writers = [w for w in example.writers() if w.language == language]
    draft = draft_of(
        letters[number % len(letters)], writers[number % len(writers)], random.SystemRandom()
    )
    return ComposeForm(sender=draft.sender, to=draft.to, subject=draft.subject, text=draft.text)


def _file(value: object) -> File | None:
    if not isinstance(value, FileField) or not value.filename:
        return None
    with value.file as file:
        return File(value.filename.rpartition("\\")[2].rpartition("/")[2], file.read())
