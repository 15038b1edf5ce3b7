"""Work whose customer calls about it: who is rung, and what becomes of who had it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from builders import TOKENS, chat_arrival, mail_arrival
from hub import clock
from hub.events import InteractionReceived, wrap
from hub.intake import Intake
from hub.interaction import Accepted, Channel, Thread
from hub.metrics import Metrics
from hub.store import calls, offers, steps, working
from hub.store.agents import Agent
from hub.store.tables import calls as call_rows
from hub.store.tables import offers as offer_rows
from hub.store.tables import presence
from hub.store.tables import work_items as items
from hub.store.threads import TOKEN_PURPOSE
from interaction_models import model_of
from routing.assigning.rules import Rules
from routing.handing_out import HandingOut, Outcome
from routing.router import Router
from stores import only, opened, rows
from workplace import HEAD, Workplace

PHONE = "  phone: {title: {en: Phone, nl: Telefoon}}\n"
MODEL = model_of(
    "role: bills, priority_minutes: 10",
    "channel: phone, role: service, priority_minutes: 60, sla: {first_response: 1m}",
    head=HEAD.replace("target_groups:", f"{PHONE}target_groups:"),
)


class Office(Workplace):
    def __post_init__(self) -> None:
        self.handing_out = HandingOut(lambda: MODEL, self.rules)
        self.router = Router(self.database, lambda: MODEL, Metrics(), lambda: None)
        self.intake = Intake(self.database, TOKENS, Metrics(), lambda: None)

    async def mail(self) -> Accepted:
        return await self._route(await self.intake.accept(mail_arrival()))

    async def call(self, mail: Accepted) -> Accepted:
        token = TOKENS.sign(TOKEN_PURPOSE, mail.conversation_id)
        call = mail_arrival(channel=Channel.PHONE, thread=Thread(token=token), text="", subject="")
        return await self._route(await self.intake.accept(call))

    async def chat(self, mail: Accepted) -> Accepted:
        token = TOKENS.sign(TOKEN_PURPOSE, mail.conversation_id)
        chat = chat_arrival(text="", thread=Thread(token=token), sender=mail_arrival().sender)
        return await self._route(await self.intake.accept(chat))

    async def _route(self, accepted: Accepted) -> Accepted:
        event = InteractionReceived(
            interaction_id=accepted.interaction_id,
            conversation_id=accepted.conversation_id,
            customer_id="",
            channel=Channel.EMAIL,
            account="",
            received_at=clock.now(),
        )
        await self.router.handle([wrap(event, subject=accepted.conversation_id, source="/test")])
        return accepted

    async def in_hand(self, agent: Agent) -> int:
        units = select(presence.c.units_used).where(presence.c.agent_id == agent.id)
        return await self.database.read(lambda c: c.execute(units).scalar_one())


@pytest.fixture
async def office(store_url: str) -> AsyncIterator[Office]:
    async with opened(store_url) as database:
        office = Office(database, Rules())
        await office.open()
        yield office


async def test_it_goes_to_who_is_called_about_it_but_first_to_who_had_it(office: Office) -> None:
    writer, on_the_phone = await office.hire("wim", "bills"), await office.hire("fenna", "service")
    mail = await office.mail()
    item = await only(office.database, items)
    await office.database.write(lambda c: working.claim(c, item.id, writer))
    assert await office.in_hand(writer) > 0
    await office.call(mail)
    called = await only(office.database, items)
    assert (called.id, called.role, called.channel) == (item.id, "service", "phone")
    assert called.priority_minutes > item.priority_minutes
    assert called.preferred_until - called.waiting_since <= timedelta(seconds=31)
    assert await office.in_hand(writer) == 0
    assert await office.place(item.id) is Outcome.OFFERED
    assert await office.offered_to(writer) == [item.id], "though the role is another"
    await office.database.write(lambda c: offers.decline(c, item.id, writer, ""))
    assert await office.place(item.id) is Outcome.OFFERED
    assert await office.offered_to(on_the_phone) == [item.id]
    kinds = [s.kind for s in await office.database.read(lambda c: steps.of(c, item.id))]
    assert sorted(kinds) == sorted(["taken", "called", "offered", "declined", "offered"])


async def test_an_offer_of_the_mail_ends_and_the_call_is_offered(office: Office) -> None:
    asked = await office.hire("wim", "bills")
    mail = await office.mail()
    item = await only(office.database, items)
    assert await office.place(item.id) is Outcome.OFFERED
    await office.call(mail)
    assert [offer.state for offer in await rows(office.database, offer_rows)] == ["withdrawn"]
    assert (await office.item(item.id)).state == "waiting"
    assert await office.in_hand(asked) == 0
    on_the_phone = await office.hire("fenna", "service")
    assert await office.place(item.id) is Outcome.OFFERED
    assert await office.offered_to(on_the_phone) == [item.id]


async def test_what_somebody_gave_to_another_role_stays_there(office: Office) -> None:
    mail = await office.mail()
    item = await only(office.database, items)
    await office.change(item.id, role="backup")
    await office.call(mail)
    assert (await office.item(item.id)).role == "backup"


async def test_who_comes_to_chat_about_it_is_not_left_waiting_in_a_mail(office: Office) -> None:
    writer = await office.hire("wim", "bills")
    mail = await office.mail()
    item = await only(office.database, items)
    await office.database.write(lambda c: working.claim(c, item.id, writer))
    await office.chat(mail)
    chatted = await only(office.database, items)
    assert (chatted.id, chatted.channel, chatted.state) == (item.id, "chat", "waiting")
    assert (chatted.preferred_agent_id, chatted.preferred_why) == (writer.id, "called")
    assert await office.place(item.id) is Outcome.OFFERED
    assert await office.offered_to(writer) == [item.id]
    kinds = [s.kind for s in await office.database.read(lambda c: steps.of(c, item.id))]
    assert sorted(kinds) == ["chatted", "offered", "taken"]
    await office.chat(mail)
    assert await office.offered_to(writer) == [item.id], "more lines change nothing"


async def test_a_chat_does_not_take_a_call_away(office: Office) -> None:
    anna = await office.hire("anna", "service")
    mail = await office.mail()
    await office.call(mail)
    item = await only(office.database, items)
    of_call = {"account": "+31203080000", "caller": "+31612345678", "language": "nl"}
    await office.database.write(lambda c: calls.add(c, "CA1", mail.conversation_id, **of_call))
    await office.database.write(lambda c: working.claim(c, item.id, anna))
    await office.chat(mail)
    talking = await office.item(item.id)
    assert (talking.channel, talking.state, talking.agent_id) == ("phone", "assigned", anna.id)
    over = update(call_rows).values(state="over")
    await office.database.write(lambda c: c.execute(over))
    await office.chat(mail)
    chatting = await office.item(item.id)
    assert (chatting.channel, chatting.state) == ("chat", "waiting")
    assert chatting.preferred_agent_id == anna.id
