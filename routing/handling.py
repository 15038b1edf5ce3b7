"""From the rows that win to what a role has to do: one `Handling` per combination."""

from collections.abc import Mapping, Sequence
from typing import Any

from routing.decision import Handling, Lost, Source
from routing.definition import Definition, Role
from routing.inherit import Cell, losers, winners
from routing.moment import FIELDS, Moment, Setting


def handling(cell: Cell, holding: Sequence[Moment], definition: Definition) -> Handling:
    """`holding` are the rows that hold for it, in file order; the role falls back to the triage
    role."""
    won = winners(holding)
    setting = _setting(won)
    rows = {field: Source(row=row.id, line=row.line) for field, row in won.items()}
    role = definition.roles[setting.role or definition.triage_role]
    if _falls_back_on_its_role(setting, role, rows):
        setting = setting.model_copy(update={"backup_role": role.backup})
        rows["backup_role"] = Source(row=f"roles/{role.id}", line=role.line)
    topic = definition.topics.get(cell.topic)
    return Handling(
        model_version=definition.version,
        target_group=cell.target_group,
        topic=cell.topic,
        topic_title=topic.title if topic else None,
        role=role.id,
        role_title=role.title,
        triage=not setting.role,
        backup_role=setting.backup_role,
        priority_minutes=setting.priority_minutes,
        first_response=setting.sla.first_response,
        next_response=setting.sla.next_response,
        resolution=setting.sla.resolution,
        clock=setting.sla.clock,
        skills=setting.skills,
        required_information=setting.required_information,
        results=setting.results,
        steps=setting.steps,
        authority=setting.authority,
        sticky=setting.sticky,
        capacity=setting.capacity,
        allowed=setting.allowed,
        instead=setting.instead,
        recorded=setting.recorded,
        rows=rows,
        lost=tuple(
            Lost(row=row.id, line=row.line, fields=fields) for row, fields in losers(holding)
        ),
    )


def _setting(won: Mapping[str, Moment]) -> Setting:
    """The values were checked when the rows were read; here they are only put together."""
    values: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    for field, row in won.items():
        name, *part = FIELDS[field]
        inside = parts.setdefault(name, {}) if part else values
        inside[part[0] if part else name] = row.value(field)
    for name, inside in parts.items():
        values[name] = type(Setting.model_fields[name].default).model_construct(**inside)
    return Setting.model_construct(**values)


def _falls_back_on_its_role(setting: Setting, role: Role, rows: Mapping[str, Source]) -> bool:
    """The role's own backup holds when no row writes one, and when the role and the backup, which
    may come from different rows, turn out to be the same."""
    return role.backup is not None and ("backup_role" not in rows or setting.backup_role == role.id)
