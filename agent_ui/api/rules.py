"""Business rules and contact arrangements, for programs of administrators."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import wraps
from http import HTTPStatus
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from agent_ui.arrangement import checked
from agent_ui.context import ConsoleContext
from agent_ui.rule_names import gone, names_of
from hub.api.operation import Answer, Call, Operation, Shape
from hub.api.reading import Invalid
from hub.arrangements import ALL, Arrangement
from hub.errors import Rejected
from hub.rules.proposing import Known
from hub.rules.rule import Rule
from hub.store import business_rules, outreaches
from hub.store.agents import Agent


class KeptRule(Shape):
    """`version`: counts its changes."""

    id: str
    version: int
    rule: Rule


class KeptRules(Shape):
    """The highest priority first."""

    items: list[KeptRule]


class GroupArrangement(Shape):
    """`group`: the target group, as b2b/key-account; empty for everybody that no other is for."""

    group: str
    arrangement: Arrangement


class Arrangements(Shape):
    """`time_zone`: in which their hours are."""

    items: list[GroupArrangement]
    time_zone: str


class OfGroup(Shape):
    group: str = Field(ALL, max_length=200, description="target group; nothing: everybody else")


_TAG, _READ, _WRITE = "rules", "rules:read", "rules:write"


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    acts, one, all_of = _Acts(context), "/rules/{id}", "/arrangements"
    return [
        Operation(
            "GET", "/rules", "listRules", _TAG, "List business rules", _READ, KeptRules,
            read=_for_administrators(_list),
        ),
        Operation(
            "POST", "/rules", "addRule", _TAG, "Add a rule", _WRITE, KeptRule, takes=Rule,
            write=_for_administrators(acts.add), status=HTTPStatus.CREATED,
        ),
        Operation(
            "GET", one, "readRule", _TAG, "Read a rule", _READ, KeptRule,
            read=_for_administrators(_one),
        ),
        Operation(
            "PUT", one, "changeRule", _TAG, "Write a rule anew", _WRITE, KeptRule, takes=Rule,
            state=_for_administrators(_one), write=_for_administrators(acts.change),
        ),
        Operation(
            "DELETE", one, "removeRule", _TAG, "End a rule; what it did stays", _WRITE, None,
            state=_for_administrators(_one), write=_for_administrators(_remove),
        ),
        Operation(
            "GET", all_of, "listArrangements", _TAG, "List contact arrangements", _READ,
            Arrangements, read=_for_administrators(_arrangements),
        ),
        Operation(
            "PUT", all_of, "setArrangement", _TAG, "Say what is arranged for a group", _WRITE,
            Arrangements, asks=OfGroup, takes=Arrangement,
            state=_for_administrators(_locked), write=_for_administrators(acts.arrange),
        ),
        Operation(
            "DELETE", all_of, "removeArrangement", _TAG, "Arrange nothing for a group any more",
            _WRITE, Arrangements, asks=OfGroup, state=_for_administrators(_locked),
            write=_for_administrators(acts.arrange_nothing),
        ),
    ]  # fmt: skip


def _for_administrators(work: Callable[[Connection, Call[Agent]], Any]) -> Any:
    """As on the routes of the console."""

    @wraps(work)
    def allowed(connection: Connection, call: Call[Agent]) -> Any:
        if not call.caller.administrator:
            detail = "Only an administrator can do this."
            raise Rejected("not_administrator", detail, status=HTTPStatus.FORBIDDEN)
        return work(connection, call)

    return allowed


class _Acts:
    def __init__(self, context: ConsoleContext) -> None:
        self._context = context

    def add(self, connection: Connection, call: Call[Agent]) -> Answer:
        rule = self._checked(connection, call)
        rule_id = business_rules.add(connection, rule, by=call.caller.id)
        kept = KeptRule(id=rule_id, version=1, rule=rule)
        return Answer(kept, location=f"/rules/{rule_id}")

    def change(self, connection: Connection, call: Call[Agent]) -> Answer:
        rule, before = self._checked(connection, call), _one(connection, call)
        business_rules.change(connection, call.id, before.version, rule, by=call.caller.id)
        return Answer(_one(connection, call))

    def arrange(self, connection: Connection, call: Call[Agent]) -> Answer:
        return self._arrange(connection, call, checked(call.body))

    def arrange_nothing(self, connection: Connection, call: Call[Agent]) -> Answer:
        return self._arrange(connection, call, None)

    def _arrange(
        self, connection: Connection, call: Call[Agent], arrangement: Arrangement | None
    ) -> Answer:
        group = call.query.group
        found, _ = outreaches.all_of(connection)
        known = group in (ALL, *self._context.groups.titles(call.caller.language))
        if not known if arrangement else group not in found:
            raise Rejected("no_group", "There is no such group.", status=HTTPStatus.NOT_FOUND)
        found.pop(group, None)
        if arrangement is not None:
            found[group] = arrangement
        outreaches.keep(connection, found, self._context.zone(), by=call.caller.id)
        return Answer(_arrangements(connection, call))

    def _checked(self, connection: Connection, call: Call[Agent]) -> Rule:
        """Raises Invalid for what the organisation does not have."""
        rule: Rule = call.body
        names = names_of(self._context, connection, call.caller.language)
        if places := gone(rule.model_dump(mode="json"), names):
            detail = "The organisation does not have this."
            raise Invalid(
                [{"pointer": f"/{one.replace('.', '/')}", "detail": detail} for one in places]
            )
        return rule


def _list(connection: Connection, call: Call[Agent]) -> KeptRules:  # noqa: ARG001
    return KeptRules(items=[_shown(one) for one in business_rules.all_of(connection)])


def _one(connection: Connection, call: Call[Agent]) -> KeptRule:
    found = business_rules.find(connection, call.id)
    if found is None or business_rules.is_removed(connection, call.id):
        raise Rejected("no_rule", "There is no such rule.", status=HTTPStatus.NOT_FOUND)
    return _shown(found)


def _remove(connection: Connection, call: Call[Agent]) -> Answer:
    business_rules.remove(connection, call.id, by=call.caller.id)
    return Answer(None)


def _arrangements(connection: Connection, call: Call[Agent]) -> Arrangements:  # noqa: ARG001
    return _arranged(*outreaches.all_of(connection))


def _locked(connection: Connection, call: Call[Agent]) -> Arrangements:  # noqa: ARG001
    return _arranged(*outreaches.all_of(connection, lock=True))


def _arranged(found: Mapping[str, Arrangement], zone: tzinfo) -> Arrangements:
    return Arrangements(
        items=[GroupArrangement(group=group, arrangement=found[group]) for group in sorted(found)],
        time_zone=str(zone),
    )


def _shown(one: Known) -> KeptRule:
    return KeptRule(id=one.id, version=one.version, rule=one.rule)
