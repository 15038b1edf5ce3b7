"""Frames of the live line: each reader's own, and the same text for all who are told the same."""

import json
from typing import Any

from agent_ui.frames import Frames, Reader
from agent_ui.live import Change
from agent_ui.texts import texts_for
from console_house import House
from hub.store import work_items

CARE = frozenset({"service"})


def frames_of(house: House) -> Frames:
    return Frames(house.console._streams._frames._pages)


def reader(agent_id: str, *, language: str = "en", roles: frozenset[str] = CARE) -> Reader:
    return Reader(agent_id, roles, texts_for(language))


def told(frame: str) -> list[dict[str, Any]]:
    [data] = [line for line in frame.splitlines() if line.startswith("data: ")]
    found: list[dict[str, Any]] = json.loads(data.removeprefix("data: "))
    return found


async def new_work(house: House) -> Change:
    accepted = await house.receive(subject="Order 1")
    await house.work_of(accepted.conversation_id)
    found = await house.database.read(lambda c: work_items.latest_of(c, [accepted.conversation_id]))
    item = found[accepted.conversation_id]
    return Change(frozenset({item.role}), frozenset(), item.conversation_id, item=item)


async def test_who_is_told_the_same_gets_the_same_text(house: House) -> None:
    frames, changes = frames_of(house), [await new_work(house)]
    first = frames.frame(reader("a"), changes, "x-0", "x-1")
    assert frames.frame(reader("b"), changes, "x-0", "x-1") is first
    dutch = frames.frame(reader("c", language="nl"), changes, "x-0", "x-1")
    assert "wacht" in told(dutch)[0]["html"]
    assert "wacht" not in told(first)[0]["html"]
    assert frames.frame(reader("d", roles=frozenset({"billing"})), changes, "x-0", "x-1") == ""


async def test_who_is_named_is_told_what_is_theirs(house: House) -> None:
    work = await new_work(house)
    entry = Change(
        CARE, frozenset(), work.conversation_id, interaction_id="i", followers=frozenset({"a"})
    )
    desk = Change(frozenset(), frozenset({"b"}), "", desk=True)
    frames, changes = frames_of(house), [work, entry, desk]
    by_role, to_a, to_b = (
        told(frames.frame(reader(who), changes, "x-0", "x-3")) for who in ("c", "a", "b")
    )
    assert [change.get("entry") for change in by_role] == [None, "i"]
    assert to_a == [by_role[0], by_role[1] | {"followed": True}]
    assert to_b == [*by_role, {"desk": True}]


async def test_who_is_further_is_told_less(house: House) -> None:
    changes = [await new_work(house), await new_work(house)]
    frames = frames_of(house)
    both = told(frames.frame(reader("a"), changes, "x-0", "x-2"))
    assert told(frames.frame(reader("b"), changes[1:], "x-1", "x-2")) == both[1:]
    later = frames.frame(reader("a"), changes[:1], "x-0", "x-1")
    assert (told(later), later.splitlines()[0]) == (both[:1], "id: x-1")


async def test_a_wall_is_told_only_that_something_moved(house: House) -> None:
    wall = Reader("a", frozenset(), texts_for("en"), wall=True)
    frames, work = frames_of(house), await new_work(house)
    assert told(frames.frame(wall, [work], "x-0", "x-1")) == [{"wall": True}]
    entry = Change(CARE, frozenset(), work.conversation_id, interaction_id="i")
    assert frames.frame(wall, [entry], "x-1", "x-2") == ""
