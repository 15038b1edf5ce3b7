"""Puts the parts of the console together."""

from collections.abc import Sequence

import structlog

from agent_ui.api.api import api_routes
from agent_ui.context import ConsoleContext
from agent_ui.guard import Guard
from agent_ui.import_desk import ImportDesk
from agent_ui.live import Feed
from agent_ui.news import TOPICS, News
from agent_ui.office.account import AccountViews
from agent_ui.office.arrangements import ArrangementViews
from agent_ui.office.channels import ChannelViews
from agent_ui.office.components import ComponentViews
from agent_ui.office.customer_fields import CustomerFieldViews
from agent_ui.office.first_run import FirstRunViews, first_link
from agent_ui.office.links import LinkViews
from agent_ui.office.organisation import OrganisationViews
from agent_ui.office.people import PeopleViews
from agent_ui.office.rating import RatingViews
from agent_ui.office.report_lists import ReportLists
from agent_ui.office.reports import ReportViews
from agent_ui.office.reviews import ReviewViews
from agent_ui.office.routes import OfficeViews
from agent_ui.office.rules import RuleViews
from agent_ui.office.upkeep import UpkeepViews
from agent_ui.office.wall import WallViews
from agent_ui.office.welcome import WelcomeViews
from agent_ui.pages import Pages
from agent_ui.routes import Views, routes
from agent_ui.sessions import Sessions
from agent_ui.static_files import static_files
from agent_ui.streams import Streams
from agent_ui.views.actions import ActionViews
from agent_ui.views.by_hand import ByHandViews
from agent_ui.views.calls import CallViews
from agent_ui.views.canned import CannedViews
from agent_ui.views.chat import ChatViews
from agent_ui.views.colleagues import ColleagueViews
from agent_ui.views.company import CompanyViews
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.customer_fields import FieldViews
from agent_ui.views.desk import DeskViews
from agent_ui.views.files import FileViews
from agent_ui.views.follows import FollowViews
from agent_ui.views.guide import GuideViews
from agent_ui.views.handing_over import HandingOverViews
from agent_ui.views.hours import HoursViews
from agent_ui.views.identity import IdentityViews
from agent_ui.views.imports import ImportViews
from agent_ui.views.information import InformationViews
from agent_ui.views.matrix import MatrixViews
from agent_ui.views.menus import MenuViews
from agent_ui.views.model import ModelViews
from agent_ui.views.model_changes import ModelChanges
from agent_ui.views.next_action import NextActionViews
from agent_ui.views.oidc import OidcViews
from agent_ui.views.portal_rights import PortalRightsViews
from agent_ui.views.programs import ProgramViews
from agent_ui.views.promises import PromiseViews
from agent_ui.views.regroup import RegroupViews
from agent_ui.views.replay import ReplayViews
from agent_ui.views.saved_views import SavedViewViews
from agent_ui.views.search import SearchViews
from agent_ui.views.sharing import SharingViews
from agent_ui.views.sign_in import SignInViews
from agent_ui.views.sounds import SoundViews
from agent_ui.views.tasks import TaskViews
from agent_ui.views.topics import TopicViews
from agent_ui.views.work import WorkViews
from agent_ui.views.workshop import WorkshopViews
from agent_ui.views.workshops import WorkshopsViews
from agent_ui.workshop import lines
from agent_ui.workshop.lines import WorkshopLines
from agent_ui.workshop.seat import Seats
from hub.http import Route
from hub.store import agents

log = structlog.get_logger(__name__)


