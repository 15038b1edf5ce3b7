"""Whether every name that a model uses is there, and used in a way that makes sense."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from routing.circles import circle_from
from routing.definition import ChannelUse, Role
from routing.inherit import Cell
from routing.model_file.draft import Draft
from routing.model_file.problem import Place, Problems, shown, suggestion
from routing.moment import Moment
from routing.said import said
from routing.tree import ANY, parent

_NO = {
    "role": "There is no role {name}.",
    "entry in `hours`": "There is no entry in `hours` {name}.",
    "target group": "There is no target group {name}.",
    "topic": "There is no topic {name}.",
    "skill": "There is no skill {name}.",
    "channel in use": "There is no channel in use {name}.",
}


def check_references(draft: Draft, problems: Problems) -> None:
    if draft.document:
        _known(draft.document.triage_role, "role", draft.roles, ("triage_role",), problems)
    _check_backups(draft.roles, problems)
    _check_hours(draft, problems)
    _check_tree(draft.target_groups, "target_groups", problems)
    _check_tree(draft.topics, "topics", problems)
    for place, row in draft.rows:
        _check_row(row, ("moments", place), draft, problems)
        _check_channel(row, ("moments", place), draft, problems)
    _check_duplicates(draft, problems)


def _known(name: str, noun: str, known: Collection[str], place: Place, problems: Problems) -> None:
    if name not in known:
        problems.add(place, said(_NO[noun], name=shown(name)), suggestion(name, known))


def _check_tree(paths: Collection[str], section: str, problems: Problems) -> None:
    for path in paths:
        above = parent(path)
        if path == ANY or path.startswith(f"{ANY}/"):
            what = said("'any' stands for everything and cannot be a name.")
            problems.add((section, path), what, said("Choose another name."))
        elif above != ANY and above not in paths:
            what = said(
                "{path} lies under {above}, which is not there.",
                path=shown(path),
                above=shown(above),
            )
            problems.add(
                (section, path),
                what,
                problems.advice("Add `{above}:` to {section}.", above=above, section=section),
            )


def _check_backups(roles: Mapping[str, Role | None], problems: Problems) -> None:
    backups = {name: role.backup for name, role in roles.items() if role and role.backup}
    reported: set[str] = set()
    for name, backup in backups.items():
        place = ("roles", name, "backup")
        _known(backup, "role", roles, place, problems)
        circle = circle_from(name, backups)
        if circle and not reported.intersection(circle):
            reported.update(circle)
            names = ", ".join((*circle, name))
            what = said("The backup roles go in a circle: {names}.", names=names)
            problems.add(place, what, said("Take one of these backups out."))


def _check_hours(draft: Draft, problems: Problems) -> None:
    sections: dict[str, Mapping[Any, Role | ChannelUse | None]] = {
        "roles": draft.roles,
        "channels": draft.channels,
    }
    for section, entries in sections.items():
        for name, entry in entries.items():
            if entry and entry.hours is not None:
                place = (section, name, "hours")
                _known(entry.hours, "entry in `hours`", draft.hours, place, problems)


def _check_row(row: Moment, place: Place, draft: Draft, problems: Problems) -> None:
    if row.target_group != ANY:
        at = (*place, "target_group")
        _known(row.target_group, "target group", draft.target_groups, at, problems)
    if row.topic != ANY:
        _known(row.topic, "topic", draft.topics, (*place, "topic"), problems)
    if row.settles("role"):
        _known(row.role, "role", draft.roles, (*place, "role"), problems)
    if row.backup_role is not None:
        at = (*place, "backup_role")
        _known(row.backup_role, "role", draft.roles, at, problems)
        if row.backup_role == row.role:
            problems.add(
                at,
                said("{role} is its own backup.", role=shown(row.role)),
                said("Name another role."),
            )
    _check_skills(row, (*place, "skills"), draft, problems)
    _check_instead(row, (*place, "instead"), draft, problems)
    for at, role in _roles_inside(row):
        _known(role, "role", draft.roles, (*place, *at), problems)


def _check_skills(row: Moment, place: Place, draft: Draft, problems: Problems) -> None:
    """Without a section `skills` every name will do."""
    if draft.skills is not None:
        for skill in row.skills:
            _known(skill, "skill", draft.skills, (*place, skill), problems)


def _check_instead(row: Moment, place: Place, draft: Draft, problems: Problems) -> None:
    for number, channel in enumerate(row.instead):
        at = (*place, number)
        _known(channel, "channel in use", draft.channels, at, problems)
        if channel == row.channel:
            what = said("{channel} is offered instead of itself.", channel=shown(channel))
            problems.add(at, what, said("Name another channel."))


def _roles_inside(row: Moment) -> Iterator[tuple[Place, str]]:
    """The roles that steps and authority name, with their place in the row."""
    for moment in ("before", "during", "after"):
        for number, step in enumerate(getattr(row.steps, moment)):
            if step.who is not None:
                yield ("steps", moment, number, "who"), step.who
    for number, authority in enumerate(row.authority):
        if authority.approver is not None:
            yield ("authority", number, "approver"), authority.approver


def _check_channel(row: Moment, place: Place, draft: Draft, problems: Problems) -> None:
    if row.channel is None:
        return
    _known(row.channel, "channel in use", draft.channels, (*place, "channel"), problems)
    use = draft.channels.get(row.channel)
    if use and row.direction and row.direction not in use.directions:
        what = said(
            "The channel {channel} is not used {direction}.",
            channel=shown(row.channel),
            direction=row.direction,
        )
        advice = said(
            "Add {direction} to its directions, or leave this row out.", direction=row.direction
        )
        problems.add((*place, "direction"), what, advice)


def _check_duplicates(draft: Draft, problems: Problems) -> None:
    first: dict[Cell, int] = {}
    for place, row in draft.rows:
        earlier_place = first.setdefault(Cell.of(row), place)
        if earlier_place != place:
            what = said(
                "The row on {where} holds for the same contacts.",
                where=problems.where(("moments", earlier_place)),
            )
            problems.add(("moments", place), what, said("Make them one row."))
