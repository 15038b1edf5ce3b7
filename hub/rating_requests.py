"""Asks customers what they think of how they were helped, by mail or SMS, soon after it was solved.

Only where the organisation chose to, once for each time that something was solved, and no customer
more often than every two weeks or than the contact arrangement of their group allows. The link in
it is signed; opening it saves nothing, so that what looks at links in mails does not rate.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, exists, insert, or_, select

from hub import clock, reaching_out
from hub.errors import Rejected
from hub.interaction import Automatic, Channel, Direction, Party
from hub.reaching_out import Permit, Wish
from hub.replies import Reply, add_reply
from hub.rounds import Rounds
from hub.store import Database, choices
from hub.store.leader import Leadership
from hub.store.tables import conversations, customers, interactions, rating_requests, work_facts
from hub.tokens import Tokens

log = structlog.get_logger(__name__)

CHOICE = "ratings"
CHANNELS = (Channel.EMAIL, Channel.SMS)
PURPOSE = "rating"
EVERY = 20.0
LASTS = timedelta(days=30)
_WITHIN = timedelta(hours=24)
_NOT_AGAIN = timedelta(days=14)
_AT_ONCE = 50

_SUBJECT = {
    "en": "How did we help you?",
    "nl": "Hoe hebben wij u geholpen?",
}
_TEXT = {
    "en": (
        "We answered you about: {subject}\n\nHow did we help you? Choose a number from 1 (badly) "
        "to 5 (very well):\n\n{links}\n\nThank you.\n{organisation}"
    ),
    "nl": (
        "Wij hebben u geantwoord over: {subject}\n\nHoe hebben wij u geholpen? Kies een cijfer van "
        "1 (slecht) tot 5 (heel goed):\n\n{links}\n\nDank u wel.\n{organisation}"
    ),
}
_SHORT = {
    "en": "{organisation}: how did we help you? {link}",
    "nl": "{organisation}: hoe hebben wij u geholpen? {link}",
}


@dataclass(frozen=True)
class Wanted:
    """Of whom it is asked. Empty roles or topics are all; a topic stands for those below it."""

    channels: frozenset[Channel] = frozenset()
    roles: frozenset[str] = frozenset()
    topics: tuple[str, ...] = ()

    @classmethod
    def chosen(cls, kept: Mapping[str, Any]) -> "Wanted":
        known = {channel.value: channel for channel in CHANNELS}
        return cls(
            channels=frozenset(known[name] for name in kept.get("channels", ()) if name in known),
            roles=frozenset(kept.get("roles", ())),
            topics=tuple(kept.get("topics", ())),
        )


class RatingRequests(Rounds):
    def __init__(
        self,
        database: Database,
        leadership: Leadership,
        tokens: Tokens,
        *,
        public_url: str,
        organisation: str,
        wake: Callable[[], None],
        every: float = EVERY,
    ) -> None:
        super().__init__("rating requests", leadership, every)
        self._database = database
        self._tokens = tokens
        self._public_url = public_url
        self._organisation = organisation
        self._wake = wake

    async def round(self, now: datetime) -> int:
        """Ask about what was solved lately; gives how many were asked. Raises StoreDown."""
        count = await self._database.write(lambda c: self._ask(c, now))
        if count:
            self._wake()
        return count

    def _ask(self, connection: Connection, now: datetime) -> int:
        wanted = Wanted.chosen(choices.value(connection, CHOICE))
        if not wanted.channels:
            return 0
        return sum(self._one(connection, row, now) for row in _due(connection, wanted, now))

    def _one(self, connection: Connection, row: Row[Any], now: datetime) -> bool:
        """Each is marked first: what is refused is not tried again."""
        token = self._tokens.sign(PURPOSE, row.work_item_id)
        mark = {
            "work_item_id": row.work_item_id,
            "customer_id": row.customer_id,
            "asked_at": now,
        }
        connection.execute(insert(rating_requests), [mark])
        last = _last_message(connection, row.conversation_id, row.channel)
        if last is None:
            return False
        wish = Wish(PURPOSE, row.conversation_id, row.customer_id, [Channel(row.channel)])
        permit = reaching_out.permit(connection, wish, now)
        if permit is None:
            return False
        language = "nl" if (row.language or last.language or "").startswith("nl") else "en"
        try:
            add_reply(connection, self._written(row, last, token, language, permit))
        except Rejected as error:
            log.info("rating.not_asked", reason=error.code, work_item_id=row.work_item_id)
            return False
        reaching_out.sent(connection, wish, Channel(row.channel))
        return True

    def _written(
        self, row: Row[Any], last: Any, token: str, language: str, permit: Permit
    ) -> Reply:
        link = f"{self._public_url}/rate/{token}"
        channel = Channel(row.channel)
        if channel is Channel.SMS:
            text = _SHORT[language].format(organisation=self._organisation, link=link)
        else:
            links = "\n".join(f"{score}  {link}?score={score}" for score in range(1, 6))
            text = _TEXT[language].format(
                subject=row.subject or "-", links=links, organisation=self._organisation
            )
        return Reply(
            conversation_id=row.conversation_id,
            channel=channel,
            account=last.account,
            to=(Party.model_validate(last.sender),),
            text=text,
            subject=_SUBJECT[language],
            automatic=True,
            details={"asks": PURPOSE},
            not_before=_quiet_until(permit),
        )


def _quiet_until(permit: Permit) -> datetime | None:
    """When the quiet hours of the target group end; None at once."""
    now = clock.now()
    at = permit.allowed_from(now)
    return at if at > now else None


def _due(connection: Connection, wanted: Wanted, now: datetime) -> Sequence[Row[Any]]:
    """Solved lately, with an answer of ours, not rated and not asked."""
    columns = work_facts.c
    asked = exists().where(
        or_(
            rating_requests.c.work_item_id == columns.work_item_id,
            (rating_requests.c.customer_id == columns.customer_id)
            & (rating_requests.c.asked_at > now - _NOT_AGAIN),
        )
    )
    query = (
        select(
            columns.work_item_id,
            columns.conversation_id,
            columns.customer_id,
            columns.channel,
            conversations.c.subject,
            customers.c.language,
        )
        .join(conversations, conversations.c.id == columns.conversation_id)
        .join(customers, customers.c.id == columns.customer_id)
        .where(
            columns.done_at >= now - _WITHIN,
            columns.channel.in_([channel.value for channel in wanted.channels]),
            columns.first_seconds.is_not(None),
            columns.rating.is_(None),
            conversations.c.state == "resolved",
            ~asked,
        )
    )
    if wanted.roles:
        query = query.where(columns.role.in_(wanted.roles))
    if wanted.topics:
        below = [columns.topic.startswith(f"{topic}/", autoescape=True) for topic in wanted.topics]
        query = query.where(or_(columns.topic.in_(wanted.topics), *below))
    found = connection.execute(query.order_by(columns.done_at).limit(_AT_ONCE)).all()
    # Two matters of one customer were solved at once: the first is asked about.
    return list({row.customer_id: row for row in reversed(found)}.values())


def _last_message(connection: Connection, conversation_id: str, channel: str) -> Any:
    """The last message of the customer there: what it came to, from whom; None without one."""
    columns = interactions.c
    return connection.execute(
        select(columns.account, columns.sender, columns.language)
        .where(
            columns.conversation_id == conversation_id,
            columns.channel == channel,
            columns.direction == Direction.INBOUND.value,
            columns.automatic == Automatic.NO.value,
        )
        .order_by(columns.sequence.desc())
        .limit(1)
    ).one_or_none()


@dataclass(frozen=True)
class Asked:
    """What a link asks about. `closed`: it cannot be rated any more, or not just now."""

    conversation_id: str
    channel: Channel
    subject: str
    name: str
    closed: bool


def asked_by(connection: Connection, tokens: Tokens, token: str) -> Asked | None:
    """None for a link that is not ours, or too old."""
    work_item_id = tokens.verify(PURPOSE, token)
    if work_item_id is None:
        return None
    row = connection.execute(
        select(
            work_facts.c.conversation_id,
            work_facts.c.channel,
            work_facts.c.rating,
            conversations.c.subject,
            conversations.c.state,
            customers.c.name,
            rating_requests.c.asked_at,
        )
        .join(work_facts, work_facts.c.work_item_id == rating_requests.c.work_item_id)
        .join(conversations, conversations.c.id == work_facts.c.conversation_id)
        .join(customers, customers.c.id == work_facts.c.customer_id)
        .where(rating_requests.c.work_item_id == work_item_id)
    ).one_or_none()
    if row is None or row.asked_at < clock.now() - LASTS:
        return None
    closed = row.rating is not None or row.state != "resolved"
    return Asked(row.conversation_id, Channel(row.channel), row.subject, row.name, closed)
