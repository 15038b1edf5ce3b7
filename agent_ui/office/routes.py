"""The doors of those who look after others, one line each."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent_ui.guard import Guard
from agent_ui.office.account import AccountViews
from agent_ui.office.arrangements import ArrangementViews
from agent_ui.office.channels import ChannelViews
from agent_ui.office.components import ComponentViews
from agent_ui.office.customer_fields import CustomerFieldViews
from agent_ui.office.first_run import FirstRunViews
from agent_ui.office.links import LinkViews
from agent_ui.office.organisation import OrganisationViews
from agent_ui.office.people import PeopleViews
from agent_ui.office.rating import RatingViews
from agent_ui.office.report_lists import ReportLists
from agent_ui.office.reports import ReportViews
from agent_ui.office.reviews import ReviewViews
from agent_ui.office.rules import RuleViews
from agent_ui.office.upkeep import UpkeepViews
from agent_ui.office.wall import WallViews
from agent_ui.office.welcome import WelcomeViews
from hub import field_files
from hub.http import Route


@dataclass(frozen=True)
class OfficeViews:
    wall: WallViews
    reports: ReportViews
    report_lists: ReportLists
    reviews: ReviewViews
    people: PeopleViews
    welcome: WelcomeViews
    upkeep: UpkeepViews
    account: AccountViews
    organisation: OrganisationViews
    rating: RatingViews
    channels: ChannelViews
    first_run: FirstRunViews
    links: LinkViews
    rules: RuleViews
    arrangements: ArrangementViews
    customer_fields: CustomerFieldViews
    components: ComponentViews


def office_routes(
    views: OfficeViews, guard: Guard, *, development: bool = False
) -> Sequence[Route]:
    parts = Route("GET", "/console/_components", guard.for_agents(views.components.page))
    return [
        *_overview(views, guard),
        *_administration(views, guard),
        *_rules(views, guard),
        *_account(views, guard),
        *([parts] if development else []),
    ]


def _overview(views: OfficeViews, guard: Guard) -> Sequence[Route]:
    """How everybody's work stands, and the means to step in."""
    supervisors = guard.for_supervisors
    wall, reports, reviews = "/console/wall", "/console/reports", "/console/reviews"
    return [
        Route("GET", wall, supervisors(views.wall.page)),
        Route("GET", wall + "/alerts", supervisors(views.wall.alerts)),
        Route("GET", wall + "/items", supervisors(views.wall.items)),
        Route("POST", wall + "/move", supervisors(views.wall.move)),
        Route("POST", wall + "/agents/{id}", supervisors(views.wall.presence)),
        Route("POST", wall + "/thresholds", supervisors(views.wall.set_thresholds)),
        Route("GET", reports, supervisors(views.reports.page)),
        Route("GET", reports + "/items", supervisors(views.report_lists.items)),
        Route("GET", reports + "/came", supervisors(views.report_lists.came_in)),
        Route("GET", reports + "/items.csv", supervisors(views.report_lists.items_file)),
        Route("GET", reports + "/came.csv", supervisors(views.report_lists.came_in_file)),
        Route("GET", reports + "/reviews", supervisors(views.report_lists.reviews)),
        Route("GET", reports + ".csv", supervisors(views.reports.csv)),
        Route("GET", reports + ".xlsx", supervisors(views.reports.xlsx)),
        Route("GET", reviews, supervisors(views.reviews.page)),
        Route("POST", reviews + "/criteria", supervisors(views.reviews.set_criteria)),
        Route("GET", reviews + "/mine", guard.for_agents(views.reviews.mine)),
        Route("GET", reviews + "/{id}", supervisors(views.reviews.form)),
        Route("POST", reviews + "/{id}", supervisors(views.reviews.review)),
    ]


