"""The past month of the demo: a thousand mails, chats and texts, and some calls, to report on, to
replay, to plan for and to learn from.

Written as rows in the past, as its other history is: taken and answered by its agents, who
corrected the topic where the rules of the model found another one.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import Connection

from config.demo import customers, example, history, past_calls, proposals
from config.demo.addresses import CHAT_SITE, MOBILE
from config.demo.example import Customer, Matter, PastCall, PastConversation, PastMessage
from config.demo.matters import For, Mail, Writer
from hub.interaction import Channel
from hub.store.tables import conversation_numbers
from routing.model import Model
from routing.staffing.arrivals import zone_of

DAYS = 30
PER_MATTER_AND_THING = 10
WRITES_AGAIN = 0.25
AT_WEEKENDS = 0.25
"""Of what comes on a working day."""
NOT_LOOKED_AT = 0.3
"""Work that was resolved with the topic that was found, right or wrong."""
RATED = 0.2
SCORES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8}
"""How often those who rate give each, of five."""
_LONGEST_WAIT, _SOON = 700, 20
"""Minutes: until a message is taken, and until one side answers the other in a conversation that
both are in."""


@dataclass(frozen=True)
class Way:
    """A channel with our side of it. `wait`: minutes until somebody takes it, as a rule; where the
    customer waits, they are answered at once."""

    channel: Channel
    account: str
    wait: int = 0

    @property
    def at_once(self) -> bool:
        return not self.wait

    def waited(self, chance: random.Random) -> int:
        if self.at_once:
            return 1
        return min(2 + round(chance.expovariate(1 / self.wait)), _LONGEST_WAIT)


MAIL = Way(Channel.EMAIL, "info", wait=110)
WAYS = {
    MAIL: 65,
    Way(Channel.CHAT, CHAT_SITE): 20,
    Way(Channel.SMS, MOBILE, wait=25): 8,
    Way(Channel.WHATSAPP, MOBILE, wait=8): 7,
}
"""How customers write, and how often."""

CALLS = 240
GAVE_UP, ASKED_BACK = 0.08, 0.05
"""Of the callers: who hung up before anybody came, and who asked to be called back."""
_USUAL_WAIT, _LONGEST_HELD = 22, 240
"""Seconds on the line."""
_CALLED_BACK = (300, 5400)
_SECONDS_TALKED_PER_MINUTE = 24
"""What is written in a minute of work is said in less."""
_RESULTS = (6, 2, 1, 1)
"""How often each choice of what came of it is made."""


def add(connection: Connection, model: Model, now: datetime) -> None:
    """Write it into the store of a demo that has its organisation."""
    chance = random.Random(1)  # noqa: S311 (nothing is secret here)
    people = _people()
    mails = Writer(1, For.TRAINING, _names()).mails(PER_MATTER_AND_THING)
    written = [_conversation(mail, people[mail.writer], now, chance) for mail in mails]
    written += [_call(people, model, now, chance) for _ in range(CALLS)]
    before = len(example.past_conversations()) + len(written)
    number = (conversation_numbers.start or 1) - before
    customers.add(connection, people.values(), now)
    history.add_conversations(connection, model, now, written, number)
    proposals.add(connection, zone_of(model))


def _names() -> dict[str, list[str]]:
    month = example.month()
    return {
        language: [f"{first} {last}" for first, last in product(firsts, month.last_names[language])]
        for language, firsts in month.first_names.items()
    }


def _people() -> dict[str, Customer]:
    """By name."""
    named = [(name, language) for language, names in _names().items() for name in names]
    return {
        name: Customer(
            name=name,
            language=language,
            group="b2b/hospitality" if place % 4 == 0 else "b2c",
            mail=f"{name.lower().replace(' ', '.')}@postvak.example",
            phone=f"+316000{place:05}",
        )
        for place, (name, language) in enumerate(named)
    }


def _conversation(
    mail: Mail, customer: Customer, now: datetime, chance: random.Random
) -> PastConversation:
    [way] = chance.choices(list(WAYS), list(WAYS.values()))
    topic = _matter(mail).topic
    taken = way.waited(chance)
    return PastConversation(
        customer=customer.mail,
        channel=way.channel,
        account=way.account,
        subject=mail.subject if way is MAIL else "",
        topic="" if chance.random() < NOT_LOOKED_AT else topic,
        days=_days_ago(now, chance),
        taken=taken,
        messages=(PastMessage(text=mail.text), *_answers(mail, way, taken, chance)),
        rating=_score(chance) if chance.random() < RATED else None,
        phone=customer.phone if way.account == MOBILE else "",
    )


def _call(
    people: Mapping[str, Customer], model: Model, now: datetime, chance: random.Random
) -> PastConversation:
    """They chose in the menu; what it was about, an agent said."""
    customer = chance.choice(list(people.values()))
    matter = chance.choice(list(example.month().matters.values()))
    chosen, account = matter.topic.partition("/")[0], past_calls.LINES[customer.language]
    title = getattr(model.topics[chosen].title, customer.language)
    return PastConversation(
        customer=customer.mail,
        channel=Channel.PHONE,
        account=account,
        subject=title,
        topic="" if chance.random() < NOT_LOOKED_AT else matter.topic,
        days=_days_ago(now, chance),
        messages=(PastMessage(text=past_calls.contact_text(account, title)),),
        phone=customer.phone,
        call=_how_it_went(matter, chosen, chance),
    )


def _how_it_went(matter: Matter, chosen: str, chance: random.Random) -> PastCall:
    luck = chance.random()
    asked = GAVE_UP <= luck < GAVE_UP + ASKED_BACK
    usual = matter.minutes * _SECONDS_TALKED_PER_MINUTE
    return PastCall(
        agent=matter.agent,
        chosen=chosen,
        waited=min(8 + round(chance.expovariate(1 / _USUAL_WAIT)), _LONGEST_HELD),
        talked=max(35, round(chance.gauss(usual, usual / 3))),
        wrapped=chance.randint(8, 55),
        result=chance.choices(range(len(_RESULTS)), _RESULTS)[0],
        back=chance.randint(*_CALLED_BACK) if luck < GAVE_UP or asked else 0,
        asked=asked,
    )


def _matter(mail: Mail) -> Matter:
    return example.month().matters[mail.topic.partition("/")[2]]


def _answers(mail: Mail, way: Way, taken: int, chance: random.Random) -> Iterator[PastMessage]:
    """What came after the first message, from both sides."""
    month, matter, language = example.month(), _matter(mail), mail.language
    if way.at_once:
        yield PastMessage(text=month.hello[language], agent=matter.agent, after=taken)
    after = taken + max(2, round(chance.gauss(matter.minutes, matter.minutes / 3)))
    text = chance.choice(matter.answers[language])
    yield PastMessage(text=text, agent=matter.agent, after=after)
    if chance.random() < WRITES_AGAIN:
        follow_ups = [one for one in example.messages().follow_ups if one.language == language]
        after += chance.randint(1, _SOON)
        yield PastMessage(text=chance.choice(follow_ups).text, after=after)
        after += chance.randint(1, _SOON)
        yield PastMessage(text=month.later[language], agent=matter.agent, after=after)


def _score(chance: random.Random) -> int:
    return chance.choices(list(SCORES), list(SCORES.values()))[0]


def _days_ago(now: datetime, chance: random.Random) -> int:
    while True:
        days = chance.randint(1, DAYS)
        at_work = (now - timedelta(days=days)).isoweekday() <= 5  # noqa: PLR2004 (Friday)
        if at_work or chance.random() < AT_WEEKENDS:
            return days
