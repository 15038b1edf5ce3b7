"""A month of work for the demo, to replay, to plan for and to learn from.

Written as rows in the past, as the demo's own history is: mails and chats about ten matters, taken
and answered by its agents, who corrected the topic where the rules of the model found another one.
"""

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from benchmarks.matters import For, Mail, Writer
from config import basics
from config.demo import example, history, organisation
from config.demo.addresses import CHAT_SITE
from config.demo.example import Customer, PastConversation, PastMessage
from config.settings import DEFAULT_MODEL, Settings
from hub import clock
from hub.interaction import Channel
from hub.store.tables import conversation_numbers
from routing.model_file import load_model

DAYS = 30
PER_MATTER_AND_THING = 30
WRITTEN_AT_ONCE = 250
CHATS = 0.2
AT_WEEKENDS = 0.25
"""Of what comes on a working day."""
NOT_LOOKED_AT = 0.3
"""Work that was resolved with the topic that was found, right or wrong."""


class Handled(NamedTuple):
    """What a matter is about in words of the model, who answers it, in how many minutes."""

    topic: str
    agent: str
    minutes: int


MATTERS = {
    "broken": Handled("machine/fault", "daan", 12),
    "late": Handled("delivery/late", "bram", 9),
    "wrong": Handled("complaint", "anna", 14),
    "cancel": Handled("order/cancel", "anna", 8),
    "price": Handled("order/new", "esra", 16),
    "refund": Handled("billing/refund", "carla", 10),
    "invoice": Handled("billing/invoice", "carla", 7),
    "manual": Handled("question", "anna", 8),
    "change": Handled("order/change", "anna", 11),
    "stock": Handled("question", "anna", 4),
}
ANSWER = "Thank you for writing. It is arranged, and confirmed by mail."
FIRST_NAMES = ("Eva", "Milan", "Noor", "Thomas", "Aisha", "Lars", "Chloe", "Yara", "Hugo")
LAST_NAMES = ("Dekker", "Vos", "Amrani", "Peeters", "Schouten", "Walsh")


async def add_month(settings: Settings) -> None:
    """Write it into the store of a demo that has its organisation, and learn from it."""
    model = load_model(DEFAULT_MODEL)
    now, chance = clock.now(), random.Random(1)  # noqa: S311 (nothing is secret here)
    people = customers()
    mails = Writer(1, For.TRAINING).mails(PER_MATTER_AND_THING)
    written = [conversation(mail, chance.choice(people).mail, now, chance) for mail in mails]
    written.sort(key=lambda one: -one.days)
    number = (conversation_numbers.start or 1) - len(example.past_conversations()) - len(written)
    database = basics.open_store(settings)
    try:
        await database.write(lambda c: organisation.add_customers(c, people, now))
        for at in range(0, len(written), WRITTEN_AT_ONCE):
            some = written[at : at + WRITTEN_AT_ONCE]
            await database.write(
                lambda c, some=some, at=at: history.add_conversations(
                    c, model, now, some, number + at
                )
            )
        await basics.make_teaching(settings, database, lambda: model).teach(by="demo")
    finally:
        await database.close()


def customers() -> list[Customer]:
    names = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    return [
        Customer(
            name=name,
            language="nl",
            group="b2b/hospitality" if place % 4 == 0 else "b2c",
            mail=f"{name.lower().replace(' ', '.')}@postvak.example",
        )
        for place, name in enumerate(names)
    ]


def conversation(
    mail: Mail, customer: str, now: datetime, chance: random.Random
) -> PastConversation:
    handled = MATTERS[mail.topic.partition("/")[2]]
    minutes = max(2, round(chance.gauss(handled.minutes, handled.minutes / 3)))
    chats = chance.random() < CHATS
    taken = 1 if chats else chance.randrange(5, 700)
    return PastConversation(
        customer=customer,
        channel=Channel.CHAT if chats else Channel.EMAIL,
        account=CHAT_SITE if chats else "info",
        subject="" if chats else mail.subject,
        topic="" if chance.random() < NOT_LOOKED_AT else handled.topic,
        days=days_ago(now, chance),
        taken=taken,
        messages=(
            PastMessage(text=mail.text),
            PastMessage(text=ANSWER, agent=handled.agent, after=taken + minutes),
        ),
    )


def days_ago(now: datetime, chance: random.Random) -> int:
    while True:
        days = chance.randint(1, DAYS)
        at_work = (now - timedelta(days=days)).isoweekday() <= 5  # noqa: PLR2004 (Friday)
        if at_work or chance.random() < AT_WEEKENDS:
            return days
