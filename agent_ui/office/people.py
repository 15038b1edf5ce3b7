"""Who may sign in: invited by mail, given roles and skills, kept out, their rights changed."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TypeVar

import structlog
from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office import seen
from agent_ui.office.typed import Typed
from agent_ui.office.words import INVITATION
from agent_ui.pages import Pages
from agent_ui.texts import LANGUAGES, Texts, texts_for
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit
from hub.errors import LoketError, Rejected
from hub.interaction import Channel
from hub.passing import passing_mail
from hub.store import (
    added_mailboxes,
    admission,
    agents,
    identities,
    in_hand,
    invitations,
    people,
    second_factors,
)
from hub.store.people import Person

log = structlog.get_logger(__name__)
T = TypeVar("T")

PATH = "/console/admin/people"
LEVELS = range(1, 6)
_LONGEST_NAME = 200
_LONGEST_SKILL = 100
_MOST_SKILLS = 100
_MOST_UNITS = 1000


class PeopleViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages
        self._oidc = context.settings.oidc

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._list(visit)

    async def invite(self, visit: Visit) -> web.StreamResponse:
        """Let somebody choose a password by a link that is mailed to them."""
        address = (await visit.field("address")).strip()
        login = (await visit.field("login")).strip() or address
        name = (await visit.field("name")).strip()[:_LONGEST_NAME]
        language = await visit.field("language")
        administrator = bool(await visit.field("administrator"))
        roles = [role for role in self._titles(visit) if await visit.field(f"role.{role}")]
        try:
            _check(address, login, name, something_to_do=bool(roles) or administrator)
            agent_id = await self._write(
                lambda c: admission.hire(
                    c,
                    login=login,
                    name=name,
                    password_hash=agents.hash_of_nobody(),
                    held=roles,
                    language=language if language in LANGUAGES else "",
                    administrator=administrator,
                    changed_by=visit.known.id,
                    address=address if self._oidc else "",
                )
            )
        except Rejected as error:
            return await self._list(visit, refused=error)
        return await self._invited(visit, agent_id, address, texts_for(language))

    async def person(self, visit: Visit) -> web.StreamResponse:
        return await self._person(visit)

    async def change(self, visit: Visit) -> web.StreamResponse:
        person = await self._found(visit)
        roles = [role for role in self._known(visit, person) if await visit.field(f"role.{role}")]
        administrator = bool(await visit.field("administrator"))
        name = (await visit.field("name")).strip()[:_LONGEST_NAME]
        try:
            _check_name(name)
            skills = await self._skills(visit, person)
            capacity = _capacity(await visit.field("capacity"))

            given = await visit.field(seen.FIELD)

            def change(connection: Connection) -> None:
                now = people.find(connection, person.id, lock=True) or person
                seen.check(given, _shown(now))
                people.set_rights(
                    connection,
                    now,
                    name=name,
                    roles=roles,
                    administrator=administrator,
                    skills=skills,
                    by=visit.known.id,
                )
                people.set_capacity(connection, now, capacity, by=visit.known.id)

            await self._write(change)
        except Rejected as error:
            return await self._person(visit, error)
        return see_other(f"{PATH}#kept")

    async def act(self, visit: Visit) -> web.StreamResponse:
        """Keep out, let in, sign out, or take the second factor away."""
        person, by = await self._found(visit), visit.known.id
        acts: Mapping[str, Callable[[Connection], None]] = {
            "block": lambda c: people.block(c, person, by=by),
            "unblock": lambda c: admission.unblock(c, person.id, changed_by=by),
            "sign_out": lambda c: admission.sign_out(c, person.id, changed_by=by),
            "remove_factor": lambda c: second_factors.remove(c, person.id, changed_by=by),
        }
        act = acts.get(await visit.field("act"))
        if act is None:
            raise web.HTTPNotFound
        try:
            await self._write(act)
        except Rejected as error:
            return await self._person(visit, error)
        return see_other(f"{PATH}/{person.id}")

    async def link(self, visit: Visit) -> web.StreamResponse:
        """Another link to choose a password: who forgot theirs, or let the first one pass."""
        person = await self._found(visit)
        address = (await visit.field("address")).strip()
        try:
            _check(address, person.login, person.name)
        except Rejected as error:
            return await self._person(visit, error)
        return await self._invited(visit, person.id, address, visit.texts)

    async def identity(self, visit: Visit) -> web.StreamResponse:
        """By which address the identity provider knows somebody; no account is linked any more."""
        person = await self._found(visit)
        if self._oidc is None:
            raise web.HTTPNotFound
        address = (await visit.field("address")).strip()
        try:
            if address:
                _check(address, person.login, person.name)
            await self._write(
                lambda c: identities.set_address(c, person.id, address, by=visit.known.id)
            )
        except Rejected as error:
            return await self._person(visit, error)
        return see_other(f"{PATH}/{person.id}")

    async def _invited(
        self, visit: Visit, agent_id: str, address: str, texts: Texts
    ) -> web.StreamResponse:
        """Mails a link; where no mail goes out it is shown, to be handed over."""
        home, organisation = self._context.hub.http.public_url, self._context.hub.organisation
        if self._oidc and self._oidc.only:
            url, kind = f"{home}/console", "text at provider"
            text = texts(INVITATION[kind], organisation=organisation, url=url, by=self._oidc.name)
        else:
            token = await self._write(
                lambda c: invitations.invite(c, agent_id, address, by=visit.known.id)
            )
            url = f"{home}/console/welcome/{token}"
            text = texts(INVITATION["text"], organisation=organisation, url=url)
        subject = texts(INVITATION["subject"], organisation=organisation)
        added = await self._context.database.read(added_mailboxes.sending)
        account = self._context.default_accounts.get(Channel.EMAIL, added)
        mailed = False
        try:
            if account:
                await self._context.pass_on(passing_mail(account, address, subject, text))
                mailed = True
        except LoketError as error:
            log.warning("invitation.not_sent", reason=str(error))
        return await self._list(visit, sent=(address, "" if mailed else url))

    async def _list(
        self,
        visit: Visit,
        *,
        refused: Rejected | None = None,
        sent: tuple[str, str] | None = None,
    ) -> web.Response:
        everybody = await self._context.database.read(people.everybody)
        wanted = visit.request.query.get("words", "")[:_LONGEST_NAME].strip()
        titles = self._titles(visit)
        found = [one for one in everybody if _is_found(one, wanted, titles)]
        return self._pages.page(
            visit,
            "office/people.html",
            words_typed=wanted,
            total=len(everybody),
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            people=found,
            oidc=self._oidc,
            sent=sent,
            typed=await Typed.refused(visit, refused),
        )

    async def _person(self, visit: Visit, refused: Rejected | None = None) -> web.Response:
        person = await self._found(visit)
        everybody = await self._context.database.read(people.everybody)
        skills = sorted({skill for one in everybody for skill in one.skills})
        identity = await self._context.database.read(lambda c: identities.of(c, person.id))
        return self._pages.page(
            visit,
            "office/person.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            person=person,
            shown=_shown(person),
            known_roles=self._known(visit, person),
            known_skills=skills,
            identity=identity,
            oidc=self._oidc,
            levels=LEVELS,
            typed=(await Typed.refused(visit, refused)).of("form", "rights"),
        )

    async def _found(self, visit: Visit) -> Person:
        agent_id = visit.id
        person = await self._context.database.read(lambda c: people.find(c, agent_id))
        if person is None:
            raise web.HTTPNotFound
        return person

    async def _skills(self, visit: Visit, person: Person) -> dict[str, int]:
        """The levels that are chosen, and a new skill if one is typed. Raises Rejected."""
        everybody = await self._context.database.read(people.everybody)
        known = {skill for one in everybody for skill in one.skills} | set(person.skills)
        found = {}
        for skill in sorted(known):
            level = await visit.field(f"skill.{skill}")
            if level in map(str, LEVELS):
                found[skill] = int(level)
        new = (await visit.field("new_skill")).strip()
        level = await visit.field("new_level")
        if new:
            if len(new) > _LONGEST_SKILL or "=" in new or level not in map(str, LEVELS):
                raise Rejected("bad_skill", "Write a short name and choose a level.", status=422)
            found[new] = int(level)
        return dict(list(found.items())[:_MOST_SKILLS])

    def _known(self, visit: Visit, person: Person) -> Mapping[str, str]:
        """The roles of the model that is live, and those that the person holds besides."""
        titles = dict(self._titles(visit))
        return titles | {role: role for role in sorted(person.roles) if role not in titles}

    def _titles(self, visit: Visit) -> Mapping[str, str]:
        return self._context.role_titles(visit.texts.language)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        result = await self._context.database.write(work)
        self._context.wake()
        return result


def _is_found(person: Person, words: str, titles: Mapping[str, str]) -> bool:
    """Each word is in their name, login, address, a role or a skill."""
    roles = (titles.get(role, role) for role in person.roles)
    text = " ".join((person.name, person.login, person.invited, *roles, *person.skills)).casefold()
    return all(word in text for word in words.casefold().split())


def _shown(person: Person) -> tuple[object, ...]:
    """What the form is about: not where they are signed in."""
    return (person.name, person.roles, person.administrator, person.skills, person.capacity)


def _capacity(typed: str) -> int:
    """Units; empty for what everybody has. Raises Rejected."""
    given = typed.strip() or str(in_hand.FULL)
    if not (given.isascii() and given.isdecimal()) or not 1 <= int(given[:6]) <= _MOST_UNITS:
        raise Rejected("bad_capacity", "Write units from 1 to 1000.", status=422)
    return int(given)


def _check_name(name: str) -> None:
    if not name or not name.isprintable():
        raise Rejected("no_name", "Write a name.", status=422)


def _check(address: str, login: str, name: str, *, something_to_do: bool = True) -> None:
    local, _, host = address.rpartition("@")
    if not (local and "." in host and len(address) <= 300 and address.isprintable()):  # noqa: PLR2004 (of a mail address)
        raise Rejected("no_address", "Write a mail address.", status=422)
    _check_name(name)
    if not login or len(login) > _LONGEST_NAME or not login.isprintable():
        raise Rejected("bad_login", "Write a short login.", status=422)
    if not something_to_do:
        raise Rejected("no_role_chosen", "Choose a role.", status=422)
