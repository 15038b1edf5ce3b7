"""The past month of the demo: a thousand mails and chats, to report on, to replay, to plan for and
to learn from.

Written as rows in the past, as its other history is: taken and answered by its agents, who
corrected the topic where the rules of the model found another one.
"""

import random
from datetime import datetime, timedelta
from itertools import product
from typing import NamedTuple

from sqlalchemy import Connection

from config.demo import customers, example, history
from config.demo.addresses import CHAT_SITE
from config.demo.example import Customer, PastConversation, PastMessage
from config.demo.matters import For, Mail, Writer
from hub.interaction import Channel
from hub.store.tables import conversation_numbers
from routing.model import Model

DAYS = 30
PER_MATTER_AND_THING = 10
CHATS = 0.2
AT_WEEKENDS = 0.25
"""Of what comes on a working day."""
NOT_LOOKED_AT = 0.3
"""Work that was resolved with the topic that was found, right or wrong."""
RATED = 0.2
SCORES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8}
"""How often those who rate give each, of five."""
_USUAL_WAIT, _LONGEST_WAIT = 110, 700
"""Minutes until a mail is taken."""


class Person(NamedTuple):
    name: str
    language: str

    @property
    def mail(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@postvak.example"


def add(connection: Connection, model: Model, now: datetime) -> None:
    """Write it into the store of a demo that has its organisation."""
    chance = random.Random(1)  # noqa: S311 (nothing is secret here)
    mails = Writer(1, For.TRAINING, _names()).mails(PER_MATTER_AND_THING)
    written = [_conversation(mail, now, chance) for mail in mails]
    before = len(example.past_conversations()) + len(written)
    number = (conversation_numbers.start or 1) - before
    customers.add(connection, _customers(), now)
    history.add_conversations(connection, model, now, written, number)


def _names() -> dict[str, list[str]]:
    month = example.month()
    return {
        language: [f"{first} {last}" for first, last in product(firsts, month.last_names[language])]
        for language, firsts in month.first_names.items()
    }


def _customers() -> list[Customer]:
    people = [Person(name, language) for language, names in _names().items() for name in names]
    return [
        Customer(
            name=person.name,
            language=person.language,
            group="b2b/hospitality" if place % 4 == 0 else "b2c",
            mail=person.mail,
        )
        for place, person in enumerate(people)
    ]


def _conversation(mail: Mail, now: datetime, chance: random.Random) -> PastConversation:
    matter = example.month().matters[mail.topic.partition("/")[2]]
    minutes = max(2, round(chance.gauss(matter.minutes, matter.minutes / 3)))
    chats = chance.random() < CHATS
    taken = 1 if chats else _waited(chance)
    answer = PastMessage(
        text=chance.choice(matter.answers[mail.language]), agent=matter.agent, after=taken + minutes
    )
    hello = PastMessage(text=example.month().hello[mail.language], agent=matter.agent, after=taken)
    return PastConversation(
        customer=Person(mail.writer, mail.language).mail,
        channel=Channel.CHAT if chats else Channel.EMAIL,
        account=CHAT_SITE if chats else "info",
        subject="" if chats else mail.subject,
        topic="" if chance.random() < NOT_LOOKED_AT else matter.topic,
        days=_days_ago(now, chance),
        taken=taken,
        messages=(PastMessage(text=mail.text), *([hello] if chats else []), answer),
        rating=_score(chance) if chance.random() < RATED else None,
    )


def _waited(chance: random.Random) -> int:
    return min(3 + round(chance.expovariate(1 / _USUAL_WAIT)), _LONGEST_WAIT)


def _score(chance: random.Random) -> int:
    return chance.choices(list(SCORES), list(SCORES.values()))[0]


def _days_ago(now: datetime, chance: random.Random) -> int:
    while True:
        days = chance.randint(1, DAYS)
        at_work = (now - timedelta(days=days)).isoweekday() <= 5  # noqa: PLR2004 (Friday)
        if at_work or chance.random() < AT_WEEKENDS:
            return days
