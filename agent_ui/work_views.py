"""Which part of the work a list shows: all of it, a filter, or a view that somebody kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import Connection

from hub.store import follows, saved_views, work_items, work_lists
from hub.store.agents import Agent
from hub.store.follows import Followed
from hub.store.ranking import Place
from hub.store.saved_views import MOST_COUNTED, View, Wanted
from hub.store.work_items import WorkItem

_PLACE = re.compile(r"(?P<rank>-?[0-9]{1,16})\.(?P<id>[0-9a-f-]{1,36})")
FOLLOWED = "followed"
"""The view that nobody need keep: the conversations that the agent follows."""


@dataclass(frozen=True)
class Listed:
    """A view with how much it shows."""

    view: View
    count: int

    @property
    def said(self) -> str:
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


@dataclass(frozen=True)
class Shown:
    """`wanted`: None for all work. `view`: the kept view that it is, if it is one.

    `query`: by which the same list is asked for again.
    """

    views: Sequence[Listed]
    wanted: Wanted | None = None
    view: View | None = None
    items: Sequence[WorkItem] = field(default_factory=list)
    count: int = 0
    query: str = ""
    followed: Sequence[Followed] = ()
    """What the agent follows."""
    is_followed: bool = False
    """Whether that is what is shown."""

    @property
    def news(self) -> set[str]:
        """The conversations that the agent follows and has not seen all of."""
        return {one.conversation_id for one in self.followed if one.has_news}

    @property
    def fields(self) -> Wanted:
        """What the form of the filter holds."""
        return self.wanted or Wanted()


def read_listed(connection: Connection, agent: Agent) -> list[Listed]:
    views = saved_views.of(connection, agent)
    counts = saved_views.counts(connection, agent, [view.wanted for view in views])
    return [Listed(view, count) for view, count in zip(views, counts, strict=True)]


def read_shown(
    connection: Connection, agent: Agent, query: Mapping[str, str], *, length: int
) -> Shown:
    """By what the address asks: `view`, or the fields of a filter."""
    views, followed = read_listed(connection, agent), follows.of(connection, agent)
    if query.get("view") == FOLLOWED:
        return _followed(connection, views, followed)
    kept = next((one for one in views if one.view.id == query.get("view")), None)
    wanted = kept.view.wanted if kept else Wanted.of(dict(query))
    if kept is None and not wanted.given:
        return Shown(views, followed=followed)
    found = saved_views.ids(connection, agent, wanted, limit=length)
    return Shown(
        views=views,
        wanted=wanted,
        view=kept.view if kept else None,
        items=work_lists.in_order(work_items.lines_of(connection, found)),
        count=kept.count if kept else saved_views.counts(connection, agent, [wanted])[0],
        query=_query(kept.view if kept else None, wanted),
        followed=followed,
    )


def read_more(
    connection: Connection,
    agent: Agent,
    query: Mapping[str, str],
    *,
    length: int,
    after: Place | None,
) -> Shown:
    """The next rows of the same list; `count`: how many it holds in all, `views` are left out."""
    view = next((v for v in saved_views.of(connection, agent) if v.id == query.get("view")), None)
    wanted = view.wanted if view else Wanted.of(dict(query))
    followed = follows.of(connection, agent)
    if view is None and "view" in query:
        return Shown((), Wanted())
    if view is None and not wanted.given:
        items = work_lists.in_queue(connection, agent, length=length, after=after)
        count = work_lists.count_waiting(connection, agent)
        return Shown((), items=items, count=count, followed=followed)
    found = saved_views.ids(connection, agent, wanted, limit=length, after=after)
    items = work_lists.in_order(work_items.lines_of(connection, found))
    [count] = saved_views.counts(connection, agent, [wanted])
    return Shown((), wanted, view, items, count, _query(view, wanted), followed=followed)


def place_of(given: str) -> Place | None:
    """From an address: where in the list what is wanted comes after; None for its beginning."""
    found = _PLACE.fullmatch(given)
    return (int(found["rank"]), found["id"]) if found else None


def _query(view: View | None, wanted: Wanted) -> str:
    return "?" + urlencode({"view": view.id} if view else wanted.given)


def _followed(
    connection: Connection, views: Sequence[Listed], followed: Sequence[Followed]
) -> Shown:
    """The newest news first, also of what is done."""
    ids = [one.conversation_id for one in followed]
    latest = work_items.latest_of(connection, ids) if ids else {}
    items = [latest[one] for one in ids if one in latest]
    query = f"?view={FOLLOWED}"
    return Shown(
        views, Wanted(), None, items, len(items), query, followed=followed, is_followed=True
    )
