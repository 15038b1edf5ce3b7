"""A running phone connector with all it stands on, beside Twilio's cloud, and an agent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, select, update

from config.demo.twilio.call import Call
from connectors.phone.connector import PhoneConnector
from connectors.phone.settings import PhoneSettings
from connectors.phone.twiml import CALL, STATUS
from hub import clock
from hub.asking import AskedTopic
from hub.events import ColleagueAsked, Envelope
from hub.interaction import Channel, InteractionKind
from hub.membership import Membership
from hub.store import agents, working
from hub.store import calls as store
from hub.store.agents import Agent
from hub.store.tables import calls, interactions
from hub.store.tables import work_items as items
from interaction_models import model_of
from routing.asking import call_is_recorded, what_to_ask
from routing.router import QUEUE, TOPICS, Router
from twilio_cloud import ACCOUNT_SID, OURS
from twilio_house import TwilioHouse
from waiting import eventually

THEIRS = "+31612345678"
ANNAS = "+31611111111"
BOBS = "+31622222222"
OPEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)  # a Monday
SHUT = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
HEAD = """\
version: "7"
organisation: Van Dalen
triage_role: service
roles:
  service: {title: {en: Service, nl: Service}}
hours:
  office:
    title: {en: Office hours, nl: Kantooruren}
    time_zone: Europe/Amsterdam
    week: {mon-fri: "08:30-17:00"}
channels:
  phone: {title: {en: Phone, nl: Telefoon}, hours: office}
target_groups:
  b2b: {title: {en: Business, nl: Zakelijk}}
  b2b/key:
    title: {en: Key accounts, nl: Grote klanten}
    customers:
      - segment: key account
topics:
  bill: {title: {en: Bill, nl: Rekening}, rules: {words: [factuur]}}
  bill/late: {title: {en: Late bill, nl: Late rekening}}
  order: {title: {en: Order, nl: Bestelling}}
  repair: {title: {en: Repair, nl: Reparatie}}
  complaint: {title: {en: Complaint, nl: Klacht}}
  visit: {title: {en: Visit, nl: Bezoek}}
