"""What was promised is drawn as a ruler, with the same in words."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from agent_ui.clocks import WIDTH, clocks_of
from console_house import House, Person
from hub.promises import Promise, What
from hub.ruler import Kind
from hub.store.deadlines import MET, RUNNING, Deadline, happening
from hub.store.tables import deadlines
from routing.hours.stored import ruler_of

HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)
OFFICE = {
    "title": {"en": "Office", "nl": "Kantoor"},
    "time_zone": "UTC",
    "week": {"mon-fri": ["09:00-17:00"]},
}


def deadline(state: str = RUNNING, met_at: datetime | None = None) -> Deadline:
    """An answer within four office hours, from Friday at three."""
    started = happening(FRIDAY, What.STARTED, hours=OFFICE)
    met = (happening(met_at, What.MET),) if met_at else ()
    return Deadline(
        id="d", work_item_id="w", conversation_id="c", promise=Promise.FIRST_RESPONSE,
        target=4 * 3600, clock="business", source="", state=state,
        history=(started, *met), due_at=None, warn_at=None, next_at=None, met_at=met_at,
    )  # fmt: skip


def test_a_weekend_takes_little_of_a_ruler() -> None:
    [clock] = clocks_of([deadline()], ruler_of, FRIDAY + 67 * HOUR)
    kinds = [(bar.kind, bar.ahead) for bar in clock.bars]
    assert kinds == [
        (Kind.COUNTED, False), (Kind.CLOSED, False), (Kind.COUNTED, False), (Kind.COUNTED, True),
    ]  # fmt: skip
    assert [bar.width for bar in clock.bars] == [400, 200, 200, 200]
    assert clock.now_at == 800
    assert sum(bar.width for bar in clock.bars) == WIDTH


def test_what_was_kept_ends_where_it_was_kept() -> None:
    [clock] = clocks_of([deadline(MET, FRIDAY + HOUR)], ruler_of, FRIDAY + 99 * HOUR)
    assert [(bar.width, bar.ahead) for bar in clock.bars] == [(WIDTH, False)]
    assert clock.now_at is None


def test_a_promise_that_was_withdrawn_is_not_shown() -> None:
    assert clocks_of([deadline(MET)], ruler_of, FRIDAY) == []


async def test_the_console_shows_the_clock_in_words_as_well(house: House, anna: Person) -> None:
    accepted = await house.receive()
    since = datetime.now(UTC) - 1.5 * HOUR
    values = {
        "due_at": since + 2 * HOUR,
        "history": [happening(since, What.STARTED)],
    }
    await house.write(lambda c: c.execute(update(deadlines).values(values)))
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    assert page.text(".clock strong") == "First answer"
    assert page.text(".clock .deadline").startswith("due in 29 min")
    assert page.text(".clock summary").startswith("1 h of 2 h counted")
    assert len(page.texts(".ruler-counted")) == 2
    assert page.texts(".clock-table tbody td")[2:] == ["1 h", "counts"]

    page = await anna.take_next()
    page = await anna.reply(page, "It is on its way.")
    assert page.text(".clock .chip") == "kept in time"
