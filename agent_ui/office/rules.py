"""The page of business rules: written as sentences, tried on what was, measured by what came."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office import rule_form
from agent_ui.office.rule_figures import FIGURES, SHOWN, Figures, behind
from agent_ui.office.rule_form import Fields
from agent_ui.pages import Pages
from agent_ui.rule_names import gone as gone_from
from agent_ui.rule_names import names_of
from agent_ui.rule_sentences import Names
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit, number
from hub import clock
from hub.errors import Rejected
from hub.rules.proposing import Known
from hub.rules.rule import BadRule, Rule, read_rule
from hub.store import business_rules, rule_report, rule_trial, timeline
from hub.store.rule_report import Line
from hub.store.rule_trial import Trial

PATH = "/console/admin/rules"
DAYS = (7, 30, 90)


class RuleViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        days = _days(visit)
        since, until = _span(days)

        def read(connection: Connection) -> dict[str, Any]:
            rules = business_rules.all_of(connection)
            lines = rule_report.read(connection, since, until)
            return {
                "rules": rules,
                "figures": {one.id: Figures.of(lines.get(one.id, ())) for one in rules},
                "names": self._names(connection, visit),
            }

        found = await self._context.database.read(read)
        names = found["names"]
        gone = {one.id: gone_from(rule_form.of_rule(one.rule), names) for one in found["rules"]}
        return self._pages.page(
            visit,
            "office/rules.html",
            days=days,
            choices=DAYS,
            gone=gone,
            today=self._today(),
            **found,
        )

    async def new(self, visit: Visit) -> web.StreamResponse:
        return await self._form(visit, rule_form.empty(self._today()))

    async def show(self, visit: Visit) -> web.StreamResponse:
        rule_id = visit.id
        known = await self._context.database.read(lambda c: business_rules.find(c, rule_id))
        if known is None:
            raise web.HTTPNotFound
        fields = rule_form.of_rule(known.rule)
        return await self._form(visit, fields, rule_id=rule_id, version=known.version)

    async def keep(self, visit: Visit) -> web.StreamResponse:
        """Keeps it, tries it, or only puts a condition in or out: `do` says which."""
        fields, what = await rule_form.typed(visit), await visit.field("do")
        rule_id, version = (await visit.field("id"))[:36], number(await visit.field("version"))
        shown: dict[str, Any] = {"rule_id": rule_id, "version": version}
        verb, _, place = what.partition(".")
        if verb == "add":
            added = rule_form.add_row(fields, place, await visit.field(f"add.{place}"))
            return await self._form(visit, fields, added=added, **shown)
        if verb == "drop":
            rule_form.drop_row(fields, place)
            return await self._form(visit, fields, **shown)
        try:
            rule = await self._checked(visit, fields)
            if verb == "try":
                return await self._form(
                    visit, fields, trial=await self._trial(visit, rule), **shown
                )
            await self._keep(visit, rule, rule_id, version)
        except Rejected as error:
            return await self._form(visit, fields, refused=error, **shown)
        return see_other(PATH)

    async def remove(self, visit: Visit) -> web.StreamResponse:
        rule_id = visit.id
        await self._context.database.write(
            lambda c: business_rules.remove(c, rule_id, by=visit.known.id)
        )
        return see_other(PATH)

    async def items(self, visit: Visit) -> web.StreamResponse:
        """The work behind a figure."""
        rule_id, query, days = visit.id, visit.request.query, _days(visit)
        figure, group = query.get("what", SHOWN), query.get("of", "")
        if figure not in FIGURES or group not in ("", "done", "other"):
            raise web.HTTPNotFound
        since, until = _span(days)

        def read(connection: Connection) -> tuple[Known | None, Sequence[Line], set[str]]:
            all_of = rule_report.read(connection, since, until, rule_id).get(rule_id, ())
            lines = behind(all_of, figure, group)
            ids = {one.conversation_id for one in lines}
            readable = timeline.visible(connection, ids, visit.known) if ids else set()
            return business_rules.find(connection, rule_id), lines, readable

        known, lines, readable = await self._context.database.read(read)
        if known is None:
            raise web.HTTPNotFound
        return self._pages.page(
            visit,
            "office/rule_items.html",
            rule=known.rule,
            rule_id=rule_id,
            lines=lines,
            readable=readable,
            figure=figure,
            group=group,
            days=days,
        )

    async def _checked(self, visit: Visit, fields: Fields) -> Rule:
        """Raises BadRule, also for what is not in the organisation any more."""
        rule = read_rule(rule_form.given(fields))
        names = await self._context.database.read(lambda c: self._names(c, visit))
        if places := gone_from(fields, names):
            raise BadRule(dict.fromkeys(places, "gone"))
        return rule

    async def _trial(self, visit: Visit, rule: Rule) -> Trial:
        zone, agent = self._context.zone(), visit.known
        return await self._context.database.read(
            lambda c: rule_trial.try_on_the_last(c, rule, agent, zone)
        )

    async def _keep(self, visit: Visit, rule: Rule, rule_id: str, version: int) -> None:
        by = visit.known.id
        if rule_id:
            await self._context.database.write(
                lambda c: business_rules.change(c, rule_id, version, rule, by=by)
            )
        else:
            await self._context.database.write(lambda c: business_rules.add(c, rule, by=by))

    async def _form(
        self,
        visit: Visit,
        fields: Fields,
        *,
        rule_id: str = "",
        version: int = 0,
        added: str = "",
        refused: Rejected | None = None,
        trial: Trial | None = None,
    ) -> web.Response:
        names, versions, is_removed = await self._context.database.read(
            lambda c: (
                self._names(c, visit),
                business_rules.versions(c, rule_id) if rule_id else (),
                business_rules.is_removed(c, rule_id) if rule_id else False,
            )
        )
        return self._pages.page(
            visit,
            "office/rule.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            problems=refused.problems if isinstance(refused, BadRule) else {},
            rule=fields,
            rule_id=rule_id,
            version=version,
            added=added,
            trial=trial,
            names=names,
            versions=versions,
            is_removed=is_removed,
            waits=rule_form.waits,
            units=rule_form.UNITS,
        )

    def _names(self, connection: Connection, visit: Visit) -> Names:
        return names_of(self._context, connection, visit.texts.language)

    def _today(self) -> date:
        return clock.now().astimezone(self._context.zone()).date()


def _days(visit: Visit) -> int:
    given = number(visit.request.query.get("days", ""))
    return given if given in DAYS else DAYS[1]


def _span(days: int) -> tuple[datetime, datetime]:
    now = clock.now()
    return now - timedelta(days=days), now
