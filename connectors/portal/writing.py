"""What a customer writes over the portal, by a page or a program: kept once, not too often."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from connectors.portal.settings import PortalSettings
from hub import clock
from hub.asking import ANSWER, LONGEST_ANSWER, AskedTopic, Question
from hub.connector import ConnectorContext
from hub.errors import Rejected
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
from hub.orders import Order
from hub.references import Reference
from hub.shared_limits import SharedBuckets
from hub.store import links
from hub.store.customers import Customer
from hub.store.links import Link
from hub.store.portal_views import Request
from hub.store.threads import TOKEN_PURPOSE

ACCOUNT = "portal"
LONGEST_TEXT = 20_000
LONGEST_SUBJECT = 200


class Writing:
    """`form_id`: the same for the same message, however often it is sent. Raises Rejected."""

    def __init__(self, settings: PortalSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        self._messages = SharedBuckets(
            context.database, "portal messages", settings.messages_per_minute
        )
        self._files = SharedBuckets(context.database, "portal files", settings.messages_per_minute)

    def topics(self, customer: Customer) -> list[AskedTopic]:
        """What they can write about."""
        asked = self._context.ask(Channel.PORTAL, customer.membership, clock.now())
        return [topic for topic in asked if topic.topic]

    async def take_file(self, customer: Customer) -> None:
        """Before a file is handed in: as often as messages, for it stays on our disk also when it
        goes with none."""
        if wait := await self._files.take(customer.id):
            raise Rejected("too_often", "Too many files. Wait a minute.", status=429, after=wait)

    async def begin(
        self, customer: Customer, *, language: str, topic: str, text: str, subject: str,
        answers: Mapping[str, str], form_id: str, files: Sequence[Attachment] = (),
        order: Order | None = None,
    ) -> Accepted:  # fmt: skip
        """A new request. `answers`: by the name of the question; `order`: of theirs, that it is
        about."""
        chosen = chosen_of(self.topics(customer), topic)
        if chosen is None or not chosen.allowed:
            raise Rejected("topic", "Choose a subject from the list.", status=422)
        given = {one.name: answers.get(one.name, "").strip() for one in questions_of(chosen)}
        if order:
            given |= {one.name: order.number for one in chosen.questions if one.of_order}
        accepted = await self.keep(
            customer,
            language=language,
            text=text,
            form_id=form_id,
            subject=" ".join(subject.split())[:LONGEST_SUBJECT] or chosen.title[language],
            topic=chosen.topic,
            files=files,
            details={
                ANSWER + name: answer[:LONGEST_ANSWER] for name, answer in given.items() if answer
            },
        )
        if order:
            link = Link(accepted.conversation_id, Reference.ORDER, order.id)
            await self._context.database.write(lambda c: links.add(c, [link], by=customer.id))
        return accepted

    async def go_on(
        self, customer: Customer, request: Request, *, language: str, text: str, form_id: str,
        files: Sequence[Attachment] = (),
    ) -> Accepted:  # fmt: skip
        """Another message in a request, which must be theirs."""
        return await self.keep(
            customer,
            language=language,
            text=text,
            form_id=form_id,
            subject=request.subject,
            thread=Thread(token=self._context.tokens.sign(TOKEN_PURPOSE, request.id)),
            files=files,
        )

    async def keep(
        self, customer: Customer, *, language: str, text: str, form_id: str, subject: str,
        thread: Thread | None = None, topic: str = "", details: Mapping[str, str] | None = None,
        files: Sequence[Attachment] = (),
    ) -> Accepted:  # fmt: skip
        if wait := await self._messages.take(customer.id):
            raise Rejected("too_often", "Too many messages. Wait a minute.", status=429, after=wait)
        text = text.strip()
        if not text:
            raise Rejected("empty", "Write something first.", status=422)
        if len(text) > LONGEST_TEXT:
            detail = f"Make it shorter: at most {LONGEST_TEXT} characters."
            raise Rejected("too_long", detail, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        arrival = arrival_of(
            customer, language=language, external_id=form_id[:100] or clock.new_id(),
            subject=subject, text=text, topic=topic,
        )  # fmt: skip
        more: dict[str, Any] = {"thread": thread or Thread(), "details": dict(details or {})}
        more["attachments"] = tuple(files)
        return await self._context.intake.accept(arrival.model_copy(update=more))

    async def trouble(self, customer: Customer, *, language: str, where: str, place: str) -> None:
        """Something of the portal failed this customer at `place`: who runs it hears of it without
        being asked, once an hour for each place. `where`: where to find it in the log."""
        hour = f"{clock.now():%Y-%m-%dT%H}"
        await self._context.intake.accept(
            arrival_of(
                customer,
                language=language,
                external_id=f"{place} {hour}",
                subject=f"Portal: {place}",
                text=f"{place} failed while this customer used it. In the log: {where}",
                topic=self._settings.trouble_topic,
            )
        )


def arrival_of(
    customer: Customer, *, language: str, external_id: str, subject: str, text: str, topic: str
) -> Arrival:
    return Arrival(
        channel=Channel.PORTAL,
        account=ACCOUNT,
        external_id=f"{customer.id}:{external_id}",
        sender=Party(kind=PointKind.PORTAL, value=customer.id, name=customer.name),
        subject=subject,
        text=text,
        language=language,
        topic=topic,
        about=customer.id,
        occurred_at=clock.now(),
        verification=Verification.VERIFIED,
    )


def must_be_own(request: Request) -> None:
    """What a colleague asked is for them to go on with. Raises Rejected."""
    if request.colleague:
        detail = "This is a request of a colleague: you can read it here."
        raise Rejected("of_colleague", detail, status=HTTPStatus.FORBIDDEN)


def chosen_of(topics: list[AskedTopic], topic: str) -> AskedTopic | None:
    return next((one for one in topics if one.topic == topic), None)


def questions_of(chosen: AskedTopic | None, order: Order | None = None) -> list[Question]:
    """What we do not know of who has signed in, and of the order that they ask about."""
    asked = chosen.questions if chosen else ()
    return [one for one in asked if not one.of_customer and not (order and one.of_order)]
