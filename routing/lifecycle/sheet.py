"""The sheet to sign: each row with each role that answers for it, and what its owner said.

What an owner said about a row holds for every version in which the row says the same, until they
say something else about it. Somebody else's word, or one about another row, counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.errors import Rejected
from hub.store.signatures import Signature
from routing.lifecycle.rows import answering_roles, fingerprint
from routing.model import Model


@dataclass(frozen=True, slots=True)
class Asked:
    """One row that the owner of one role is asked to sign. `owner` is their sign-in name, empty
    for a role that has none; `said` is their last word on this row."""

    role: str
    owner: str
    row: str
    line: int
    fingerprint: str
    said: Signature | None

    @property
    def is_accepted(self) -> bool:
        return self.said is not None and self.said.accepted

    @property
    def is_declined(self) -> bool:
        return self.said is not None and not self.said.accepted

    @property
    def is_open(self) -> bool:
        return self.said is None


@dataclass(frozen=True)
class Sheet:
    asked: tuple[Asked, ...]

    @property
    def open(self) -> list[Asked]:
        return [one for one in self.asked if one.is_open]

    @property
    def declined(self) -> list[Asked]:
        return [one for one in self.asked if one.is_declined]

    @property
    def is_complete(self) -> bool:
        return all(one.is_accepted for one in self.asked)

    def of_owner(self, login: str) -> list[Asked]:
        return [one for one in self.asked if one.owner and one.owner == login]

    @property
    def ownerless(self) -> list[str]:
        """The roles that have rows to sign and nobody to sign them."""
        return list(dict.fromkeys(one.role for one in self.asked if not one.owner))

    def missing(self) -> Rejected | None:
        """Why this cannot go live on its signatures; None when it can."""
        if self.declined:
            first = self.declined[0]
            said = f"{first.owner} declined {len(self.declined)} rows, for instance {first.row}"
            return Rejected("model_declined", f"{said}. {_ADVICE}", status=409)
        if self.open:
            roles = ", ".join(dict.fromkeys(one.role for one in self.open))
            unowned = f" These have no owner: {', '.join(self.ownerless)}." * bool(self.ownerless)
            said = f"{len(self.open)} signatures are missing, for {roles}.{unowned}"
            return Rejected("model_unsigned", f"{said} {_ADVICE}", status=409)
        return None


_ADVICE = "Change or sign them, or let an administrator override with a reason."


def sheet_of(model: Model, signatures: Iterable[Signature]) -> Sheet:
    """`signatures`: all that its owners ever signed, the earliest first."""
    said = {(one.role, one.login, one.fingerprint): one for one in signatures}
    asked = []
    for row in model.moments:
        key = fingerprint(row)
        for role in answering_roles(row, model):
            owner = owner_of(model, role)
            word = said.get((role, owner, key)) if owner else None
            asked.append(Asked(role, owner, row.id, row.line, key, word))
    return Sheet(tuple(asked))


def owner_of(model: Model, role: str) -> str:
    """The sign-in name of who answers for the role, as the store writes it; empty: nobody."""
    return (model.roles[role].owner or "").strip().casefold()


def owners(model: Model) -> set[str]:
    return {owner for role in model.roles if (owner := owner_of(model, role))}
