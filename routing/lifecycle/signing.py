"""Owners sign: in writing, with name and time, the rows that their roles answer for."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub import clock
from hub.errors import Rejected
from hub.store import models, signatures
from hub.store.agents import canonical_login
from hub.store.models import State, Version
from hub.store.signatures import Signature
from routing.lifecycle.sheet import Asked
from routing.lifecycle.states import Act, require
from routing.lifecycle.versions import Versions
from routing.model import Model


@dataclass(frozen=True)
class Signer:
    """Who signs. `recorded_by`: their agent id, or `operator` for a command on their behalf."""

    login: str
    name: str
    recorded_by: str


class Signing:
    def __init__(self, versions: Versions) -> None:
        self._versions = versions

    async def sign(
        self,
        number: int,
        signer: Signer,
        *,
        accepted: bool,
        remark: str = "",
        roles: Sequence[str] = (),
        rows: Sequence[str] = (),
    ) -> int:
        """The owner accepts or declines rows: those of these roles, and with these fingerprints or
        ids; empty is all of theirs that they did not say the same about. Gives how many."""
        version, model = await self._versions.read(number)
        require(Act.SIGN, version)
        if not accepted and not remark.strip():
            raise Rejected("remark_missing", "Say in a remark why you decline.")
        own = (await self._versions.sheet(model)).of_owner(canonical_login(signer.login))
        chosen = [one for one in own if _is_meant(one, roles, rows)]
        if not chosen:
            detail = f"{signer.login} has no such rows to sign in version {number}."
            raise Rejected("nothing_to_sign", detail, status=409)
        changed = [one for one in chosen if one.said is None or one.said.accepted != accepted]
        given = [_signature(one, number, signer, remark, accepted=accepted) for one in changed]

        def sign(connection: Connection) -> None:
            _refuse_other_text(connection, version)
            signatures.add_all(connection, given)
            word = "model.accepted" if accepted else "model.declined"
            said = {"login": signer.login, "rows": len(given), "remark": remark}
            models.record(connection, number, word, signer.recorded_by, **said)

        await self._versions.change(sign)
        await self._settle_state(number, model)
        return len(given)

    async def _settle_state(self, number: int, model: Model) -> None:
        """Signed when everything is accepted, only checked when something is not."""
        complete = (await self._versions.sheet(model)).is_complete
        state = State.SIGNED if complete else State.CHECKED

        def settle(connection: Connection) -> None:
            models.lock(connection)
            version = models.find(connection, number)
            if version.state in (State.CHECKED, State.SIGNED) and version.state != state:
                models.change(connection, version, by="signatures", state=state)

        await self._versions.change(settle)


def _refuse_other_text(connection: Connection, read: Version) -> None:
    """What is signed is what was read."""
    models.lock(connection)
    version = models.find(connection, read.number)
    require(Act.SIGN, version)
    if version.sha256 != read.sha256:
        raise models.changed(read.number)


def _is_meant(asked: Asked, roles: Sequence[str], rows: Sequence[str]) -> bool:
    return (not roles or asked.role in roles) and (
        not rows or asked.row in rows or asked.fingerprint in rows
    )


def _signature(
    asked: Asked, number: int, signer: Signer, remark: str, *, accepted: bool
) -> Signature:
    return Signature(
        version=number,
        role=asked.role,
        row=asked.row,
        fingerprint=asked.fingerprint,
        login=canonical_login(signer.login),
        name=signer.name,
        accepted=accepted,
        remark=remark.strip(),
        at=clock.now(),
        recorded_by=signer.recorded_by,
    )
