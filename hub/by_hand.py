"""What somebody writes down: a letter, a fax, a visit, a call outside the system.

It goes through the intake like every other contact, so the model decides who handles it. The same
record sent twice is one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select

from hub import clock
from hub.errors import Rejected
from hub.imports import fields
from hub.imports.fields import Reading
from hub.imports.refusal import Refused
from hub.intake import Intake
from hub.interaction import (
    Accepted,
    Arrival,
    Attachment,
    Channel,
    Party,
    PointKind,
    Thread,
    Verification,
)
from hub.references import normal
from hub.store import Database
from hub.store.tables import contact_points, conversations, customers
from hub.store.threads import TOKEN_PURPOSE
from hub.tokens import Tokens

LONGEST_TEXT = 200_000
LONGEST_SUBJECT = 500
_SHORTEST_PHONE = 8
_CLOCKS_DIFFER = timedelta(minutes=5)


class Form(StrEnum):
    """What came, or how somebody came."""

    LETTER = "letter"
    FAX = "fax"
    VISIT = "visit"
    CALL = "call"


@dataclass(frozen=True)
class Written:
    """`external_id`: the same for the same record. Who it is from is `customer_id`, else `party`,
    else only the `name` that somebody gave. `conversation_id`: what it goes on with; empty for a
    new matter. `by`: who wrote it down, as colleagues see it; `account`: where it came in."""

    form: Form
    external_id: str
    text: str = ""
    subject: str = ""
    topic: str = ""
    customer_id: str = ""
    party: Party | None = None
    name: str = ""
    conversation_id: str = ""
    occurred_at: datetime | None = None
    files: tuple[Attachment, ...] = ()
    by: str = ""
    account: str = "by hand"


class ByHand:
    """Takes records in. Raises Rejected for what is none, StoreDown when it cannot be kept now."""

    def __init__(self, intake: Intake, database: Database, tokens: Tokens) -> None:
        self._intake = intake
        self._database = database
        self._tokens = tokens

    async def record(self, written: Written) -> Accepted:
        if not written.text.strip() and not written.files:
            raise Rejected("empty", "Write down what it was about, or add a scan.", status=422)
        at = written.occurred_at or clock.now()
        if at > clock.now() + _CLOCKS_DIFFER:
            raise Rejected("in_future", "This time is still to come.", status=422)
        sender = await self._database.read(lambda c: _sender(c, written))
        details = {"form": written.form.value, "written_by": written.by}
        return await self._intake.accept(
            Arrival(
                channel=Channel.MANUAL,
                account=written.account,
                external_id=written.external_id,
                sender=sender.party,
                subject=" ".join(written.subject.split())[:LONGEST_SUBJECT],
                text=written.text.strip()[:LONGEST_TEXT],
                topic=written.topic,
                about=sender.customer_id,
                occurred_at=min(at, clock.now()),
                verification=sender.verification,
                attachments=written.files,
                thread=self._thread(written),
                details={name: value for name, value in details.items() if value},
            )
        )

    def _thread(self, written: Written) -> Thread:
        if not written.conversation_id:
            return Thread(matter=written.topic)
        return Thread(token=self._tokens.sign(TOKEN_PURPOSE, written.conversation_id))


def is_scan(file: Attachment) -> bool:
    """Whether a file that was examined is what a scanner makes."""
    return file.content_type == "application/pdf" or file.content_type.startswith("image/")


def not_a_scan() -> Rejected:
    return Rejected("not_a_scan", "A scan is a PDF or a picture.", status=415)


def find_sender(connection: Connection, text: str) -> tuple[str, Party | None]:
    """Whom somebody means by a customer number, a mail address or a phone number: the customer, if
    they are known, else the address. Raises Rejected."""
    wanted = " ".join(text.split())
    who = func.coalesce(customers.c.merged_into, customers.c.id)
    by_number = select(who).where(customers.c.number == normal(wanted))
    found = connection.execute(by_number).scalar_one_or_none()
    if found is not None:
        return found, None
    party = _address(wanted)
    if party is None:
        detail = "Nobody has this number. Write a mail address or a phone number, or only a name."
        raise Rejected("unknown_sender", detail, status=422)
    by_key = select(contact_points.c.customer_id).where(contact_points.c.key == party.key)
    owner = connection.execute(by_key).scalar_one_or_none()
    return (owner, None) if owner is not None else ("", party)


def _address(text: str) -> Party | None:
    try:
        if "@" in text:
            return Party(kind=PointKind.EMAIL, value=fields.mail(text, "who"))
        if sum(c.isdigit() for c in text) < _SHORTEST_PHONE:
            return None  # rather a mistyped customer number
        return Party(kind=PointKind.PHONE, value=fields.phone(text, "who", Reading()))
    except Refused:
        return None


@dataclass(frozen=True)
class _Sender:
    """An agent vouches for a customer whom they chose; an address that was written down is a
    claim."""

    party: Party
    customer_id: str = ""
    verification: Verification = Verification.UNVERIFIED


def _sender(connection: Connection, written: Written) -> _Sender:
    customer_id = written.customer_id
    if written.conversation_id:
        of_it = select(conversations.c.customer_id).where(
            conversations.c.id == written.conversation_id
        )
        owner = connection.execute(of_it).scalar_one_or_none()
        if owner is None or customer_id not in ("", owner):
            detail = "This conversation does not exist, or is another customer's."
            raise Rejected("no_conversation", detail, status=422)
        customer_id = owner
    if customer_id:
        return _known(connection, customer_id)
    if written.party is not None:
        return _Sender(written.party.model_copy(update={"name": written.name}))
    return _Sender(
        Party(kind=PointKind.VISITOR, value=written.external_id[:512], name=written.name)
    )


def _known(connection: Connection, customer_id: str) -> _Sender:
    row: Any = connection.execute(
        select(customers.c.name).where(customers.c.id == customer_id)
    ).one_or_none()
    if row is None:
        raise Rejected("no_customer", "There is no such customer.", status=422)
    party = Party(kind=PointKind.PORTAL, value=customer_id, name=row.name)
    return _Sender(party, customer_id, Verification.VERIFIED)
