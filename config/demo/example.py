"""The example organisation as written in data/: customers, agents, past and future messages."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, Field

from hub.arrangements import Arrangement as ContactArrangement
from hub.deliveries import EventKind
from hub.field_files import FieldEntry
from hub.interaction import Channel, Frozen

DATA = Path(__file__).parent / "data"
ALL_ROLES = "all"

T = TypeVar("T", bound=BaseModel)


class Agreement(Frozen):
    """`valid_from` and `valid_until` in days from today; `targets` like `sla` of a row of the
    model, `details` what can be counted or looked up in it."""

    kind: str
    title: str
    terms: str
    valid_from: int = Field(alias="from")
    valid_until: int | None = Field(None, alias="until")
    due_hours: int | None = None
    owner: str = ""
    targets: dict[str, str] | None = None
    number: str = ""
    details: dict[str, Any] | None = None


class Customer(Frozen):
    """A person, or an organisation with its contacts; only an organisation has a `domain`."""

    name: str
    number: str = ""
    group: str = ""
    language: str
    mail: str = ""
    phone: str = ""
    domain: str = ""
    attributes: dict[str, str] = Field(default_factory=dict)
    agreements: tuple[Agreement, ...] = ()
    contacts: tuple["Customer", ...] = ()


class Writer(Frozen):
    """Somebody who can mail: a customer, a contact of one, or anybody else."""

    name: str
    language: str
    mail: str = ""
    phone: str = ""
    organisation: str = ""


class AgentEntry(Frozen):
    login: str
    name: str
    language: str
    roles: tuple[str, ...] = ()
    administrator: bool = False


class PastMessage(Frozen):
    """`after` in minutes from the beginning; without an agent it is the customer's."""

    text: str
    agent: str = ""
    after: int = 0
    note: bool = False


class PastCall(Frozen):
    """A call, in seconds: how long it waited and was talked, and how long its agent wrote down what
    came of it (`result`: the number of the choice). `chosen`: the topic of the menu. `back`: after
    so many seconds who had hung up was called back; `asked`: as they had asked for."""

    agent: str
    chosen: str
    waited: int
    talked: int
    wrapped: int = 0
    result: int = 0
    back: int = 0
    asked: bool = False


class PastConversation(Frozen):
    """`topic`: what an agent said that it was about, in words of the model; "" where nobody looked.
    `taken`: after so many minutes somebody took it, where that is known. `rating`: 1 to 5. `phone`:
    from which they wrote; `customer` is their mail address all the same. `call`: on the phone."""

    customer: str
    channel: Channel
    account: str
    subject: str = ""
    topic: str = ""
    days: int
    taken: int | None = None
    messages: tuple[PastMessage, ...]
    rating: int | None = None
    phone: str = ""
    call: PastCall | None = None


class Matter(Frozen):
    """A matter of the past month: its topic in words of the model, who answers it in how many
    minutes, and with what, by language."""

    topic: str
    agent: str
    minutes: int
    answers: dict[str, tuple[str, ...]]


class Month(Frozen):
    """`matters`: by their names in matters.txt. By language: `hello`, with which agents begin a
    chat, `later`, what they write to who writes again, and names."""

    matters: dict[str, Matter]
    hello: dict[str, str]
    later: dict[str, str]
    first_names: dict[str, tuple[str, ...]]
    last_names: dict[str, tuple[str, ...]]


class Product(Frozen):
    en: str
    nl: str
    price: int


class Sold(Frozen):
    """An order: `days` ago, in a parcel with this story, and with an invoice if it was sent."""

    number: str
    days: int
    lines: dict[str, int]
    parcel: str = ""
    invoice: str = ""
    paid: int | None = None


class Happening(NamedTuple):
    """To a parcel, so many hours after the order. `text`: what the carrier said of it."""

    hours: int
    kind: EventKind
    place: str
    text: str = ""


class Sales(Frozen):
    """`parcels`: by story, what happened. `orders`: by mail address."""

    products: dict[str, Product]
    parcels: dict[str, tuple[Happening, ...]]
    orders: dict[str, tuple[Sold, ...]]


class Letter(Frozen):
    """A mail with open places; `to` is the name of one of our addresses."""

    language: str
    subject: str
    text: str
    to: str = "info"
    file: str = ""


class Chat(Frozen):
    language: str
    lines: tuple[str, ...]
    thanks: str


class FollowUp(Frozen):
    language: str
    text: str


class FirstMail(Frozen):
    """One of the mails, by its subject as it stands there, and who writes it."""

    subject: str
    writer: str


class FirstText(Frozen):
    phone: str
    text: str
    whatsapp: bool = False


class FirstEvent(Frozen):
    """What the carrier says about the parcel of an order."""

    order: str
    kind: EventKind
    text: str


class First(Frozen):
    """What comes in at the first start."""

    mails: tuple[FirstMail, ...]
    texts: tuple[FirstText, ...]
    events: tuple[FirstEvent, ...]


class Messages(Frozen):
    """What the traffic generator writes, and what is there `first`."""

    first: First
    mails: tuple[Letter, ...]
    chats: tuple[Chat, ...]
    follow_ups: tuple[FollowUp, ...]
    absences: tuple[Letter, ...]
    strangers: tuple[Writer, ...]


class CannedReply(Frozen):
    shortcut: str
    topic: str
    title: str
    texts: dict[str, str]


class Rules(Frozen):
    """`rules`: each as it is kept, but for the day on which it begins. `arrangements`: by target
    group."""

    replies: tuple[CannedReply, ...]
    rules: tuple[dict[str, Any], ...]
    arrangements: dict[str, ContactArrangement]


class _Customers(Frozen):
    customers: tuple[Customer, ...]


class _Fields(Frozen):
    fields: tuple[FieldEntry, ...]


class _Agents(Frozen):
    agents: tuple[AgentEntry, ...]


class _History(Frozen):
    conversations: tuple[PastConversation, ...]


@cache
def customers() -> tuple[Customer, ...]:
    return _read("customers.yaml", _Customers).customers


@cache
def fields() -> tuple[FieldEntry, ...]:
    return _read("fields.yaml", _Fields).fields


@cache
def agents() -> tuple[AgentEntry, ...]:
    return _read("agents.yaml", _Agents).agents


@cache
def past_conversations() -> tuple[PastConversation, ...]:
    return _read("history.yaml", _History).conversations


@cache
def month() -> Month:
    return _read("month.yaml", Month)


@cache
def sales() -> Sales:
    return _read("orders.yaml", Sales)


@cache
def rules() -> Rules:
    return _read("rules.yaml", Rules)


@cache
def messages() -> Messages:
    return _read("messages.yaml", Messages)


@cache
def shoppers() -> tuple[Customer, ...]:
    """Consumers who can sign in to the shop."""
    return tuple(one for one in customers() if one.group == "b2c" and one.mail)


def writers() -> tuple[Writer, ...]:
    """Everybody among the customers who has a mail address."""
    alone = [
        Writer(name=c.name, language=c.language, mail=c.mail, phone=c.phone)
        for c in customers()
        if c.mail
    ]
    contacts = [
        Writer(
            name=c.name,
            language=c.language,
            mail=c.mail,
            phone=c.phone,
            organisation=organisation.name,
        )
        for organisation in customers()
        for c in organisation.contacts
    ]
    return (*alone, *contacts)


def _read(file: str, form: type[T]) -> T:
    return form.model_validate(yaml.safe_load((DATA / file).read_text(encoding="utf-8")))
