"""Work that was recorded: the contact that made each work item, and how its promises really went.

What routing saw of that contact is read back as it is in the store: the target group is the one
that the customer has now. Pages are read one by one, so that a long time fits in little memory.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
)

from hub import clock
from hub.interaction import Automatic, Channel, Direction, InteractionKind
from hub.promises import Promise, What
from hub.store import agreements, handled
from hub.store.agreements import Agreed, Term
from hub.store.among import among
from hub.store.tables import attachments, customers, deadlines, interactions, work_items
from hub.store.traits import traits_of
from hub.store.unrouted import TEXT_READ

PAGE = 1000
_SKEW = timedelta(days=1)
"""An id tells when a work item was made. The clock of another machine may have been ahead."""
_PAUSES = (What.PAUSED, What.RESUMED)


class Pause(NamedTuple):
    """The clock of the resolution was paused or went on, at a time in UTC."""

    at: datetime
    what: What


@dataclass(frozen=True, slots=True)
class Recorded:
    """A contact that made work. `at`: since when the customer waited, in UTC. `first_response_at`
    and `resolved_at` are None while that has not happened. `pauses` are known where a resolution
    was promised. `agreed` are the agreements with this customer, and with their organisation, that
    set targets when the contact came. `about` is the topic that the work had in the end, and `held`
    for how many seconds agents had it in hand; None while it is not resolved, or not known.
    `traits` are what is known about the customer now."""

    work_item_id: str
    interaction_id: str
    conversation_id: str
    channel: Channel
    direction: Direction
    account: str
    sender: str
    subject: str
    text: str
    topic: str
    target_group: str
    automatic: Automatic
    at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    files: tuple[str, ...] = ()
    pauses: tuple[Pause, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    about: str = ""
    held: int | None = None
    traits: Mapping[str, str] = field(default_factory=dict)


class Page(NamedTuple):
    """The work items behind `after` up to `last`, which are `size`; "" is before the first."""

    after: str
    last: str
    size: int


def pages(
    connection: Connection, since: datetime, until: datetime, length: int = PAGE
) -> list[Page]:
    """What there is to read of the work that began to wait from `since` to before `until`, in the
    order in which it was made. Work that no contact made is counted too."""
    within = select(work_items.c.id).where(_within(since, until)).order_by(work_items.c.id)
    ids = connection.execute(within).scalars().all()
    lasts = [*ids[length - 1 : -1 : length], *ids[-1:]]
    counts = [length] * (len(lasts) - 1) + [len(ids) - length * (len(lasts) - 1)]
    return [*map(Page, ["", *lasts], lasts, counts)]


def read(connection: Connection, since: datetime, until: datetime, page: Page) -> list[Recorded]:
    """The contacts of one page, for the same time as the pages were made for."""
    on_it = (work_items.c.id > page.after) & (work_items.c.id <= page.last)
    return _read(connection, _selection().where(_within(since, until) & on_it))


def one(connection: Connection, interaction_id: str) -> Recorded | None:
    """The work that this contact made; None when it made none, or is not known."""
    found = _read(connection, _selection().where(interactions.c.id == interaction_id).limit(1))
    return found[0] if found else None


def _within(since: datetime, until: datetime) -> ColumnElement[bool]:
    """The first part is for the database: ids have an index, times of waiting have none."""
    return and_(
        work_items.c.id >= clock.first_id(since - _SKEW),
        work_items.c.waiting_since >= since,
        work_items.c.waiting_since < until,
    )


def _selection() -> Select[Any]:
    """Work that comes of a message which did not arrive has no contact that began it."""
    organisations = customers.alias("organisations")
    columns = interactions.c
    began = (
        (columns.conversation_id == work_items.c.conversation_id)
        & (columns.received_at == work_items.c.waiting_since)
        & (columns.kind == InteractionKind.MESSAGE.value)
        & columns.agent_id.is_(None)
    )
    return (
        select(
            work_items.c.id.label("work_item_id"),
            columns.id,
            columns.conversation_id,
            columns.channel,
            columns.direction,
            columns.account,
            columns.sender["value"].as_string().label("sender"),
            columns.subject,
            func.substr(columns.text, 1, TEXT_READ).label("text"),
            columns.topic,
            func.coalesce(
                func.nullif(customers.c.target_group, ""), organisations.c.target_group, ""
            ).label("target_group"),
            columns.automatic,
            work_items.c.waiting_since,
            work_items.c.first_response_at,
            work_items.c.resolved_at,
            exists().where(attachments.c.interaction_id == columns.id).label("has_files"),
            work_items.c.topic.label("about"),
            customers.c.id.label("customer_id"),
            customers.c.organisation_id,
            customers.c.kind,
            customers.c.name,
            customers.c.language,
            customers.c.attributes,
            organisations.c.name.label("organisation_name"),
            organisations.c.attributes.label("organisation_attributes"),
        )
        .select_from(work_items)
        .join(interactions, began)
        .join(customers, customers.c.id == columns.customer_id)
        .outerjoin(organisations, organisations.c.id == customers.c.organisation_id)
        .order_by(work_items.c.id, columns.sequence)
    )


def _read(connection: Connection, selection: Select[Any]) -> list[Recorded]:
    # Of two contacts that came at the same moment, the first made the work.
    rows: dict[str, Row[Any]] = {}
    for row in connection.execute(selection):
        rows.setdefault(row.work_item_id, row)
    files = _files(connection, [row.id for row in rows.values() if row.has_files])
    pauses = _pauses(connection, rows)
    parties = {party for row in rows.values() for party in _parties(row)}
    terms = agreements.that_ever_held(connection, parties)
    held = handled.seconds(connection, {id_: row.resolved_at for id_, row in rows.items()})
    return [
        _recorded(
            row,
            files=files.get(row.id, ()),
            pauses=pauses.get(item_id, ()),
            agreed=_agreed(row, terms),
            held=held.get(item_id),
        )
        for item_id, row in rows.items()
    ]


def _parties(row: Row[Any]) -> tuple[str, ...]:
    return (row.customer_id, row.organisation_id) if row.organisation_id else (row.customer_id,)


def _agreed(row: Row[Any], terms: dict[str, list[Term]]) -> tuple[Agreed, ...]:
    if not terms:
        return ()
    at = row.waiting_since
    found = (term for party in _parties(row) for term in terms.get(party, ()))
    return tuple(term.agreed for term in found if term.holds(at))


def _files(connection: Connection, interaction_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    if not interaction_ids:
        return {}
    rows = connection.execute(
        select(attachments.c.interaction_id, attachments.c.filename)
        .where(among(attachments.c.interaction_id, interaction_ids))
        .order_by(attachments.c.id)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row.interaction_id] = (*found.get(row.interaction_id, ()), row.filename)
    return found


def _pauses(connection: Connection, work_item_ids: Iterable[str]) -> dict[str, tuple[Pause, ...]]:
    """Few clocks are ever paused, so the others stay where they are."""
    told = cast(deadlines.c.history, Text)
    rows = connection.execute(
        select(deadlines.c.work_item_id, deadlines.c.history)
        .where(
            among(deadlines.c.work_item_id, work_item_ids),
            deadlines.c.promise == Promise.RESOLUTION.value,
            or_(*(told.contains(f'"{what.value}"') for what in _PAUSES)),
        )
        .order_by(deadlines.c.id)
    )
    return {
        row.work_item_id: tuple(
            Pause(datetime.fromisoformat(entry["at"]), What(entry["what"]))
            for entry in row.history
            if entry["what"] in _PAUSES
        )
        for row in rows
    }


def _recorded(row: Any, **more: Any) -> Recorded:
    """Taken apart at once, in the order of the columns: to ask for each takes several times as
    long, and there may be a hundred thousand."""
    (
        work_item_id, interaction_id, conversation_id, channel, direction, account, sender, subject,
        text, topic, target_group, automatic, at, first_response_at, resolved_at,
        _, about, _, _, *known, theirs,
    ) = row  # fmt: skip
    return Recorded(
        work_item_id=work_item_id,
        interaction_id=interaction_id,
        conversation_id=conversation_id,
        channel=Channel(channel),
        direction=Direction(direction),
        account=account,
        sender=sender,
        subject=subject,
        text=text,
        topic=topic,
        target_group=target_group,
        automatic=Automatic(automatic),
        at=at,
        first_response_at=first_response_at,
        resolved_at=resolved_at,
        about=about,
        traits=traits_of(*known, organisation_attributes=theirs),
        **more,
    )
