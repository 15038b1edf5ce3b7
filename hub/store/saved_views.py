"""Views of the work: what somebody wants to see of it, kept under a name; with how much that is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from hub import clock
from hub.errors import Rejected
from hub.store import audit, queues
from hub.store.agents import Agent
from hub.store.ranking import Place
from hub.store.tables import (
    agents,
    conversations,
    customers,
    roles,
    saved_views,
    work_items,
)

LONGEST_NAME = 60
LONGEST_WORDS = 100
MOST = 30
"""So many views of their own somebody keeps, and so many are shared with a role."""
MOST_COUNTED = 1_000
"""What is more is only said to be more."""

WAITING, MINE, ASIDE = "waiting", "mine", "aside"
PARTS = (WAITING, MINE, ASIDE)
LATE, SOON = "late", "soon"
PROMISED = (LATE, SOON)


@dataclass(frozen=True)
class Wanted:
    """What to see of the work that is the agent's; what is empty does not matter."""

    part: str = ""
    role: str = ""
    channel: str = ""
    topic: str = ""
    promised: str = ""
    words: str = ""

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Wanted":
        """From a form, an address or the store; what cannot be meant is left out."""
        names = [one.name for one in fields(cls)]
        texts = {name: str(given.get(name) or "").strip()[:200] for name in names}
        texts["words"] = texts["words"].replace("\0", "")[:LONGEST_WORDS]
        texts["part"] = texts["part"] if texts["part"] in PARTS else ""
        texts["promised"] = texts["promised"] if texts["promised"] in PROMISED else ""
        return cls(**texts)

    @property
    def given(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class View:
    """`role`: with whom it is shared; empty for the agent's own."""

    id: str
    name: str
    role: str
    agent_id: str
    agent_name: str
    wanted: Wanted

    def may_change(self, agent: Agent) -> bool:
        """Its maker may, and of a shared one also whoever may share."""
        return self.agent_id == agent.id or bool(self.role and agent.oversees)


def of(connection: Connection, agent: Agent) -> list[View]:
    """The agent's own, then those of their roles, each the oldest first: so its key stays."""
    columns = saved_views.c
    shared = columns.role.in_(sorted(agent.roles))
    rows = connection.execute(
        select(saved_views, agents.c.name.label("agent_name"))
        .join(agents, agents.c.id == columns.agent_id)
        .where(or_((columns.agent_id == agent.id) & (columns.role == ""), shared))
        .order_by(columns.role != "", columns.id)
    )
    return [
        View(row.id, row.name, row.role, row.agent_id, row.agent_name, Wanted.of(row.wanted))
        for row in rows
    ]


def keep(connection: Connection, agent: Agent, name: str, role: str, wanted: Wanted) -> str:
    """Keep a view; gives its id. Raises Rejected."""
    name = _name(name)
    if role:
        _must_share(agent)
        if connection.execute(select(roles.c.name).where(roles.c.name == role)).first() is None:
            raise Rejected("no_role", "This role does not exist. Choose another one.")
    mine = (saved_views.c.agent_id == agent.id) & (saved_views.c.role == "")
    others = saved_views.c.role == role if role else mine
    held = connection.execute(select(func.count()).select_from(saved_views).where(others))
    if held.scalar_one() >= MOST:
        raise Rejected("many_views", "There are too many views. Remove one first.", status=409)
    view = View(clock.new_id(), name, role, agent.id, agent.name, wanted)
    row = {"id": view.id, "agent_id": agent.id, "name": name, "role": role, "wanted": wanted.given}
    connection.execute(insert(saved_views), [row])
    _note(connection, agent, "view.kept", view)
    return view.id


def rename(connection: Connection, agent: Agent, view_id: str, name: str) -> None:
    view = _changeable(connection, agent, view_id)
    name = _name(name)
    this = saved_views.c.id == view_id
    connection.execute(update(saved_views).where(this).values(name=name))
    _note(connection, agent, "view.renamed", replace(view, name=name))


def remove(connection: Connection, agent: Agent, view_id: str) -> None:
    view = _changeable(connection, agent, view_id)
    connection.execute(delete(saved_views).where(saved_views.c.id == view_id))
    _note(connection, agent, "view.removed", view)


def ids(
    connection: Connection,
    agent: Agent,
    wanted: Wanted,
    *,
    limit: int,
    after: Place | None = None,
) -> list[str]:
    """The work that a view shows, in the order of the queue; or what comes after a place in it."""
    selection = _found(agent, wanted).order_by(work_items.c.rank, work_items.c.id)
    if after is not None:
        selection = selection.where(queues.is_behind(after))
    return list(connection.execute(selection.limit(limit)).scalars())


def counts(connection: Connection, agent: Agent, wanted: Sequence[Wanted]) -> list[int]:
    """How much each shows, in one question; never more than MOST_COUNTED + 1."""
    if not wanted:
        return []
    each = [
        select(func.count())
        .select_from(_found(agent, one).limit(MOST_COUNTED + 1).subquery())
        .scalar_subquery()
        .label(f"view_{number}")
        for number, one in enumerate(wanted)
    ]
    return [int(count) for count in connection.execute(select(*each)).one()]


def _found(agent: Agent, wanted: Wanted) -> Select[Any]:
    columns = work_items.c
    selection = select(columns.id).where(_part(agent, wanted.part))
    for name in ("role", "channel"):
        if value := getattr(wanted, name):
            selection = selection.where(columns[name] == value)
    if wanted.topic:
        below = columns.topic.startswith(f"{wanted.topic}/", autoescape=True)
        selection = selection.where(or_(columns.topic == wanted.topic, below))
    if wanted.promised:
        selection = selection.where(_promised(wanted.promised))
    if wanted.words:
        selection = (
            selection.join(conversations, conversations.c.id == columns.conversation_id)
            .join(customers, customers.c.id == columns.customer_id)
            .where(*(_has(word) for word in wanted.words.lower().split()))
        )
    return selection


def _part(agent: Agent, part: str) -> ColumnElement[bool]:
    columns = work_items.c
    each = {
        WAITING: (columns.state == "waiting") & columns.role.in_(sorted(agent.roles)),
        MINE: (columns.state == "assigned") & (columns.agent_id == agent.id),
        ASIDE: (columns.state == "snoozed") & (columns.agent_id == agent.id),
    }
    return each[part] if part else or_(*each.values())


def _promised(which: str) -> ColumnElement[bool]:
    now = literal(clock.now(), work_items.c.answer_due.type)
    due, warn = work_items.c.answer_due, work_items.c.answer_warn
    return due <= now if which == LATE else (due > now) & (warn <= now)


def _has(word: str) -> ColumnElement[bool]:
    """In the subject or the customer's name, or the number of the conversation itself."""
    if word.removeprefix("#").isascii() and word.removeprefix("#").isdecimal():
        number = conversations.c.number == int(word.removeprefix("#")[:15])
    else:
        number = literal(False)
    texts = (conversations.c.subject, customers.c.name)
    return or_(number, *(func.lower(text).contains(word, autoescape=True) for text in texts))


def _name(name: str) -> str:
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Rejected("no_view_name", "Give the view a name.")
    return name


def _must_share(agent: Agent) -> None:
    if not agent.oversees:
        raise Rejected("not_supervisor", "Only a supervisor can do this.", status=403)


def _changeable(connection: Connection, agent: Agent, view_id: str) -> View:
    row = connection.execute(
        select(saved_views).where(saved_views.c.id == view_id).with_for_update()
    ).one_or_none()
    if row is not None:
        view = View(row.id, row.name, row.role, row.agent_id, "", Wanted.of(row.wanted))
        if view.may_change(agent):
            return view
    raise Rejected("no_view", "There is no such view.", status=404)


def _note(connection: Connection, agent: Agent, action: str, view: View) -> None:
    details = {"name": view.name, "role": view.role}
    audit.record(connection, actor=agent.id, action=action, about=view.id, details=details)
