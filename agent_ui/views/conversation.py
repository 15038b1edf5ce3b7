"""One conversation on the screen: its timeline, and beside it the customer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, TypeVar

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.clocks import clocks_of
from agent_ui.context import ConsoleContext
from agent_ui.customer_fields import Attempt
from agent_ui.drafting import Draft
from agent_ui.goals import Goals, read_goals
from agent_ui.next_action import Door, door_of
from agent_ui.pages import Pages
from agent_ui.rule_sentences import Names
from agent_ui.screen import Screen, read_screen
from agent_ui.topic_desk import TopicChoice
from agent_ui.views.menus import GIVE, THROUGH, TOPIC
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.views.work import WorkViews
from agent_ui.visit import Visit, checked_id, number
from agent_ui.ways import alphabet
from agent_ui.words import CHANNELS
from hub import clock
from hub.store import business_rules, follows, proposed, timeline
from hub.store.follow_ups import FollowUp
from hub.store.former_decisions import Former
from hub.store.timeline import Entry

_OF_GOALS = (GIVE, THROUGH)
Told = TypeVar("Told", Former, FollowUp)


class ConversationViews:
    def __init__(self, context: ConsoleContext, pages: Pages, work: WorkViews) -> None:
        self._context = context
        self._pages = pages
        self._work = work

    async def page(self, visit: Visit) -> web.StreamResponse:
        wanted = visit.id
        screen = await self._read(visit, wanted)
        if screen is None or screen.conversation.merged_into:
            now = await self._context.database.read(lambda c: timeline.where_now(c, wanted))
            if now != wanted:
                return see_other(f"{HOME}/conversations/{now}")
        return await self.show(visit, wanted, screen=screen)

    async def show(
        self,
        visit: Visit,
        conversation_id: str,
        *,
        screen: Screen | None = None,
        notice: str = "",
        draft: Draft | None = None,
        mode: str = "reply",
        status: int = HTTPStatus.OK,
        promise: str = "",
        attempt: Attempt | None = None,
        entering: Mapping[str, str] | None = None,
        to_steps: bool = False,
    ) -> web.Response:
        """The conversation's panes; with the work list around them unless a script asks.

        A notice with status 200 tells what was done, any other what went wrong; `attempt` and
        `entering` are what was typed and not taken. `to_steps`: beside it stands the way there.
        """
        screen = screen or await self.read(visit, conversation_id)
        if screen.has_news:
            await self._saw(visit, conversation_id)
        door, menu = await self._door(visit, screen), visit.request.query.get("menu", "")
        leads = door.kind == "transfer"
        if draft is not None:
            draft = replace(draft, once="")  # it was refused: it has not arrived
        elif (draft := screen.kept_draft) is not None:
            mode = draft.mode
        values: dict[str, Any] = {
            "screen": screen,
            "whole": not visit.wants_part or "whole" in visit.request.query,
            "notice": notice,
            "to_steps": to_steps,
            "tone": "near" if status == HTTPStatus.OK else "bad",
            "menu": menu,
            "goals": await self._goals(visit, screen, whole=menu in _OF_GOALS or leads),
            "may_correct": _may_correct(screen),
            "topic_choices": self._topic_choices(screen, visit.texts.language, menu),
            "draft": draft,
            "undo": self._context.settings.undo_send_seconds > 0,
            "mode": mode,
            "alphabet": alphabet,
            "clocks": clocks_of(screen.deadlines, self._context.ruler, clock.now()),
            "why": self._why(screen, visit.texts.language),
            "promise": promise or (door.text if door.kind == "promise" else ""),
            "door": door,
            "names": self._names(visit.texts.language),
            "attempt": attempt,
            "entering": entering or {},
            "group": self._context.groups.of(screen.customer, visit.texts.language),
            "groups": self._context.groups.titles(visit.texts.language),
            "resolve_now": visit.request.query.get("resolve") == "1",
            "former": self._explained(screen.former, visit.texts.language),
            "followed": self._explained(screen.followed, visit.texts.language),
        }
        if visit.wants_part:
            return self._pages.page(visit, "parts/conversation.html", status=status, **values)
        values |= await self._work.snapshot(visit)
        return self._pages.page(visit, "console.html", status=status, **values)

    async def entries(self, visit: Visit) -> web.StreamResponse:
        """One entry (`?id=`), or those before a sequence number (`?before=`)."""
        conversation_id = visit.id
        query = visit.request.query
        entry_id = checked_id(query["id"]) if "id" in query else ""
        limit = self._context.settings.timeline_length

        def read(connection: Connection) -> list[Entry] | None:
            if not timeline.may_see(connection, conversation_id, visit.known):
                return None
            if entry_id:
                entry = timeline.entry(connection, entry_id)
                belongs = entry is not None and entry.conversation_id == conversation_id
                return [entry] if entry and belongs else None
            before = number(query.get("before", ""))
            return timeline.entries(connection, conversation_id, limit=limit, before=before)

        entries = await self._context.database.read(read)
        if entries is None:
            raise web.HTTPNotFound
        agent_id = visit.known.id
        if entry_id:
            has_news = await self._context.database.read(
                lambda c: follows.is_behind(c, conversation_id, agent_id)
            )
            if has_news:
                await self._saw(visit, conversation_id)
        return self._pages.page(visit, "parts/entries.html", entries=entries)

    async def _door(self, visit: Visit, screen: Screen) -> Door:
        """What an agent who took up a proposal is led to. It is told once that a proposal was on
        the screen of who has the work."""
        if not screen.is_mine or screen.item is None:
            return Door()
        best, item_id = screen.next.best, screen.item.id
        if best is not None and screen.next.is_new:
            await self._context.database.write(
                lambda c: proposed.show(c, item_id, best, visit.known)
            )
        rule_id = visit.request.query.get("door", "")
        if not rule_id:
            return Door()
        known = await self._context.database.read(
            lambda c: business_rules.find(c, checked_id(rule_id))
        )
        return (
            door_of(known.rule.action, screen.guidance, visit.texts.language) if known else Door()
        )

    def _names(self, language: str) -> Names:
        return Names(
            topics=self._context.topics.titles(language),
            groups=self._context.groups.titles(language),
            roles=self._context.role_titles(language),
            channels=CHANNELS,
            zone=self._context.zone(),
        )

    async def _saw(self, visit: Visit, conversation_id: str) -> None:
        """What an agent follows has no news for them once it was on their screen."""
        agent_id = visit.known.id
        await self._context.database.write(lambda c: follows.saw(c, conversation_id, agent_id))

    async def read(self, visit: Visit, conversation_id: str) -> Screen:
        """Raises HTTPNotFound."""
        screen = await self._read(visit, conversation_id)
        if screen is None:
            raise web.HTTPNotFound
        return screen

    async def _read(self, visit: Visit, conversation_id: str) -> Screen | None:
        return await self._context.database.read(
            lambda c: read_screen(
                c,
                conversation_id,
                visit.known,
                settings=self._context.settings,
                default_accounts=self._context.default_accounts,
                composing=self._context.composing,
                offered_only=self._context.offered_only(),
                with_phone=self._context.phone_number is not None,
                zone=self._context.zone(),
                group_of=lambda who: self._context.groups.of(who, visit.texts.language).group,
            )
        )

    async def _goals(self, visit: Visit, screen: Screen, *, whole: bool) -> Goals:
        if not (whole and screen.goals):
            return screen.goals
        return await self._context.database.read(lambda c: read_goals(c, visit.known))

    def _topic_choices(self, screen: Screen, language: str, menu: str) -> Sequence[TopicChoice]:
        item = screen.item
        if item is None or menu != TOPIC:
            return ()
        return self._context.topics.choices(item.decision, item.channel, language)

    def _explained(self, decisions: Sequence[Told], language: str) -> list[tuple[Told, list[str]]]:
        return [(one, self._context.explain(one.decision, language)) for one in decisions]

    def _why(self, screen: Screen, language: str) -> list[str]:
        if screen.item is None:
            return []
        return self._context.explain(screen.item.decision, language)


def _may_correct(screen: Screen) -> bool:
    has_topic = screen.item is not None and screen.task is None
    return has_topic and (screen.is_mine or screen.may_take)
