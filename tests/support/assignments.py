"""Builds what assignment looks at; every argument has a believable default."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from hub.interaction import Channel
from routing.assigning.rules import Rules
from routing.assigning.values import Agent, Held, Preferred, Refusal, Waiting

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
RULES = Rules(supervisor_roles=("lead",), other_roles=("north",))
ROLES = ("service", "bills", "lead", "north")
SKILLS = ("dutch", "machines")
STAFF = ("anna", "bea", "carl", "dirk")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def waiting(name: str = "item", **changes: Any) -> Waiting:
    values: dict[str, Any] = {
        "id": name,
        "role": "service",
        "channel": Channel.EMAIL,
        "units": 20,
        "waiting_since": NOON,
    }
    return Waiting(**(values | changes))


def agent(name: str = "anna", **changes: Any) -> Agent:
    values: dict[str, Any] = {
        "id": name,
        "name": name.title(),
        "roles": frozenset({"service"}),
        "state": "available",
        "idle_since": NOON,
    }
    return Agent(**(values | changes))


def mails(number: int) -> tuple[Held, ...]:
    return (Held(Channel.EMAIL, 20),) * number


CHANNELS = st.sampled_from([Channel.PHONE, Channel.CHAT, Channel.EMAIL, Channel.SMS])
_SECONDS = st.integers(-20_000, 20_000)
TIMES = _SECONDS.map(after)
_LEVELS = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5))


@st.composite
def held_work(draw: st.DrawFn) -> Held:
    channel = draw(CHANNELS)
    quiet_at = draw(st.none() | TIMES) if channel is Channel.CHAT else None
    return Held(channel, RULES.units(channel), draw(st.booleans()), quiet_at)


@st.composite
def staff(draw: st.DrawFn) -> list[Agent]:
    return [
        agent(
            name,
            roles=draw(st.frozensets(st.sampled_from(ROLES))),
            state=draw(st.sampled_from(["available", "available", "away", "not_responding"])),
            idle_since=draw(TIMES),
            skills=draw(_LEVELS),
            closed_channels=draw(st.frozensets(CHANNELS, max_size=1)),
            off_duty=draw(st.frozensets(st.sampled_from(ROLES), max_size=1)),
            held=tuple(draw(st.lists(held_work(), max_size=4))),
            since=draw(st.none() | TIMES),
        )
        for name in draw(st.lists(st.sampled_from(STAFF), unique=True))
    ]


@st.composite
def items(draw: st.DrawFn, name: str = "item") -> Waiting:
    channel = draw(CHANNELS)
    names = st.sampled_from(STAFF)
    preferred = st.builds(
        Preferred, names, TIMES, st.sampled_from(["sticky", "transferred"]), st.booleans()
    )
    return waiting(
        name,
        role=draw(st.sampled_from(ROLES)),
        backup_role=draw(st.sampled_from(["", *ROLES])),
        channel=channel,
        units=RULES.units(channel),
        answer_due=draw(st.none() | TIMES),
        skills=draw(_LEVELS),
        waiting_since=draw(TIMES),
        rank=draw(st.integers(0, 3)),
        preferred=draw(st.none() | preferred),
        refusals=tuple(draw(st.lists(st.builds(Refusal, names, TIMES, st.booleans()), max_size=3))),
    )
