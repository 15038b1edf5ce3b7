"""What a row says, as one value that is the same in every version that says it; and who answers
for it."""

import hashlib
import json
from collections.abc import Sequence

from routing.inherit import Cell
from routing.model import Model
from routing.moment import Moment

_WHERE = frozenset({"line", "target_group", "direction", "channel", "topic", "order"})


def fingerprint(row: Moment) -> str:
    """The same for rows that hold for the same contacts and settle the same, however written."""
    settled = row.model_dump(mode="json", exclude_unset=True, exclude=set(_WHERE))
    said = {"for": row.id, "order": row.order, "settles": settled}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def named_roles(row: Moment) -> list[str]:
    """Every role that the row itself names: responsible, backup, approver, doer of a step."""
    steps = (*row.steps.before, *row.steps.during, *row.steps.after)
    named = [row.role, row.backup_role]
    named += [authority.approver for authority in row.authority]
    named += [step.who for step in steps]
    return list(dict.fromkeys(role for role in named if role))


def answering_roles(row: Moment, model: Model) -> list[str]:
    """Whose owners sign the row: the roles it names, and where it names no responsible role, the
    one that is responsible where the row begins to hold, for it must do what the row says."""
    named = named_roles(row)
    if not row.role:
        named.append(model.handling(Cell.of(row)).role)
    return list(dict.fromkeys(named))


def changed_rows(before: Sequence[Moment], after: Sequence[Moment]) -> tuple[Moment, ...]:
    """The rows that only one of the two has, those that went first."""
    old = {fingerprint(row): row for row in before}
    new = {fingerprint(row): row for row in after}
    gone = [row for key, row in old.items() if key not in new]
    come = [row for key, row in new.items() if key not in old]
    return (*gone, *come)
