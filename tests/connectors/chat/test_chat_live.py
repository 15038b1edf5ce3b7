"""Which sockets look in the store after an event: those that may lack something, and no others."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from connectors.chat.live import Live
from connectors.chat.visitor import Visitor
from hub.events import ChatActivity, InteractionRecorded, wrap
from hub.interaction import Channel, Direction, InteractionKind
from stores import opened

VISITOR = Visitor("shop", "v1", "s1")


@dataclass
class Socket:
    """An open connection that only notes that it was woken."""

    conversation_id: str
    sent: int
    visitor: Visitor = VISITOR
    seen: int = 0
    woken: list[bool] = field(default_factory=list)

    def wake(self, *, standing: bool = False) -> None:
        self.woken.append(standing)

    def show(self, activity: ChatActivity) -> None:
        raise AssertionError(activity)

    async def close(self, code: int) -> None:
        raise AssertionError(code)


@pytest.fixture
async def live(store_url: str) -> AsyncIterator[Live]:
    async with opened(store_url) as database:
        yield Live(database, most=10)


async def tell(live: Live, sequence: int, channel: Channel = Channel.CHAT) -> None:
    event = InteractionRecorded(
        interaction_id="i1",
        conversation_id="c1",
        customer_id="p1",
        channel=channel,
        direction=Direction.OUTBOUND,
        kind=InteractionKind.MESSAGE,
        sequence=sequence,
    )
    await live.on_event(wrap(event, subject="c1", source="/loket/replies"))


async def test_only_who_was_not_sent_the_line_looks(live: Live) -> None:
    has_it, lacks_it, elsewhere = Socket("c1", sent=7), Socket("c1", sent=6), Socket("c2", sent=0)
    for one in (has_it, lacks_it, elsewhere):
        live.add(one)
    await tell(live, 7)
    assert (has_it.woken, lacks_it.woken, elsewhere.woken) == ([], [False], [])


async def test_all_look_where_the_number_of_the_line_is_not_told(live: Live) -> None:
    one = Socket("c1", sent=7)
    live.add(one)
    await tell(live, 0)
    assert one.woken == [False]


async def test_what_came_over_another_channel_is_no_line_of_the_chat(live: Live) -> None:
    one = Socket("c1", sent=0)
    live.add(one)
    await tell(live, 1, Channel.EMAIL)
    assert one.woken == []