class Console:
    """Make it before the bus starts; stop it before the HTTP server, which waits for streams."""

    def __init__(self, context: ConsoleContext) -> None:
        self._context = context
        database, settings = context.database, context.settings
        static = static_files()
        pages = Pages(context, static)
        self._sessions = sessions = Sessions(context)
        self._feed = Feed(News(database).look_up)
        self._streams = Streams(self._feed, pages, database, settings)
        self._imports = ImportDesk(database, context.workers, context.blobs.folder / "imports")
        self._workshops = WorkshopLines(database, settings)
        work = WorkViews(context, pages, self._feed)
        conversation = ConversationViews(context, pages, work)
        model = ModelViews(context, pages)
        sign_in = SignInViews(sessions, pages, self._streams, database, settings.oidc)
        views = Views(
            sign_in=sign_in,
            oidc=OidcViews(context, sessions, sign_in),
            work=work,
            conversation=conversation,
            actions=ActionViews(context, conversation),
            calls=CallViews(context, pages, conversation),
            chat=ChatViews(context),
            company=CompanyViews(context),
            colleagues=ColleagueViews(context, conversation),
            canned=CannedViews(context, pages, conversation),
            saved=SavedViewViews(context, pages),
            search=SearchViews(context, pages),
            promises=PromiseViews(context, conversation),
            portal_rights=PortalRightsViews(context, pages),
            fields=FieldViews(context, conversation),
            files=FileViews(context, pages),
            next_action=NextActionViews(context, conversation),
            follows=FollowViews(context),
            guide=GuideViews(pages, context.guide),
            tasks=TaskViews(context, conversation),
            topics=TopicViews(context, pages),
            model=model,
            model_changes=ModelChanges(context, model),
            matrix=MatrixViews(context, model),
            hours=HoursViews(context, model),
            replay=ReplayViews(context, pages, model),
            desk=DeskViews(context, pages, work, conversation),
            handing_over=HandingOverViews(context, conversation),
            menus=MenuViews(context, pages),
            information=InformationViews(context, conversation),
            identity=IdentityViews(context, pages, conversation),
            sharing=SharingViews(context, conversation),
            regroup=RegroupViews(context, conversation),
            by_hand=ByHandViews(context, pages),
            programs=ProgramViews(context, pages),
            imports=ImportViews(context, pages, self._imports),
            sounds=SoundViews(context),
            streams=self._streams,
            workshops=WorkshopsViews(context, pages, sessions),
            workshop=WorkshopViews(context, pages),
            lines=self._workshops,
            seats=Seats(database, sessions.guest_cookie),
            office=OfficeViews(
                wall=WallViews(context, pages, self._feed),
                reports=ReportViews(context, pages),
                report_lists=ReportLists(context, pages),
                reviews=ReviewViews(context, pages),
                people=PeopleViews(context, pages),
                welcome=WelcomeViews(context, pages, sessions),
                upkeep=UpkeepViews(context, pages),
                account=AccountViews(context, pages, sessions),
                organisation=OrganisationViews(context, pages),
                rating=RatingViews(context, pages),
                channels=ChannelViews(context, pages),
                links=LinkViews(context, pages),
                rules=RuleViews(context, pages),
                arrangements=ArrangementViews(context, pages),
                customer_fields=CustomerFieldViews(context, pages),
                first_run=FirstRunViews(context, pages, sessions),
                components=ComponentViews(pages),
            ),
        )
        guard = Guard(sessions, pages, context.hub.http.public_url)
        self.audiences = guard.audiences
        self._routes = routes(views, guard, static, development=settings.development)
        context.bus.listen(TOPICS, self._feed.take, self._feed.lose, self._feed.is_watched)
        self._routes = [*self._routes, *api_routes(context)]
        rooms = self._workshops
        context.bus.listen(lines.TOPICS, rooms.take, rooms.lose, rooms.is_watched)

    def routes(self) -> Sequence[Route]:
        return self._routes

    async def start(self) -> None:
        if await self._context.database.read(agents.nobody_yet):
            link = first_link(self._context.tokens, self._context.hub.http.public_url)
            log.warning("console.nobody_yet", hint=f"Open {link} to become an administrator.")
        await self._feed.start()
        await self._streams.start()

    async def stop(self) -> None:
        await self._imports.stop()
        await self._workshops.stop()
        await self._streams.stop()
        await self._feed.stop()
        self._sessions.stop()
