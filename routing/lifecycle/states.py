"""Which change a version allows, by its state, and what to say when it does not."""

from collections.abc import Mapping
from enum import StrEnum

from hub.errors import Rejected
from hub.store.models import State, Version


class Act(StrEnum):
    """What people do with a version."""

    EDIT = "edit"
    CHECK = "check"
    SIGN = "sign"
    ACTIVATE = "activate"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"
    ROLL_BACK = "roll_back"


_UNFINISHED = frozenset({State.DRAFT, State.CHECKED, State.SIGNED})
_READABLE = frozenset({State.CHECKED, State.SIGNED})
ALLOWED: Mapping[Act, frozenset[State]] = {
    Act.EDIT: _UNFINISHED,
    Act.CHECK: _UNFINISHED,
    Act.SIGN: _READABLE,
    Act.ACTIVATE: _READABLE,
    Act.CANCEL: _READABLE,
    Act.WITHDRAW: _UNFINISHED,
    Act.ROLL_BACK: frozenset({State.REPLACED}),
}
_ADVICE: Mapping[Act, str] = {
    Act.EDIT: "It can no longer be edited. Make a draft of it.",
    Act.CHECK: "Only what is not live yet is checked.",
    Act.SIGN: "Only a version that is checked is signed.",
    Act.ACTIVATE: "Only a version that is checked goes live. To go back to an old one, roll back.",
    Act.CANCEL: "It is not planned to go live.",
    Act.WITHDRAW: "Only what is not live yet is withdrawn. To leave the live one, roll back.",
    Act.ROLL_BACK: "Only to a version that was live before can we roll back.",
}
_WHILE_PLANNED = frozenset({Act.EDIT, Act.WITHDRAW})


def may(act: Act, version: Version) -> bool:
    return refusal(act, version) is None


def refusal(act: Act, version: Version) -> Rejected | None:
    """Why this cannot be done with the version as it is; None when it can."""
    if version.state not in ALLOWED[act] or (act is Act.CANCEL and not version.effective_from):
        detail = f"Version {version.number} is {version.state}. {_ADVICE[act]}"
        return Rejected(f"model_cannot_{act}", detail, status=409)
    if act in _WHILE_PLANNED and version.effective_from:
        detail = f"Version {version.number} is planned to go live. Cancel that first."
        return Rejected("model_planned", detail, status=409)
    return None


def require(act: Act, version: Version) -> None:
    """Raise Rejected when this cannot be done."""
    refused = refusal(act, version)
    if refused is not None:
        raise refused
