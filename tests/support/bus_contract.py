"""What every bus promises. The tests of an implementation inherit this and make the `place`."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bus_tools import (
    PATIENCE,
    QUEUE,
    QUICK,
    TOPIC,
    Heard,
    Place,
    Seen,
    cut_short,
    deep,
    drained,
    event,
    events,
    key_of,
    publish,
    running,
)
from bus_victim import KILLED, run_victim
from hub.bus import DeadLetter, Outgoing
from hub.errors import Rejected, Retry, StoreDown
from hub.events import Envelope
from hub.store import dead_letters, outbox
from waiting import eventually

SUBJECTS = [f"conversation-{number}" for number in range(10)]


class BusContract:
    """Each test is one promise."""

    async def test_all_is_handled_once_and_in_order(self, place: Place) -> None:
        seen = Seen()
        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], seen)
        async with running(bus):
            for half in (events(SUBJECTS, 20), events(SUBJECTS, 20)):
                await publish(bus, half)
            await eventually(lambda: len(seen.handled) >= 400)
            await drained(bus)
        assert all(seen.numbers(s) == [*range(20), *range(20)] for s in SUBJECTS)
        assert len(seen.handled) == 400
        assert seen.most_running == 1
        assert max(len(call) for call in seen.calls) <= QUICK.batch

    async def test_order_holds_across_failures(self, place: Place) -> None:
        """Each message fails up to twice, each subject is still handled in order."""
        failures = {(s, n): (index + n) % 3 for index, s in enumerate(SUBJECTS) for n in range(10)}
        seen = Seen()

        async def handler(envelopes: Sequence[Envelope]) -> None:
            if len(envelopes) == 1:
                key = key_of(envelopes[0])
                failures[key] -= 1
                if failures[key] >= 0:
                    raise ValueError("not yet")
            elif any(failures[key_of(envelope)] > 0 for envelope in envelopes):
                raise ValueError("not all of these")
            await seen(envelopes)

        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], handler)
        async with running(bus):
            await publish(bus, events(SUBJECTS, 10))
            await eventually(lambda: len(seen.handled) >= 100)
            await drained(bus)
        assert all(seen.numbers(subject) == list(range(10)) for subject in SUBJECTS)
        assert await place.letters() == []

    async def test_others_go_on_while_one_waits(self, place: Place) -> None:
        tried = asyncio.Event()

        async def trouble(subject: str, number: int) -> None:
            if (subject, number) == ("slow", 0) and not tried.is_set():
                tried.set()
                raise Retry("later", after=PATIENCE / 30)

        seen = Seen(trouble)
        bus = place.bus(replace(QUICK, batch=1))
        bus.subscribe(QUEUE, [TOPIC], seen)
        async with running(bus):
            await publish(bus, events(["slow", "quick"], 5))
            await eventually(lambda: len(seen.handled) == 10)
        assert seen.numbers("slow") == seen.numbers("quick") == list(range(5))
        last_quick = seen.handled.index(("quick", 4))
        assert last_quick < seen.handled.index(("slow", 0))

    async def test_a_retry_may_say_when(self, place: Place) -> None:
        """The back-off alone would outlast the test."""

        async def trouble(subject: str, number: int) -> None:
            if seen.alone(subject, number) == 1:
                raise Retry("the other side asks for it", after=0.01)

        seen = Seen(trouble)
        bus = place.bus(replace(QUICK, backoff=(10 * PATIENCE,)))
        bus.subscribe(QUEUE, [TOPIC], seen)
        async with running(bus):
            await publish(bus, [event("s", 1)])
            await eventually(lambda: seen.handled == [("s", 1)])

    async def test_poison_ends_in_the_dead_letters_and_harms_no_other(self, place: Place) -> None:
        async def trouble(subject: str, number: int) -> None:
            if (subject, number) == (SUBJECTS[3], 5):
                raise ValueError("cannot digest this")

        seen = Seen(trouble)
        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], seen)
        messages = events(SUBJECTS, 10)
        async with running(bus):
            await publish(bus, messages)
            [letter] = await place.buried(1)
            await eventually(lambda: len(seen.handled) == 99)
            await drained(bus)
        assert letter.reason == "ValueError: cannot digest this"
        assert letter.attempts == seen.alone(SUBJECTS[3], 5) == QUICK.attempts
        assert letter.queue == QUEUE
        poison = next(m for m in messages if m.event_id == letter.event_id)
        assert (letter.topic, letter.subject, letter.body) == (TOPIC, SUBJECTS[3], poison.body)
        assert seen.numbers(SUBJECTS[3]) == [0, 1, 2, 3, 4, 6, 7, 8, 9]
        assert all(seen.numbers(s) == list(range(10)) for s in SUBJECTS if s != SUBJECTS[3])

    async def test_what_is_rejected_is_not_tried_again(self, place: Place) -> None:
        async def trouble(_subject: str, number: int) -> None:
            if number == 1:
                raise Rejected("nonsense", "nobody can do this")

        seen = Seen(trouble)
        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], seen)
        async with running(bus):
            await publish(bus, events(["s"], 3))
            [letter] = await place.buried(1)
            await eventually(lambda: seen.numbers("s") == [0, 2])
        assert (letter.reason, letter.attempts) == ("nobody can do this", 1)

    async def test_what_cannot_be_read_is_a_dead_letter_at_once(self, place: Place) -> None:
        seen = Seen()
        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], seen)
        broken = Outgoing("broken-1", TOPIC, "s", '{"specversion": "1.0"}')
        async with running(bus):
            await publish(bus, [event("s", 0), broken, event("s", 1)])
            [letter] = await place.buried(1)
            await eventually(lambda: seen.numbers("s") == [0, 1])
            await drained(bus)
        assert (letter.event_id, letter.body) == ("broken-1", broken.body)
        assert letter.reason.startswith("not a readable event")

    async def test_a_store_that_is_away_costs_no_tries(self, place: Place) -> None:
        misses = iter(range(10 * QUICK.attempts))

        async def trouble(_subject: str, _number: int) -> None:
            if next(misses, None) is not None:
                raise StoreDown("away")

        seen = Seen(trouble)
        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], seen)
        async with running(bus):
            await publish(bus, events(SUBJECTS, 3))
            await eventually(lambda: "does not answer" in bus.problem)
            await eventually(lambda: len(seen.handled) == 30)
            await eventually(lambda: bus.problem == "")
            await drained(bus)
        assert await place.letters() == []
        assert all(seen.numbers(subject) == [0, 1, 2] for subject in SUBJECTS)

    async def test_a_dead_letter_is_not_dropped_when_it_cannot_be_stored(
        self, place: Place
    ) -> None:
        misses = iter(range(5))

        async def sink(letters: Sequence[DeadLetter]) -> None:
            if next(misses, None) is not None:
                raise StoreDown("away")
            await place.bury(letters)

        async def trouble(_subject: str, _number: int) -> None:
            raise Rejected("nonsense", "nobody can do this")

        seen = Seen(trouble)
        bus = place.bus(sink=sink)
        bus.subscribe(QUEUE, [TOPIC], seen)
        async with running(bus):
            await publish(bus, [event("s", 0)])
            await place.buried(1)
            await drained(bus)
        assert seen.alone("s", 0) == 1

    async def test_competing_consumers_share_a_queue(self, place: Place) -> None:
        first, second = Seen(), Seen()
        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], first)
        bus.subscribe(QUEUE, [TOPIC], second)
        async with running(bus):
            await publish(bus, events(SUBJECTS, 20))
            await eventually(lambda: len(first.handled) + len(second.handled) >= 200)
            await drained(bus)
        both = first.handled + second.handled
        assert sorted(both) == sorted((s, n) for s in SUBJECTS for n in range(20))

    async def test_every_queue_gets_its_own_copy(self, place: Place) -> None:
        one, other, none = Seen(), Seen(), Seen()
        bus = place.bus()
        bus.subscribe("one", ["work_item.*"], one)
        bus.subscribe("other", ["#"], other)
        bus.subscribe("none", ["work_item"], none)
        async with running(bus):
            await publish(bus, events(["s"], 5))
            await eventually(lambda: one.numbers("s") == other.numbers("s") == list(range(5)))
            await drained(bus)
        assert none.handled == []

    async def test_stop_lets_the_handler_finish_and_keeps_the_rest(self, place: Place) -> None:
        go_on = asyncio.Event()

        async def wait(_subject: str, _number: int) -> None:
            await go_on.wait()

        slow, rest = Seen(wait), Seen()
        bus = place.bus(replace(QUICK, batch=5))
        bus.subscribe(QUEUE, [TOPIC], slow)
        await bus.start()
        await publish(bus, events(SUBJECTS, 5))
        await eventually(lambda: slow.running == 1)
        stopping = asyncio.create_task(bus.stop())
        await asyncio.sleep(0)
        go_on.set()
        await stopping
        assert [slow.handled] == slow.calls

        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], rest)
        async with running(bus):
            await eventually(lambda: len(rest.handled) >= 45)
            await drained(bus)
        both = slow.handled + rest.handled
        assert sorted(both) == sorted((s, n) for s in SUBJECTS for n in range(5))

    async def test_what_a_crash_interrupts_comes_again_in_order(self, place: Place) -> None:
        async def hang(_subject: str, number: int) -> None:
            if number == 2:
                await asyncio.Event().wait()

        crashed, heir = Seen(hang), Seen()
        bus = place.bus(replace(QUICK, batch=5))
        bus.subscribe(QUEUE, [TOPIC], crashed)
        await bus.start()
        await publish(bus, events(SUBJECTS, 5))
        await eventually(lambda: any(number == 2 for call in crashed.calls for _, number in call))
        await cut_short(bus)

        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], heir)
        async with running(bus):
            await eventually(lambda: all(4 in heir.numbers(subject) for subject in SUBJECTS))
            await drained(bus)
        for subject in SUBJECTS:
            both = crashed.numbers(subject) + heir.numbers(subject)
            assert both == list(range(5))
        assert await place.letters() == []

    async def test_what_kills_the_process_ends_in_the_dead_letters(
        self, place: Place, tmp_path: Path
    ) -> None:
        """The neighbours are handled; being in the same hands makes them no dead letters."""
        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], Seen())
        async with running(bus):  # makes the queue where there is a broker
            await drained(bus)
        bus = place.bus()
        async with running(bus):
            kept = [replace(message, queue=QUEUE) for message in events(SUBJECTS, 3)]
            await publish(bus, kept)
        killer = (SUBJECTS[4], 1)
        deaths = 0
        while await run_victim(place, killer, tmp_path / "handled") == KILLED:
            deaths += 1
            assert deaths <= QUICK.attempts + 1
        [letter] = await place.letters()
        assert letter.reason == "the process died while handling it"
        assert (letter.subject, letter.attempts) == (killer[0], QUICK.attempts)
        handled = (tmp_path / "handled").read_text().split()
        wanted = {f"{s}:{n}" for s in SUBJECTS for n in range(3) if (s, n) != killer}
        assert set(handled) == wanted

    async def test_a_dead_letter_tried_again_goes_to_its_queue_alone(self, place: Place) -> None:
        mended = False

        async def trouble(_subject: str, _number: int) -> None:
            if not mended:
                raise Rejected("nonsense", "nobody can do this")

        failing, other, heard = Seen(trouble), Seen(), Heard()
        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], failing)
        bus.subscribe("other", [TOPIC], other)
        bus.listen([TOPIC], heard, heard.gap)
        async with running(bus):
            await publish(bus, [event("s", 0)])
            [letter] = await place.buried(1)
            await eventually(lambda: other.numbers("s") == heard.numbers == [0])
            mended = True
            assert await place.database.write(
                lambda c: dead_letters.retry(c, letter.id, "operator")
            )
            [(_, waiting)] = await place.database.read(lambda c: outbox.oldest(c, 10))
            await publish(bus, [waiting])
            await eventually(lambda: failing.numbers("s") == [0])
            await publish(bus, [event("s", 1)])
            await eventually(lambda: other.numbers("s") == heard.numbers == [0, 1])
            await drained(bus)
        assert await place.letters() == []

    async def test_listeners_hear_everything_in_order(self, place: Place) -> None:
        one, deaf = Heard(), Heard()
        bus = place.bus()
        bus.listen(["work_item.#"], one, one.gap)
        bus.listen(["interaction.*"], deaf, deaf.gap)
        bus.listen(["work_item.#"], deaf, deaf.gap, lambda: False)
        async with running(bus):
            for start in range(0, 300, 100):
                await publish(bus, [event("s", number) for number in range(start, start + 100)])
            await eventually(lambda: len(one.numbers) >= 300)
        assert one.numbers == list(range(300))
        assert (one.gaps, deaf.numbers) == (0, [])

    async def test_who_begins_to_listen_misses_nothing_that_is_not_told_as_a_gap(
        self, place: Place
    ) -> None:
        awake = False
        heard, numbers = Heard(), itertools.count()
        bus = place.bus()
        bus.listen([TOPIC], heard, heard.gap, lambda: awake)

        async def speak() -> bool:
            await publish(bus, [event("s", next(numbers))])
            return bool(heard.numbers)

        async with running(bus):
            for _ in range(3):
                assert not await speak()
            awake = True
            await eventually(speak)
            await publish(bus, [event("s", next(numbers)) for _ in range(100)])
            last = next(numbers) - 1
            await eventually(lambda: heard.numbers[-1] == last)
        assert heard.numbers == list(range(heard.numbers[0], last + 1))
        assert heard.numbers[0] == 3 or heard.gaps == 1

    async def test_a_listener_that_fails_or_dawdles_harms_nobody(self, place: Place) -> None:
        """The slow one is told of a gap instead of having everything kept for it."""
        release = asyncio.Event()

        async def fail(envelope: Envelope) -> None:
            if key_of(envelope)[1] == 7:
                raise ValueError("no ear for this")

        async def dawdle(_envelope: Envelope) -> None:
            await release.wait()

        slow, heard = Heard(), Heard()
        bus = place.bus()
        bus.listen([TOPIC], fail, heard.gap)
        bus.listen([TOPIC], dawdle, slow.gap)
        bus.listen([TOPIC], heard, heard.gap)
        async with running(bus):
            for _ in range(3):
                heard.numbers.clear()
                await publish(bus, events(["s"], 500))
                await eventually(lambda: len(heard.numbers) == 500)
            release.set()
            await eventually(lambda: slow.gaps == 1)
        assert heard.gaps == 0

    async def test_what_nobody_wants_is_no_error(self, place: Place) -> None:
        async with running(place.bus()) as bus:
            await publish(bus, [event("s", 0)])

    async def test_stop_leaves_nothing_running(self, place: Place) -> None:
        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], Seen())
        bus.listen([TOPIC], Heard(), Heard().gap)
        before = asyncio.all_tasks()
        async with running(bus):
            await publish(bus, events(SUBJECTS, 5))
        await eventually(lambda: asyncio.all_tasks() <= before)

    async def test_depths_count_what_waits(self, place: Place) -> None:
        go_on = asyncio.Event()

        async def wait(_subject: str, _number: int) -> None:
            await go_on.wait()

        bus = place.bus(replace(QUICK, batch=1))
        bus.subscribe(QUEUE, [TOPIC], Seen(wait))
        async with running(bus):
            await publish(bus, events(SUBJECTS, 20))
            await deep(bus, QUEUE, 200)
            go_on.set()
            await drained(bus)
            assert (await bus.depths())[QUEUE] == 0
