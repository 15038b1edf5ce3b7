"""People needed by two versions, in the titles of one language, for the console's page."""

from collections.abc import Iterable

from agent_ui.staffing import People, RolePeople, TimeUsed
from config.model_texts import ModelTexts, role_by, topic_by
from routing.staffing.staffed import Slot, Staffing
from routing.tree import ANY


def people_of(found: Staffing, older: ModelTexts, newer: ModelTexts) -> People:
    names = list(dict.fromkeys((*found.before, *found.after)))
    return People(
        zone=found.zone,
        roles=_busiest_first(
            RolePeople(
                name,
                role_by(newer, older, name),
                _planned(found.before.get(name, ())),
                _planned(found.after.get(name, ())),
            )
            for name in names
        ),
        times=tuple(
            TimeUsed(
                str(one.channel),
                "" if one.topic == ANY else topic_by(newer, older, one.topic),
                "" if one.group == ANY else newer.group(one.group),
                one.seconds,
                str(one.source),
                one.contacts,
            )
            for one in found.times
        ),
    )


def _busiest_first(roles: Iterable[RolePeople]) -> tuple[RolePeople, ...]:
    return tuple(sorted(roles, key=lambda one: -max(one.hours)))


def _planned(slots: Iterable[Slot]) -> dict[int, int]:
    return {slot.place: slot.planned for slot in slots}
