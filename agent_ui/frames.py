"""Writes what changed as frames of the live line: what is the same for many consoles is written
once for all of them."""

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent_ui.live import Change
from agent_ui.pages import Pages
from agent_ui.texts import Texts
from hub.store import work_items
from hub.store.work_items import WorkItem

_ROWS_KEPT = 500


@dataclass(frozen=True)
class Reader:
    """Who is told. `wall`: only that the work of anybody changed, and nothing more."""

    agent_id: str
    roles: frozenset[str]
    texts: Texts
    wall: bool = False

    @property
    def kind(self) -> tuple[Any, ...]:
        """The same for all who are told the same, but for what concerns them by name."""
        return self.roles, self.texts.language, self.wall


class Frames:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._rows: OrderedDict[tuple[int, str], tuple[WorkItem, str]] = OrderedDict()
        self._reached = ""
        self._named: dict[str, frozenset[str]] = {}
        self._shared: dict[tuple[Any, ...], str] = {}

    def frame(self, reader: Reader, changes: Sequence[Change], position: str, reached: str) -> str:
        """What came after a position, up to the one that is reached; empty when it is none of the
        reader's business."""
        if reached != self._reached:
            self._reached = reached
            self._named.clear()
            self._shared.clear()
        if position not in self._named:
            self._named[position] = frozenset().union(*(change.named for change in changes))
        if reader.agent_id in self._named[position]:
            return self._written(reader, changes, reached)
        key = (position, *reader.kind)
        if key not in self._shared:
            self._shared[key] = self._written(reader, changes, reached)
        return self._shared[key]

    def _written(self, reader: Reader, changes: Sequence[Change], reached: str) -> str:
        if reader.wall:
            moved = any(change.item or change.desk for change in changes)
            return event("changes", reached, [{"wall": True}]) if moved else ""
        told = [
            self._message(reader, change)
            for change in changes
            if change.concerns(reader.agent_id, reader.roles)
        ]
        return event("changes", reached, told) if told else ""

    def _message(self, reader: Reader, change: Change) -> dict[str, Any]:
        if change.desk:
            return {"desk": True}
        message: dict[str, Any] = {"conversation": change.conversation_id}
        if change.beside or change.call:
            return message | {"beside" if change.beside else "call": True}
        if change.sign:
            return message | {"sign": change.sign}
        if change.company is not None:
            return message | {"company": change.company.model_dump(exclude={"conversation_id"})}
        if change.item is None:
            followed = reader.agent_id in change.followers
            entry = {"entry": change.interaction_id, "inbound": change.inbound}
            return message | entry | ({"followed": True} if followed else {})
        item = change.item
        message |= {"item": item.id, "epoch": item.epoch}
        if reader.agent_id in change.agents:
            message["desk"] = True  # what they have in hand, or are offered, is another
        part = shown_in(item, reader.agent_id, reader.roles)
        if part:
            message |= {"part": part, "html": self._row(item, reader.texts)}
        return message

    def _row(self, item: WorkItem, texts: Texts) -> str:
        """Made once for all who are told of it in the same language."""
        key = (id(item), texts.language)
        known = self._rows.get(key)
        if known is None or known[0] is not item:
            known = item, self._pages.render("parts/rows.html", texts, items=[item])
            self._rows[key] = known
            if len(self._rows) > _ROWS_KEPT:
                self._rows.popitem(last=False)
        return known[1]


def shown_in(item: WorkItem, agent_id: str, roles: frozenset[str]) -> str:
    """The part of the agent's work list that an item belongs in; empty for none."""
    if item.state == work_items.WAITING and item.role in roles:
        return "queue"
    if item.state == work_items.ASSIGNED and item.agent_id == agent_id:
        return "mine"
    if item.state == work_items.SNOOZED and item.agent_id == agent_id:
        return "aside"
    return ""


def event(kind: str, position: str, data: object) -> str:
    return f"id: {position}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
