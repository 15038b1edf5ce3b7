"""`loket check`: tries everything that the settings name and says what is wrong and what to do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from agent_ui.views.oidc import BACK
from config import basics, in_force, model_proof, wiring
from config.settings import Settings, SettingsError
from hub.bus import Bus
from hub.connector import Connector, Finding
from hub.errors import LoketError, Retry
from hub.oidc import checking as oidc_checking
from hub.settings import RetentionSettings
from hub.store import Database, agents, identities, migrate
from routing.model import Model

BROKER_SECONDS = 10.0


async def run(settings: Settings) -> list[Finding]:
    """All findings, those that are fine included."""
    read = _settings(settings)
    findings = [*read, _retention(settings.hub.retention), *await _provider(settings)]
    database = basics.open_store(settings)
    try:
        store = await _store(database)
        findings += store
        ready = all(finding.ok for finding in store)
        model, problems = await in_force.check(settings, database if ready else None)
        findings += problems
        findings += await _broker(settings, database)
        if model is not None and ready:
            findings += await _people(database, model)
            findings += await _own_sign_in(settings, database)
            findings.append(await model_proof.summary(database, model.definition))
            if all(finding.ok for finding in read):
                findings += await _connectors(settings)
    finally:
        await database.close()
    return findings


def _settings(settings: Settings) -> list[Finding]:
    try:
        basics.make_tokens(settings)
    except SettingsError as error:
        return [Finding("settings", False, problem) for problem in error.problems]
    return [Finding("settings", True, "read")]


def _retention(settings: RetentionSettings) -> Finding:
    days = {
        "originals of mail": settings.original_days,
        "audit log": settings.audit_days,
        "marks of mails": settings.mailbox_days,
        "marks of events": settings.event_days,
    }
    if not any(days.values()):
        hint = "See hub.retention in docs/settings.md."
        return Finding("retention", True, "off: nothing is ever removed, the disk fills", hint)
    kept = [f"{what} {f'{count} days' if count else 'for ever'}" for what, count in days.items()]
    return Finding("retention", True, f"kept: {', '.join(kept)}; conversations for ever")


async def _provider(settings: Settings) -> Sequence[Finding]:
    """Where agents sign in, if that is not here."""
    if settings.console.oidc is None:
        return []
    back = settings.hub.http.public_url.rstrip("/") + BACK
    return await oidc_checking.check("console", settings.console.oidc, back)


async def _own_sign_in(settings: Settings, database: Database) -> list[Finding]:
    """Where no password opens anything, an administrator must be known to the provider."""
    if not (settings.console.oidc and settings.console.oidc.only):
        return []
    if await database.read(identities.administrator_can_come):
        return [Finding("console", ok=True, what="nobody signs in with a password")]
    what = "console.oidc.only: no administrator has a mail address, so nobody could manage Loket"
    hint = "Run `loket agents add ADDRESS --name NAME --administrator`."
    return [Finding("console", ok=False, what=what, hint=hint)]


async def _store(database: Database) -> list[Finding]:
    where = database.url.render_as_string(hide_password=True)
    try:
        found = await migrate.current(database)
    except Retry as error:
        hint = "Is the server running, and are host, name and password right?"
        return [Finding("store", False, f"{where}: {error.detail}", hint)]
    needed = migrate.head()
    if migrate.is_behind(found):
        what = f"{where}: schema {found or 'none'}, this release needs {needed}"
        return [Finding("store", False, what, "Run `loket migrate`.")]
    newer = "" if found == needed else f", newer than the {needed} of this release"
    return [Finding("store", True, f"{where}: schema {found}{newer}")]


async def _broker(settings: Settings, database: Database) -> list[Finding]:
    if settings.hub.bus.url.startswith("local:"):
        return [Finding("bus", True, "local: in this process")]
    async with _started(basics.make_bus(settings, database)) as bus:
        deadline = asyncio.get_running_loop().time() + BROKER_SECONDS
        while bus.problem and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        if bus.problem:
            hint = "Is RabbitMQ running, and are host, user, password and virtual host right?"
            return [Finding("bus", False, bus.problem, hint)]
        return [Finding("bus", True, "RabbitMQ answers")]


@contextlib.asynccontextmanager
async def _started(bus: Bus) -> AsyncIterator[Bus]:
    await bus.start()
    try:
        yield bus
    finally:
        await bus.stop()


async def _people(database: Database, model: Model) -> list[Finding]:
    """A role may be without people for a while: its work waits for them, and nothing is lost."""
    held = await database.read(agents.held_roles)
    return [
        Finding("roles", ok=True, what=f"{role}: held")
        if role in held
        else Finding(
            "roles",
            ok=True,
            what=f"{role}: nobody holds it, its work would wait",
            hint=f"Run `loket agents add LOGIN --name NAME --role {role}`.",
            warns=True,
        )
        for role in model.roles
    ]


async def _connectors(settings: Settings) -> list[Finding]:
    process = wiring.build(settings)
    findings: list[Finding] = []
    try:
        for name, connector in process.connectors.items():
            findings += await _connector(name, connector)
    finally:
        await process.discard()
    return findings or [Finding("connectors", True, "none is switched on")]


async def _connector(name: str, connector: Connector) -> Sequence[Finding]:
    try:
        return await connector.check()
    except LoketError as error:
        return [Finding(name, False, str(error))]
