"""One business rule: when, but not when, what it proposes and why, and how long it is in force."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from hub.errors import Rejected
from hub.interaction import Frozen
from hub.rules.actions import AnyAction, Titled, Written
from hub.rules.conditions import AnyCondition, Condition, Fact

MOST_CONDITIONS = 8


class Rule(Frozen):
    """`match`: whether all of `when` must hold, or any of it. Whatever that is, one of `unless`
    that holds ends it: a negation among conditions of which any suffices would let nearly
    everything through, so there is none.

    `priority`: the highest is shown. `active_until`: the last day; None for no end.
    """

    match: Literal["all", "any"] = "all"
    when: tuple[AnyCondition, ...] = Field(min_length=1, max_length=MOST_CONDITIONS)
    unless: tuple[AnyCondition, ...] = Field(default=(), max_length=MOST_CONDITIONS)
    title: Titled
    why: Written
    action: AnyAction
    priority: int = Field(default=50, ge=1, le=100)
    active_from: date
    active_until: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> "Rule":
        if self.active_until is not None and self.active_until < self.active_from:
            raise ValueError("period")
        return self

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return (*self.when, *self.unless)

    @property
    def needs(self) -> frozenset[Fact]:
        return frozenset().union(*(one.NEEDS for one in self.conditions))

    def is_active(self, today: date) -> bool:
        return self.active_from <= today and (
            self.active_until is None or today <= self.active_until
        )


class BadRule(Rejected):
    """`problems`: what is wrong, by the place in the rule: `when.0.topic`, `title.nl`; the words
    are those of pydantic's error types."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("bad_rule", "Something in this rule is missing or wrong.", status=422)
        self.problems = dict(problems)


def read_rule(given: Mapping[str, Any]) -> Rule:
    """From a form or the store. Raises BadRule."""
    try:
        return Rule.model_validate(given)
    except ValidationError as error:
        found = {_place(one["loc"]): one["type"] for one in error.errors()}
        # A row that is wrong does not count, so that its list is too short as well.
        told = {name for name in found if not any(more.startswith(f"{name}.") for more in found)}
        raise BadRule({name: kind for name, kind in found.items() if name in told}) from error


def _place(location: tuple[int | str, ...]) -> str:
    """Without the kind, which pydantic puts where it chose one of several."""
    parts = list(location)
    if parts and parts[0] in ("when", "unless") and len(parts) > 2:  # noqa: PLR2004 (list, place, kind)
        del parts[2]
    elif parts and parts[0] == "action" and len(parts) > 1:
        del parts[1]
    return ".".join(map(str, parts)) or "rule"