"""
COMPLAINT = "4"
"""The key of what is recorded."""
GROUP = "U belt op de lijn voor zakelijke klanten."
MODEL = model_of(
    "role: service",
    "channel: phone, topic: visit, allowed: no",
    "target_group: b2b/key, channel: phone, topic: visit, allowed: yes",
    "topic: repair, required_information: ["
    "{name: number, title: {en: order number, nl: ordernummer}, source: ask}, "
    "{name: town, title: {en: town, nl: woonplaats}, source: ask}]",
    "topic: complaint, recorded: yes",
    head=HEAD,
)


@dataclass
class House(TwilioHouse):
    """`asked`: the agents who were told that a colleague asks them something, or no more."""

    at: datetime = OPEN
    asked: list[str] = field(default_factory=list)

    async def start(self) -> None:
        values = {
            "twilio": self.cloud.settings().model_dump(),
            "numbers": {"main": {"number": OURS, "language": "nl", "greetings": {"b2b": GROUP}}},
            "agents": {"anna": ANNAS},
        }
        self.settings = PhoneSettings.model_validate(values | self.changes)
        context = replace(
            self.stand_on(),
            ask=self._ask,
            is_recorded=lambda who, topic: call_is_recorded(MODEL, who, topic),
        )
        router = Router(self.database, lambda: MODEL, self.metrics, self.relay.wake)
        self.bus.subscribe(QUEUE, TOPICS, router.handle)
        self.bus.listen([ColleagueAsked.topic], self._hear, _nothing)
        self.connector = PhoneConnector(self.settings, context)
        self.cloud.number.voice_url = self.origin + CALL
        self.cloud.number.status_callback = self.origin + STATUS
        await self.open(self.connector)

    async def _hear(self, envelope: Envelope) -> None:
        assert isinstance(envelope.event, ColleagueAsked)
        self.asked.append(envelope.event.agent_id)

    def _ask(self, channel: Channel, who: Membership, _now: datetime) -> Sequence[AskedTopic]:
        return what_to_ask(MODEL, channel, who, self.at)

    # What a customer does

    async def wait_in_line(self, key: str = "2", *, caller: str = THEIRS) -> Call:
        """Call, choose, and wait."""
        call = self.cloud.calls.dial(caller, OURS)
        await eventually(lambda: call.expects == "keys")
        self.cloud.calls.press(call, key)
        await eventually(lambda: call.waiting or call.problem)
        assert not call.problem, call.problem
        await eventually(self.item)
        return call

    def form(self, **changes: str) -> dict[str, str]:
        """A webhook of a caller who is on the line."""
        values = {
            "AccountSid": ACCOUNT_SID,
            "CallSid": "CA1",
            "CallStatus": "in-progress",
            "From": THEIRS,
            "To": OURS,
            "Direction": "inbound",
        }
        return values | changes

    async def post(
        self, path: str, form: dict[str, str], *, signature: str = ""
    ) -> tuple[int, str]:
        """A webhook as somebody sends it; gives the status and the body."""
        return await self.send(path, form, signature)

    # What our side does and sees

    async def agent(self, login: str = "anna", *, phone: str = "") -> Agent:
        name = login.capitalize()

        def add(connection: Connection) -> Agent:
            agents.add_roles(connection, {"service": "Service"})
            agent_id = agents.add(
                connection, login=login, name=name, password_hash="", held=["service"]
            )
            agent = Agent(agent_id, login, name, "nl", frozenset({"service"}))
            if phone:
                agents.set_phone(connection, agent, phone)
            return agent

        return await self.database.write(add)

    async def place(self, agent: Agent, number: str) -> str:
        """The agent calls the customer of what they have in hand."""
        item = await self.item()
        return await self.write(
            lambda c: store.place(c, item.conversation_id, agent, number=number, language="nl")
        )

    async def take(self, agent: Agent) -> str:
        """The agent takes what waits; gives the work item's id."""
        item = await self.item()
        await self.database.write(lambda c: working.claim(c, item.id, agent))
        self.relay.wake()
        return str(item.id)

    async def resolve(self, item_id: str, agent: Agent) -> None:
        await self.database.write(lambda c: working.resolve(c, item_id, agent, {}))
        self.relay.wake()

    async def helped_lately(self, *, minutes: int, how_often: int) -> None:
        """So many callers waited so long, and have just been helped."""
        for number in range(how_often):
            call = await self.wait_in_line(caller=f"+3165000000{number}")
            now = clock.now()
            waited = {"created_at": now - timedelta(minutes=minutes), "first_response_at": now}
            helped = update(items).where(items.c.state != "done").values(state="done", **waited)
            await self.cloud.calls.hang_up(call)
            await self.reaches("over")
            await self.write(partial(Connection.execute, statement=helped))

    async def item(self) -> Any:
        found = await self.rows(select(items))
        return found[0] if found else None

    async def events(self) -> list[dict[str, str]]:
        """What the timeline says of calls."""
        wanted = select(interactions.c.details).where(
            interactions.c.kind == InteractionKind.EVENT.value
        )
        return [row.details for row in await self.rows(wanted.order_by(interactions.c.id))]

    async def call(self) -> Any:
        """The newest one; None before there is one."""
        rows = await self.rows(select(calls).order_by(calls.c.created_at))
        return rows[-1] if rows else None

    async def is_so(self, **values: object) -> bool:
        """Whether the call stands so."""
        row = await self.call()
        return all(getattr(row, name) == value for name, value in values.items())

    async def reaches(self, *states: str) -> Any:
        """Wait until the call is in one of these states."""

        async def look() -> Any:
            row = await self.call()
            return row if row is not None and row.state in states else None

        return await eventually(look)


async def _nothing() -> None: ...


def said(call: Call) -> str:
    """All that was said to this end."""
    return " ".join(heard.text for heard in call.heard)


async def complain(house: House, key: str = "") -> Call:
    """A caller chooses what is recorded, is told so, and presses this key (or none)."""
    call = house.cloud.calls.dial(THEIRS, OURS)
    await eventually(lambda: call.expects == "keys")
    house.cloud.calls.press(call, COMPLAINT)
    await eventually(lambda: "Wij nemen dit gesprek op." in said(call))
    await eventually(lambda: call.expects == "keys")
    house.cloud.calls.press(call, key)
    await eventually(lambda: call.waiting)
    await eventually(house.item)
    return call


async def talk(house: House, call: Call) -> Any:
    anna = await house.agent()
    await house.take(anna)
    await eventually(lambda: call.talking)
    return anna


open_house = House.running
