"""Turns templates into responses, with the headers that every page of the console has."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment
from jinja2.runtime import Context, Macro

from agent_ui import (
    arrangement_words,
    field_words,
    key_words,
    openings,
    row_words,
    rule_sentences,
    rule_words,
    spans,
    trade_words,
    words,
)
from agent_ui.authors import author
from agent_ui.call_words import call_state, call_words
from agent_ui.context import ConsoleContext
from agent_ui.delivery_words import delivery_error
from agent_ui.next_action import door_of
from agent_ui.office import words as office
from agent_ui.office.alerts import items_at
from agent_ui.office.saying import said
from agent_ui.office.seen import mark
from agent_ui.regroup import beginning
from agent_ui.sent_files import MOST_BYTES
from agent_ui.small_parts import apart, day, icons, keycap, moment, parts_in, written_moment
from agent_ui.static_files import StaticFiles
from agent_ui.texts import CLIENT_TEXTS, LANGUAGES, Texts
from agent_ui.views.sounds import address_of
from agent_ui.visit import FORM_TOKEN, Guest
from hub import clock, locales
from hub.http import problem
from hub.templating import environment_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; media-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_TEMPLATES = Path(__file__).parent / "templates"
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Vary": "X-Loket-Part, Cookie, Accept-Encoding, Accept-Language",
}
_WORTH_PACKING = 1_000
"""Characters: a list of work is a tenth of its size then."""
CONSOLE = "console.html"
"""The page that has the phone in it, where there is one."""


@cache
def _names(environment: Environment) -> set[str]:
    """What all templates have: they have nothing of their own."""
    return set(environment.globals)


class _Context(Context):
    """Calls what templates call as it is. Jinja looks each time whether it asks for the context,
    which takes longer than most of it does; only macros do, in their way. And it collects the names
    of all that there is for each template that another one includes."""

    def __init__(
        self,
        environment: Environment,
        parent: dict[str, Any],
        name: str | None,
        blocks: dict[str, Callable[[Context], Iterator[str]]],
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002, ARG002 (jinja's name)
    ) -> None:
        super().__init__(environment, parent, name, blocks)
        self.globals_keys = _names(environment)

    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        if isinstance(called, Macro):
            return called(self.eval_ctx, *args, **kwargs)
        return called(*args, **kwargs)


@cache
def _environment(organisation: str, static: StaticFiles) -> Environment:
    """Its templates are made once in a process."""
    environment = environment_of(_TEMPLATES)
    environment.context_class = _Context
    environment.globals.update(
        static=static.url,
        apart=apart,
        script=static.script,
        moment=moment,
        written_moment=written_moment,
        day=day,
        trade_words=trade_words,
        rule_words=rule_words,
        arrangement_words=arrangement_words,
        sentences=rule_sentences,
        door_of=door_of,
        field_words=field_words,
        words=words,
        row_words=row_words,
        key_words=key_words,
        keycap=keycap,
        spans=spans,
        locales=locales,
        openings=openings,
        client_texts=CLIENT_TEXTS,
        languages=LANGUAGES,
        organisation=organisation,
        token_field=FORM_TOKEN,
        author=author,
        call_words=call_words,
        call_state=call_state,
        delivery_error=delivery_error,
        office=office,
        items_at=items_at,
        mark=mark,
        said=said,
        beginning=beginning,
        most_bytes=MOST_BYTES,
        instant=datetime.fromisoformat,
        new_id=clock.new_id,
    )
    return environment


class Pages:
    def __init__(self, context: ConsoleContext, static: StaticFiles) -> None:
        self._context = context
        self._environment = _environment(context.hub.organisation, static)
        self._icon = icons(static.url("icons.svg"))
        self._with_phone = dict(_HEADERS)
        if context.softphone is not None:
            self._with_phone["Content-Security-Policy"] = context.softphone.policy(POLICY)

    def render(self, template: str, texts: Texts, **values: Any) -> str:
        titles, now = self._context.role_titles(texts.language), clock.now()
        given = parts_in(texts, self._icon, titles, now) | values
        return self._environment.get_template(template).render(
            _=texts,
            role_titles=titles,
            offered_only=self._context.offered_only(),
            escalation=self._context.escalation,
            shut=self._context.shut,
            sound=lambda file_id: address_of(self._context.tokens, file_id),
            with_portal=self._context.with_portal,
            group_titles=self._context.groups.titles(texts.language),
            topic_titles=self._context.topics.titles(texts.language),
            information_titles=self._context.moments.information(texts.language),
            result_titles=self._context.moments.results(texts.language),
            with_phone=self._context.phone_number is not None,
            softphone=self._context.softphone,
            now=now,
            **given,
        )

    def page(
        self, visit: Guest, template: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        body = self.render(
            template,
            visit.texts,
            agent=visit.agent,
            form_token=visit.form_token,
            path=visit.request.path,
            manages_topics=visit.agent is not None and self._context.topics.may_manage(visit.agent),
            **values,
        )
        headers = self._with_phone if template == CONSOLE else _HEADERS
        response = web.Response(
            text=body, status=status, content_type="text/html", headers=dict(headers)
        )
        if len(body) > _WORTH_PACKING:
            response.enable_compression()
        return response

    def refusal(
        self,
        visit: Guest,
        status: int,
        detail: str = "",
        *,
        code: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> web.Response:
        """What went wrong and what to do: a page for a person, problem details for a script."""
        title, advice = words.refusal(status)
        title, detail = visit.texts(title), detail or visit.texts(advice)
        if visit.wants_part:
            response = problem(status, title, detail, code=code)
        else:
            response = self.page(
                visit, "refusal.html", status=status, title=title, detail=detail, code=status
            )
        response.headers.update(headers or {})
        return response
