"""A store with roles, agents and waiting work, for what hands it out."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from builders import TOKENS, mail_arrival
from hub import clock
from hub.store import Database, agents, offers, presence, staff
from hub.store import tables as t
from hub.store.agents import Agent
from hub.store.arrivals import store_arrivals
from hub.store.ranking import rank
from interaction_models import model_of
from routing.assigning.rules import Rules
from routing.handing_out import HandingOut, Outcome
from routing.model import Model
from stores import rows

HEAD = """\
version: "1"
organisation: Test
triage_role: service
roles:
  service: {title: {en: Service, nl: Service}, mode: both, backup: backup}
  bills: {title: {en: Bills, nl: Facturen}, mode: offered}
  pulls: {title: {en: Pulls, nl: Pakt}, mode: self-service}
  backup: {title: {en: Backup, nl: Achtervang}, mode: offered, choice: most-capacity}
channels:
  email: {title: {en: Mail, nl: Mail}}
target_groups: {}
topics: {}
"""
ROLES = ("service", "bills", "pulls", "backup")


@functools.cache
def workplace_model() -> Model:
    return model_of("role: service", head=HEAD)


@dataclass
class Workplace:
    database: Database
    rules: Rules

    def __post_init__(self) -> None:
        self.handing_out = HandingOut(workplace_model, self.rules)

    async def open(self) -> None:
        titles = {role: role.title() for role in ROLES}
        await self.database.write(lambda c: agents.add_roles(c, titles))

    async def hire(
        self,
        login: str,
        *held: str,
        state: str = presence.AVAILABLE,
        skills: dict[str, int] | None = None,
    ) -> Agent:
        def work(connection: Connection) -> Agent:
            agent_id = agents.add(
                connection,
                login=login,
                name=login.title(),
                password_hash="",
                held=held or ["service"],
            )
            staff.set_skills(connection, agent_id, skills or {}, changed_by="test")
            presence.say(connection, agent_id, state)
            found = agents.find(connection, agent_id)
            assert found is not None
            return found

        return await self.database.write(work)

    async def wait_for(self, name: str, **changes: Any) -> str:
        """A work item that waits; gives its id."""
        return await self.database.write(lambda c: add_waiting(c, name, **changes))

    async def place(self, item_id: str) -> Outcome:
        return await self.database.step(lambda c: self.handing_out.place(c, item_id))

    async def serve(self, agent: Agent) -> Outcome:
        return await self.database.step(lambda c: self.handing_out.serve(c, agent.id))

    async def item(self, item_id: str) -> Any:
        found = select(t.work_items).where(t.work_items.c.id == item_id)
        return await self.database.read(lambda c: c.execute(found).one())

    async def change(self, item_id: str, **values: Any) -> None:
        changing = update(t.work_items).where(t.work_items.c.id == item_id).values(**values)
        await self.database.write(lambda c: c.execute(changing))

    async def offered_to(self, agent: Agent) -> list[str]:
        live = await self.database.read(lambda c: offers.live(c, agent.id))
        return [offer.item.id for offer in live]

    async def offers(self) -> Sequence[Any]:
        return await rows(self.database, t.offers)

    async def expire(self, now: datetime) -> list[tuple[str, str]]:
        return await self.database.write(lambda c: offers.expire(c, now))


def add_waiting(connection: Connection, name: str, **changes: Any) -> str:
    """A work item of a mail; gives its id."""
    arrival = mail_arrival(f"{name}@example.org", subject=name)
    accepted = store_arrivals(connection, [arrival], TOKENS)[0]
    return add_work(
        connection, accepted.conversation_id, **{"id": accepted.interaction_id} | changes
    )


def add_work(connection: Connection, conversation_id: str, **changes: Any) -> str:
    """A work item of this conversation, as if it had been routed; gives its id."""
    conversation = t.conversations.c.id == conversation_id
    customer = connection.execute(select(t.conversations.c.customer_id).where(conversation))
    now = clock.now()
    row: dict[str, Any] = {
        "id": clock.new_id(),
        "conversation_id": conversation_id,
        "customer_id": customer.scalar_one(),
        "role": "service",
        "state": "waiting",
        "agent_id": None,
        "epoch": 1,
        "channel": "email",
        "topic": "any",
        "priority_minutes": 0,
        "waiting_since": now,
        "first_response_due": None,
        "first_response_at": None,
        "overdue": False,
        "decision": {},
        "created_at": now,
        "resolved_at": None,
        "urgency_minutes": 0,
    } | changes
    order = rank(row["waiting_since"], row["priority_minutes"], row["urgency_minutes"])
    connection.execute(insert(t.work_items), [{"rank": order} | row])
    return str(row["id"])
