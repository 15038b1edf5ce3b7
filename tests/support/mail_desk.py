"""Anna's desk, with Jan's mails on it, and Carl's beside it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from builders import TOKENS, mail_arrival
from hub import clock
from hub.errors import Rejected
from hub.intake import Intake
from hub.interaction import Accepted, Thread
from hub.metrics import Metrics
from hub.store import Database, asked, asking_colleagues
from hub.store import agents as staff
from hub.store.agents import Agent
from hub.store.asked import YES, Request
from hub.store.tables import asked_colleagues, conversations, deadlines, interactions, roles
from hub.store.tables import work_items as items
from hub.store.threads import TOKEN_PURPOSE
from stores import rows

JAN = "jan@example.org"


class Desk:
    """Anna's, with Jan's mails on it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.intake = Intake(database, TOKENS, Metrics(), lambda: None)

    async def begin(self) -> None:
        def hire(connection: Connection) -> list[Agent]:
            connection.execute(insert(roles).values(name="service", title="Service"))
            ids = [
                staff.add(connection, login=n, name=n, password_hash="", held=["service"])
                for n in ("anna", "carl")
            ]
            found = [staff.find(connection, one) for one in ids]
            return [one for one in found if one is not None]

        self.anna, self.carl = await self.database.write(hire)

    @staticmethod
    def token(conversation_id: str, *references: str) -> Thread:
        """By which an answer says which conversation it is of."""
        signed = TOKENS.sign(TOKEN_PURPOSE, conversation_id)
        return Thread(token=signed, references=references)

    async def mail(self, **changes: Any) -> Accepted:
        return await self.intake.accept(mail_arrival(JAN, **changes))

    async def do(self, work: Any) -> Any:
        return await self.database.write(work)

    async def refused(self, work: Any) -> str:
        with pytest.raises(Rejected) as error:
            await self.database.write(work)
        return error.value.code

    async def texts(self, conversation_id: str) -> list[str]:
        """What is in it, in order; events by their name."""
        found = [r for r in await rows(self.database, interactions)
                 if r.conversation_id == conversation_id]  # fmt: skip
        found.sort(key=lambda row: row.sequence)
        assert [row.sequence for row in found] == list(range(1, len(found) + 1))
        [head] = [r for r in await rows(self.database, conversations) if r.id == conversation_id]
        assert head.interaction_count == len(found)
        return [row.details.get("event") or row.text for row in found]

    async def owner(self, table: Any, **which: Any) -> set[str]:
        found = [r for r in await rows(self.database, table)
                 if all(getattr(r, name) == value for name, value in which.items())]  # fmt: skip
        return {row.conversation_id for row in found}

    async def work(self, conversation_id: str, agent: Agent | None = None) -> str:
        """Open work, in the agent's hands or waiting."""
        item_id = clock.new_id()
        [who] = {r.customer_id for r in await rows(self.database, conversations)
                 if r.id == conversation_id}  # fmt: skip

        def make(connection: Connection) -> None:
            connection.execute(
                insert(items).values(
                    id=item_id, conversation_id=conversation_id, customer_id=who, role="service",
                    state="assigned" if agent else "waiting", agent_id=agent.id if agent else None,
                    epoch=1, channel="email", topic="", priority_minutes=0, overdue=False,
                    waiting_since=clock.now(), decision={}, created_at=clock.now(), skills={},
                )
            )  # fmt: skip
            connection.execute(
                insert(deadlines).values(
                    id=clock.new_id(), work_item_id=item_id, conversation_id=conversation_id,
                    promise="first_response", target=3600, clock="calendar", source="",
                    state="running", history=[], created_at=clock.now(),
                    due_at=clock.now() + timedelta(hours=1),
                )
            )  # fmt: skip

        await self.do(make)
        return item_id

    async def item(self, item_id: str) -> Any:
        return next(r for r in await rows(self.database, items) if r.id == item_id)


class Asking(Desk):
    """With Bob, who approves."""

    async def begin(self) -> None:
        await super().begin()

        def hire(connection: Connection) -> Agent | None:
            connection.execute(insert(roles).values(name="billing", title="Billing"))
            bob = staff.add(connection, login="bob", name="bob", password_hash="", held=["billing"])
            return staff.find(connection, bob)

        self.bob = await self.do(hire)

    async def asks(self, conversation_id: str) -> str:
        """Anna asks Bob within two hours; gives the request."""
        ask: dict[str, Any] = {
            "role": "billing",
            "what": "Refund EUR 80",
            "within": timedelta(hours=2),
        }
        await self.do(
            lambda c: asking_colleagues.ask_approval(c, conversation_id, self.anna, **ask)
        )
        return max(str(row.id) for row in await rows(self.database, asked_colleagues))

    async def answers(self, request_id: str) -> None:
        await self.do(lambda c: asking_colleagues.answer(c, request_id, YES, self.bob))

    async def sees(self, agent: Agent) -> list[Request]:
        found: list[Request] = await self.database.read(lambda c: asked.waiting_for(c, agent))
        return found

    async def waits_in(self, conversation_id: str) -> list[str]:
        found = await self.database.read(lambda c: asked.approvals_of(c, conversation_id))
        return [one.holder_name for one in found]