def _administration(views: OfficeViews, guard: Guard) -> Sequence[Route]:
    """What an administrator manages and watches over."""
    administrators, everyone = guard.for_administrators, guard.for_all
    people, watch = views.people, views.upkeep
    first = "/console/first/{code:[a-z0-9.]{1,60}}"
    rate = "/rate/{token:[a-z0-9.-]{1,80}}"
    home, welcome = "/console/admin", "/console/welcome/{token:[A-Za-z0-9_-]{1,64}}"
    fields = home + "/fields"
    return [
        Route("GET", home + "/people", administrators(people.page)),
        Route("POST", home + "/people", administrators(people.invite)),
        Route("GET", home + "/people/{id}", administrators(people.person)),
        Route("POST", home + "/people/{id}", administrators(people.change)),
        Route("POST", home + "/people/{id}/act", administrators(people.act)),
        Route("POST", home + "/people/{id}/link", administrators(people.link)),
        Route("POST", home + "/people/{id}/identity", administrators(people.identity)),
        Route("GET", welcome, everyone(views.welcome.page)),
        Route("POST", welcome, everyone(views.welcome.choose)),
        Route("GET", home + "/organisation", administrators(views.organisation.page)),
        Route("POST", home + "/organisation", administrators(views.organisation.keep)),
        Route("GET", home, administrators(views.first_run.tasks)),
        Route("GET", first, everyone(views.first_run.page)),
        Route("POST", first, everyone(views.first_run.start)),
        Route("GET", home + "/channels", administrators(views.channels.page)),
        Route("POST", home + "/channels/check", administrators(views.channels.check)),
        Route("POST", home + "/channels/mailbox", administrators(views.channels.try_mailbox)),
        Route("POST", home + "/channels/look", administrators(views.channels.set_look)),
        Route("POST", home + "/channels/remove", administrators(views.channels.remove_mailbox)),
        Route("GET", rate, everyone(views.rating.page)),
        Route("POST", rate, everyone(views.rating.rate)),
        Route("GET", home + "/links", administrators(views.links.page)),
        Route("POST", home + "/links", administrators(views.links.add)),
        Route("POST", home + "/links/remove", administrators(views.links.remove)),
        Route("GET", fields, administrators(views.customer_fields.page)),
        Route("POST", fields, administrators(views.customer_fields.add)),
        Route("GET", fields + ".json", administrators(views.customer_fields.file)),
        Route(
            "POST",
            fields + "/file",
            administrators(views.customer_fields.take_in),
            body_limit=field_files.MOST_BYTES,
        ),
        Route("GET", fields + "/{id}", administrators(views.customer_fields.one)),
        Route("POST", fields + "/{id}", administrators(views.customer_fields.change)),
        Route("POST", fields + "/{id}/act", administrators(views.customer_fields.act)),
        Route("GET", home + "/health", administrators(watch.health)),
        Route("GET", home + "/ledger", administrators(watch.ledger)),
        Route("GET", home + "/ledger/items", administrators(watch.ledger_items)),
        Route("GET", home + "/dead-letters", administrators(watch.dead_letters)),
        Route("POST", home + "/dead-letters", administrators(watch.act_on_letters)),
        Route("GET", home + "/audit", administrators(watch.audit)),
    ]


def _rules(views: OfficeViews, guard: Guard) -> Sequence[Route]:
    """What we do for whom: proposed to agents, and arranged for target groups."""
    administrators = guard.for_administrators
    rules, arrangements = "/console/admin/rules", "/console/admin/arrangements"
    return [
        Route("GET", rules, administrators(views.rules.page)),
        Route("POST", rules, administrators(views.rules.keep)),
        Route("GET", rules + "/new", administrators(views.rules.new)),
        Route("GET", rules + "/{id}", administrators(views.rules.show)),
        Route("POST", rules + "/{id}/remove", administrators(views.rules.remove)),
        Route("GET", rules + "/{id}/items", administrators(views.rules.items)),
        Route("GET", arrangements, administrators(views.arrangements.page)),
        Route("POST", arrangements, administrators(views.arrangements.keep)),
    ]


def _account(views: OfficeViews, guard: Guard) -> Sequence[Route]:
    agents, account = guard.for_agents, "/console/account"
    return [
        Route("GET", account, agents(views.account.page)),
        Route("GET", "/console/me", agents(views.account.moved)),
        Route("POST", account + "/signature", agents(views.account.set_signature)),
        Route("POST", account + "/password", agents(views.account.set_password)),
        Route("POST", account + "/factor", agents(views.account.begin)),
        Route("POST", account + "/factor/confirm", agents(views.account.confirm)),
        Route("POST", account + "/factor/remove", agents(views.account.remove)),
    ]
