"""The demo's past month: enough of everything that is reported, and wholly there or not at all."""

import asyncio
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from agent_ui.rule_words import WHY_NOT
from config.demo import example, month, organisation
from config.demo.matters import For, Writer
from config.demo.running import run_demo
from config.demo.sign_ins import Passwords
from config.settings import DEFAULT_MODEL
from hub import clock
from hub.errors import Rejected
from hub.store import business_rules, rule_report, timeline, work_facts
from hub.store.rule_report import State
from hub.store.tables import (
    agreements,
    assignment_steps,
    calls,
    conversations,
    customers,
    deadlines,
    interactions,
    outbox,
    ratings,
    rule_proposals,
    topic_corrections,
    unrouted,
    work_items,
)
from hub.store.tables import work_facts as facts_table
from routing.model import Model
from routing.model_file import load_model
from servers.process import free_port
from stores import count, opened, rows

WRITTEN = 100 * month.PER_MATTER_AND_THING + month.CALLS
PASSWORDS = Passwords({one.login: "a-password" for one in example.agents()}, made=True)


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(DEFAULT_MODEL)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, model: Model) -> str:
    """The address of one with the month in it, to look at."""
    url = f"sqlite:///{tmp_path_factory.mktemp('month')}/loket.db"

    async def load() -> None:
        async with opened(url) as database:
            assert await organisation.load(database, model, PASSWORDS, [month.add])

    asyncio.run(load())
    return url


async def test_there_is_something_of_all_that_is_reported(store: str, model: Model) -> None:
    async with opened(store) as database:
        written = len(example.past_conversations()) + WRITTEN
        assert len({row.number for row in await rows(database, conversations)}) == written
        items = await rows(database, work_items)
        assert {row.state for row in items} == {"done"}
        assert {row.role for row in items} == set(model.roles)
        promised = await rows(database, deadlines)
        assert {row.promise for row in promised} == {"first_response", "resolution"}
        late = [row for row in promised if row.breached_at is not None]
        assert 0 < len(late) < len(promised) / 2
        assert all(row.met_at > row.due_at for row in late)
        assert {row.score for row in await rows(database, ratings)} == set(month.SCORES)
        assert {row.former_role != row.role for row in await rows(database, topic_corrections)} == {
            True, False
        }  # fmt: skip
        said = await rows(database, interactions)
        assert {row.channel for row in said} >= {"email", "chat", "sms", "whatsapp", "phone"}
        assert any(row.sequence > 3 and row.direction == "inbound" for row in said)
        yesterday = clock.first_id(clock.now() - timedelta(hours=24))
        assert sum(row.id > yesterday for row in said) < len(said) / 4, "most is not of today"


async def test_calls_are_answered_or_given_up_and_wrapped_up(store: str) -> None:
    async with opened(store) as database:
        made = await rows(database, calls)
        came = [call for call in made if call.direction == ""]
        assert len(came) == month.CALLS
        assert {call.state for call in made} == {"over"}
        outcomes = [call.outcome for call in came]
        for outcome, share in (("missed", month.GAVE_UP), ("callback", month.ASKED_BACK)):
            assert 0.4 * share < outcomes.count(outcome) / month.CALLS < 2 * share
        assert {call.outcome for call in made if call.direction} == {"talked"}
        assert all(call.changed_at > call.talking_at for call in made if call.outcome == "talked")
        said = await rows(database, interactions)
        wrapped = [row for row in said if row.details.get("event") == "wrapped_up"]
        assert len(wrapped) > month.CALLS / 2
        kept = await database.read(lambda c: timeline.results(c, wrapped[0].conversation_id))
        assert kept


async def test_reports_show_calls_with_their_handling_and_who_gave_up(store: str) -> None:
    async with opened(store) as database:
        while await database.write(work_facts.write_missing):
            pass
        facts = [row for row in await rows(database, facts_table) if row.channel == "phone"]
        assert len(facts) >= month.CALLS
        assert 0 < sum(row.abandoned for row in facts) < len(facts) / 4
        made = [row for row in facts if row.handling_seconds is not None]
        assert len(made) >= month.CALLS
        assert all(30 < row.handling_seconds < 1800 for row in made)
        assert {row.first_in_time for row in facts} == {True, False}


async def test_rules_proposed_what_held_and_agents_did_or_refused_it(store: str) -> None:
    since, until = clock.now() - timedelta(days=month.DAYS + 1), clock.now()
    async with opened(store) as database:
        proposed = await rows(database, rule_proposals)
        taken = {row.work_item_id: row.at for row in await rows(database, assignment_steps)}
        assert all(row.shown_at >= taken[row.work_item_id] and row.reasons for row in proposed)
        assert {row.aside_reason for row in proposed} <= {"", *WHY_NOT}
        told = await database.read(lambda c: rule_report.read(c, since, until))
        states = [line.state for lines in told.values() for line in lines]
        assert set(states) == {State.DONE, State.ASIDE, State.LEFT}
        assert len(states) == len(proposed) > 50
        rules = {one.id: one.rule for one in await database.read(business_rules.all_of)}
        assert len(told) > 1
        assert all(rules[one].is_active(since.date() + timedelta(days=1)) for one in told)
        promised = [row for row in await rows(database, agreements) if row.agent_id]
        assert all(row.valid_from < row.kept_at <= row.due_at for row in promised)
        kinds = [row.action for row in proposed if row.taken_at]
        assert kinds.count("promise") == len(promised) > 0


async def test_it_makes_no_work_and_sends_nothing(store: str) -> None:
    async with opened(store) as database:
        assert await count(database, outbox) == 0
        assert await count(database, unrouted) == 0


async def test_it_is_there_once(store: str, model: Model) -> None:
    async with opened(store) as database:
        before = await count(database, conversations)
        assert not await organisation.load(database, model, PASSWORDS, [month.add])
        assert await count(database, conversations) == before


async def test_what_ends_halfway_is_begun_anew(tmp_path: Path, model: Model) -> None:
    def ends(_connection: Connection, _model: Model, _now: datetime) -> None:
        raise ZeroDivisionError

    async with opened(f"sqlite:///{tmp_path}/loket.db") as database:
        with pytest.raises(ZeroDivisionError):
            await organisation.load(database, model, PASSWORDS, [ends])
        assert await count(database, customers) == 0
        assert await organisation.load(database, model, PASSWORDS)


def test_a_start_that_finds_a_port_taken_loads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/loket", "demo"])
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            Rejected, match=rf"port {port} already.* \.venv/bin/loket demo --smtp-port"
        ):
            asyncio.run(
                run_demo(
                    port=free_port(),
                    smtp_port=port,
                    sink_port=free_port(),
                    folder=tmp_path,
                    quiet=True,
                )
            )
    assert list(tmp_path.iterdir()) == []


def test_every_matter_has_an_answer_in_the_language_of_its_mail() -> None:
    told = example.month()
    matters = {topic.partition("/")[2] for topic in Writer(1, For.TRAINING).topics}
    assert set(told.matters) == matters
    for matter in told.matters.values():
        assert set(matter.answers) == set(told.first_names) == {"en", "nl"}
    assert set(told.hello) == set(told.later) == {"en", "nl"}
