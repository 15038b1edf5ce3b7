"""What can be done with a version, by its state."""

from dataclasses import replace

import pytest

from hub import clock
from hub.store.models import Origin, State, Version
from routing.lifecycle.states import Act, may, refusal

NOW = clock.now()
DRAFT = Version(
    number=2,
    state=State.DRAFT,
    sha256="",
    title="",
    note="",
    origin=Origin.CONSOLE,
    based_on=1,
    revision=1,
    created_at=NOW,
    created_by="a",
    changed_at=NOW,
    changed_by="a",
    effective_from=None,
    activated_at=None,
    activated_by="",
    override_reason="",
    problem="",
)
POSSIBLE = {
    State.DRAFT: {Act.EDIT, Act.CHECK, Act.WITHDRAW},
    State.CHECKED: {Act.EDIT, Act.CHECK, Act.SIGN, Act.ACTIVATE, Act.WITHDRAW},
    State.SIGNED: {Act.EDIT, Act.CHECK, Act.SIGN, Act.ACTIVATE, Act.WITHDRAW},
    State.LIVE: set(),
    State.REPLACED: {Act.ROLL_BACK},
    State.WITHDRAWN: set(),
}


@pytest.mark.parametrize("state", State)
def test_each_state_allows_what_it_allows_and_says_why_not(state: State) -> None:
    version = replace(DRAFT, state=state)
    assert {act for act in Act if may(act, version)} == POSSIBLE[state]
    for act in set(Act) - POSSIBLE[state]:
        refused = refusal(act, version)
        assert refused is not None
        assert refused.code == f"model_cannot_{act}"
        assert str(state) in refused.detail


@pytest.mark.parametrize("state", [State.CHECKED, State.SIGNED])
def test_what_is_planned_is_not_changed_under_the_hands_of_who_planned_it(state: State) -> None:
    planned = replace(DRAFT, state=state, effective_from=NOW)
    assert may(Act.CANCEL, planned)
    assert may(Act.ACTIVATE, planned)
    for act in (Act.EDIT, Act.WITHDRAW):
        refused = refusal(act, planned)
        assert refused is not None
        assert "Cancel that first" in refused.detail
