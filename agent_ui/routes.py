"""Every door of the console: method, path, view, and who may come in, one line each."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent_ui.guard import Guard
from agent_ui.import_desk import MOST_BYTES as LONGEST_FILE
from agent_ui.office.routes import OfficeViews, office_routes
from agent_ui.sent_files import MOST_BYTES
from agent_ui.static_files import PREFIX, StaticFiles
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
from agent_ui.views.identity import DOUBLES, IdentityViews
from agent_ui.views.imports import ImportViews
from agent_ui.views.information import InformationViews
from agent_ui.views.matrix import LONGEST_FORM as LONGEST_MATRIX
from agent_ui.views.matrix import MatrixViews
from agent_ui.views.menus import MenuViews
from agent_ui.views.model import ModelViews
from agent_ui.views.model_changes import LONGEST_FORM, ModelChanges
from agent_ui.views.next_action import NextActionViews
from agent_ui.views.oidc import BACK as OIDC_BACK
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
from agent_ui.views.sounds import PATH as SOUND
from agent_ui.views.sounds import SoundViews
from agent_ui.views.tasks import TaskViews
from agent_ui.views.topics import TopicViews
from agent_ui.views.work import WorkViews
from agent_ui.views.workshop import WorkshopViews
from agent_ui.views.workshops import WorkshopsViews
from agent_ui.workshop.lines import WorkshopLines
from agent_ui.workshop.seat import Seats
from hub.http import Route


@dataclass(frozen=True)
class Views:
    sign_in: SignInViews
    oidc: OidcViews
    work: WorkViews
    conversation: ConversationViews
    actions: ActionViews
    calls: CallViews
    chat: ChatViews
    company: CompanyViews
    colleagues: ColleagueViews
    canned: CannedViews
    saved: SavedViewViews
    search: SearchViews
    promises: PromiseViews
    portal_rights: PortalRightsViews
    fields: FieldViews
    files: FileViews
    follows: FollowViews
    guide: GuideViews
    tasks: TaskViews
    topics: TopicViews
    model: ModelViews
    model_changes: ModelChanges
    next_action: NextActionViews
    matrix: MatrixViews
    hours: HoursViews
    replay: ReplayViews
    desk: DeskViews
    handing_over: HandingOverViews
    menus: MenuViews
    information: InformationViews
    identity: IdentityViews
    sharing: SharingViews
    regroup: RegroupViews
    imports: ImportViews
    programs: ProgramViews
    by_hand: ByHandViews
    sounds: SoundViews
    streams: Streams
    workshops: WorkshopsViews
    workshop: WorkshopViews
    lines: WorkshopLines
    seats: Seats
    office: OfficeViews


_MODEL = "/console/model"
_VERSION = _MODEL + "/{number:[0-9]{1,9}}"


def routes(
    views: Views, guard: Guard, static: StaticFiles, *, development: bool = False
) -> Sequence[Route]:
    """`development`: with the page of components."""
    agents, everyone = guard.for_agents, guard.for_all
    conversation = "/console/conversations/{id}"
    interaction = "/console/interactions/{id}"
    return [
        Route("GET", PREFIX + "/{digest}/{name:.+}", static.serve),
        Route("GET", SOUND + "{token}", views.sounds.serve),
        Route("GET", "/contact", everyone(views.guide.public)),
        Route("GET", "/console/guide", agents(views.guide.internal)),
        Route("GET", "/console", agents(views.work.page)),
        Route("GET", "/console/work", agents(views.work.list)),
        Route("GET", "/console/work/rows", agents(views.work.more)),
        Route("GET", "/console/views", agents(views.saved.counts)),
        Route("POST", "/console/views", agents(views.saved.keep)),
        Route("POST", "/console/views/{id}", agents(views.saved.rename)),
        Route("POST", "/console/views/{id}/remove", agents(views.saved.remove)),
        Route("GET", "/console/search", agents(views.search.page)),
        Route("GET", "/console/live", agents(views.streams.serve)),
        Route("GET", "/console/desk", agents(views.desk.show)),
        Route("POST", "/console/presence", agents(views.desk.say)),
        Route("POST", "/console/take", agents(views.actions.take_next)),
        Route("GET", conversation, agents(views.conversation.page)),
        Route("GET", conversation + "/portal", agents(views.portal_rights.page)),
        Route("POST", conversation + "/portal", agents(views.portal_rights.give)),
        Route("GET", conversation + "/entries", agents(views.conversation.entries)),
        Route(
            "POST", conversation + "/entries", agents(views.actions.write), body_limit=MOST_BYTES
        ),
        Route("POST", conversation + "/signs", agents(views.chat.sign)),
        Route("GET", conversation + "/call", agents(views.calls.show)),
        Route("POST", conversation + "/call", agents(views.calls.do)),
        Route("POST", "/console/phone", agents(views.calls.set_phone)),
        Route("POST", "/console/phone/token", agents(views.calls.token)),
        Route("POST", conversation + "/company", agents(views.company.sign)),
        Route("POST", conversation + "/follow", agents(views.follows.follow)),
        Route("POST", conversation + "/draft", agents(views.company.keep_draft)),
        Route("GET", conversation + "/replies", agents(views.canned.for_conversation)),
        Route("POST", conversation + "/promises", agents(views.promises.give)),
        Route("POST", "/console/promises/{id}/keep", agents(views.promises.keep)),
        Route("GET", interaction + "/html", agents(views.files.mail)),
        Route("GET", interaction + "/original", agents(views.files.original)),
        Route("POST", interaction + "/resend", agents(views.actions.resend)),
        Route("POST", interaction + "/take-back", agents(views.actions.take_back)),
        Route("POST", interaction + "/send-now", agents(views.actions.send_now)),
        Route("GET", "/console/files/{id}", agents(views.files.download)),
        Route("GET", "/console/by-hand", agents(views.by_hand.form)),
        Route("POST", "/console/by-hand", agents(views.by_hand.record), body_limit=MOST_BYTES),
        Route("GET", "/console/files/{id}/small", agents(views.files.small)),
        Route("GET", "/console/topics", agents(views.topics.page)),
        Route("POST", "/console/topics/threshold", agents(views.topics.set_threshold)),
        Route("POST", "/console/topics/proposals", agents(views.topics.accept)),
        *_sign_in_routes(views.sign_in, views.oidc, guard),
        *_work_routes(views, guard),
        *_model_routes(views.model, views.model_changes, guard),
        Route("GET", _VERSION + "/matrix", agents(views.matrix.page)),
        Route(
            "POST",
            _VERSION + "/matrix",
            guard.for_administrators(views.matrix.save),
            body_limit=LONGEST_MATRIX,
        ),
        *_hours_routes(views.hours, guard),
        *_regroup_routes(views.regroup, guard),
        *_identity_routes(views.identity, views.sharing, guard),
        *_customer_routes(views, guard),
        *_canned_routes(views.canned, guard),
        *_replay_routes(views.replay, guard),
        *_program_routes(views.programs, guard),
        *_workshop_routes(views, guard),
        *office_routes(views.office, guard, development=development),
        Route("GET", "/console/{rest:.*}", agents(views.work.not_here)),
    ]


def _sign_in_routes(views: SignInViews, oidc: OidcViews, guard: Guard) -> Sequence[Route]:
    """Everyone may come to the door."""
    agents, everyone = guard.for_agents, guard.for_all
    return [
        Route("GET", "/console/sign-in", everyone(views.form)),
        Route("POST", "/console/sign-in", everyone(views.sign_in)),
        Route("POST", "/console/sign-in/language", everyone(views.language_of_guest)),
        Route("GET", "/console/sign-in/code", everyone(views.code_form)),
        Route("POST", "/console/sign-in/code", everyone(views.code)),
        Route("GET", "/console/sign-in/oidc", everyone(oidc.begin)),
        Route("GET", OIDC_BACK, everyone(oidc.back)),
        Route("POST", "/console/sign-out", agents(views.sign_out)),
        Route("POST", "/console/language", agents(views.language)),
    ]


def _work_routes(views: Views, guard: Guard) -> Sequence[Route]:
    """What agents do with work: take it, look up what it asks for, pass it on, end it."""
    agents, work_item = guard.for_agents, "/console/work/{id}"
    return [
        Route("POST", work_item + "/claim", agents(views.actions.claim)),
        Route("POST", work_item + "/accept", agents(views.desk.accept)),
        Route("POST", work_item + "/decline", agents(views.desk.decline)),
        Route("POST", work_item + "/transfer", agents(views.handing_over.transfer)),
        Route("POST", work_item + "/snooze", agents(views.handing_over.snooze)),
        Route("POST", work_item + "/release", agents(views.actions.release)),
        Route("POST", work_item + "/resolve", agents(views.actions.resolve)),
        Route("POST", work_item + "/listen", guard.for_supervisors(views.desk.listen)),
        Route("POST", work_item + "/tasks", agents(views.tasks.ask)),
        Route("POST", "/console/tasks/{id}/skip", agents(views.tasks.skip)),
        Route("POST", work_item + "/proposal", agents(views.next_action.take)),
        Route("POST", work_item + "/proposal/aside", agents(views.next_action.put_aside)),
        Route("POST", work_item + "/wrap-up", agents(views.desk.wrap_up)),
        Route("POST", "/console/wrap-up", agents(views.desk.extend)),
        Route("POST", work_item + "/approval", agents(views.colleagues.ask_approval)),
        Route("POST", "/console/asked/{id}", agents(views.colleagues.answer)),
        Route("POST", work_item + "/reopen", agents(views.actions.reopen)),
        Route("GET", "/console/goals", agents(views.menus.goals)),
        Route("GET", work_item + "/topics", agents(views.menus.topics)),
        Route("POST", work_item + "/topic", agents(views.actions.correct_topic)),
        Route("POST", work_item + "/information", agents(views.information.enter)),
        Route("POST", work_item + "/steps", agents(views.information.step)),
        Route("POST", "/console/proposals/{id}", agents(views.information.decide)),
    ]


def _regroup_routes(views: RegroupViews, guard: Guard) -> Sequence[Route]:
    """Who may see a conversation, and in whose way nobody is, puts it together and apart."""
    agents, one = guard.for_agents, "/console/conversations/{id}"
    return [
        Route("POST", one + "/split", agents(views.split)),
        Route("POST", one + "/merge", agents(views.merge)),
        Route("POST", one + "/undo/{what}", agents(views.undo)),
        Route("POST", one + "/link", agents(views.link)),
        Route("POST", one + "/unlink", agents(views.unlink)),
    ]


def _identity_routes(views: IdentityViews, sharing: SharingViews, guard: Guard) -> Sequence[Route]:
    """Agents say who is the same; who oversees the work puts together and apart."""
    supervisors, customer = guard.for_supervisors, "/console/customers/{id}"
    return [
        Route("GET", DOUBLES, supervisors(views.page)),
        Route("POST", customer + "/double", guard.for_agents(views.say)),
        Route("POST", customer + "/merge", supervisors(views.merge)),
        Route("POST", customer + "/apart", supervisors(views.apart)),
        Route("POST", "/console/merges/{id}/undo", supervisors(views.undo)),
        Route("POST", customer + "/repair", guard.for_agents(views.repair)),
        Route("POST", customer + "/share", guard.for_agents(sharing.share)),
        Route("POST", customer + "/unshare", guard.for_agents(sharing.unshare)),
        Route("POST", "/console/conversations/{id}/person", guard.for_agents(sharing.choose)),
    ]


def _customer_routes(views: Views, guard: Guard) -> Sequence[Route]:
    """Agents say what they know of a customer; administrators import and export them."""
    agents, administrators = guard.for_agents, guard.for_administrators
    return [
        Route("POST", "/console/customers/{id}/group", agents(views.information.group)),
        Route("POST", "/console/customers/{id}/fields", agents(views.fields.put)),
        Route("GET", "/console/imports", administrators(views.imports.page)),
        Route(
            "POST",
            "/console/imports",
            administrators(views.imports.hand_in),
            body_limit=LONGEST_FILE + 64 * 1024,
        ),
        Route("GET", "/console/imports/{id}/report", administrators(views.imports.report)),
        Route(
            "GET",
            "/console/imports/{kind:persons|organisations}.csv",
            administrators(views.imports.export),
        ),
    ]


def _canned_routes(views: CannedViews, guard: Guard) -> Sequence[Route]:
    """Administrators write canned replies."""
    administrators = guard.for_administrators
    return [
        Route("GET", "/console/replies", administrators(views.page)),
        Route("POST", "/console/replies", administrators(views.save)),
        Route("POST", "/console/replies/{id}/remove", administrators(views.remove)),
    ]


def _hours_routes(views: HoursViews, guard: Guard) -> Sequence[Route]:
    """Everybody may read when roles are there; administrators change it."""
    administrators, hours = guard.for_administrators, _VERSION + "/hours"
    return [
        Route("GET", _MODEL + "/hours", guard.for_agents(views.in_force)),
        Route("GET", hours, guard.for_agents(views.page)),
        Route("POST", hours, administrators(views.keep)),
        Route("POST", hours + "/proof", administrators(views.proof)),
        Route("POST", hours + "/remove", administrators(views.remove)),
        Route("POST", hours + "/day", administrators(views.set_day)),
    ]


def _program_routes(views: ProgramViews, guard: Guard) -> Sequence[Route]:
    """Administrators say which programs come in, and which other systems are told of events."""
    administrators = guard.for_administrators
    programs, hook = "/console/programs", "/console/programs/webhooks/{id}"
    return [
        Route("GET", programs, administrators(views.page)),
        Route("POST", programs + "/tokens", administrators(views.make_token)),
        Route("POST", programs + "/tokens/{id}/revoke", administrators(views.revoke_token)),
        Route("POST", programs + "/webhooks", administrators(views.add_webhook)),
        Route("POST", programs + "/keys", administrators(views.make_key)),
        Route("POST", programs + "/keys/{id}", administrators(views.change_key)),
        Route("GET", hook, administrators(views.log)),
        Route("POST", hook, administrators(views.change_webhook)),
        Route("POST", hook + "/deliveries/{delivery}", administrators(views.redeliver)),
    ]


def _model_routes(show: ModelViews, change: ModelChanges, guard: Guard) -> Sequence[Route]:
    """Everybody may read who is responsible for what; owners sign, administrators do the rest."""
    agents, administrators = guard.for_agents, guard.for_administrators
    model, version = _MODEL, _VERSION
    return [
        Route("GET", model, agents(show.list)),
        Route("POST", model + "/drafts", administrators(change.draft)),
        Route("POST", model + "/actions/{id}", administrators(change.tick_action)),
        Route("GET", version, agents(show.rows)),
        Route("GET", version + "/try", agents(show.attempt)),
        Route("GET", version + "/findings", agents(show.findings)),
        Route("GET", version + "/compare", agents(show.compare)),
        Route("GET", version + "/text", agents(show.text)),
        Route("POST", version + "/text", administrators(change.save), body_limit=LONGEST_FORM),
        Route("POST", version + "/proof", administrators(show.proof), body_limit=LONGEST_FORM),
        Route("POST", version + "/check", administrators(change.check)),
        Route("POST", version + "/activate", administrators(change.activate)),
        Route("POST", version + "/cancel", administrators(change.cancel)),
        Route("POST", version + "/withdraw", administrators(change.withdraw)),
        Route("POST", version + "/roll-back", administrators(change.roll_back)),
        Route("GET", version + "/signatures", agents(show.signatures)),
        Route("POST", version + "/signatures", agents(change.sign)),
        Route("GET", version + "/actions", agents(show.actions)),
        Route("POST", version + "/actions", administrators(change.add_action)),
    ]


def _replay_routes(views: ReplayViews, guard: Guard) -> Sequence[Route]:
    """Everybody sees what came of a replay; administrators start and stop one."""
    agents, administrators = guard.for_agents, guard.for_administrators
    replay = _VERSION + "/replay"
    return [
        Route("GET", replay, agents(views.page)),
        Route("POST", replay, administrators(views.begin)),
        Route("POST", replay + "/cancel", administrators(views.cancel)),
        Route("GET", replay + ".csv", agents(views.export)),
        Route("GET", replay + "/{id}", agents(views.contact)),
        Route("GET", _VERSION + "/staffing", agents(views.staffing)),
        Route("GET", _VERSION + "/staffing.csv", agents(views.export_staffing)),
    ]


def _workshop_routes(views: Views, guard: Guard) -> Sequence[Route]:
    """Agents may take part; guests ask, and wait until who leads lets them in."""
    agents, administrators, everyone = guard.for_agents, guard.for_administrators, guard.for_all
    door, show, seats = views.workshops, views.workshop, views.seats
    home, join, one = "/console/sessions", "/console/join", "/console/sessions/{id}"
    return [
        Route("GET", home, agents(door.list)),
        Route("POST", home, administrators(door.start)),
        Route("GET", join, everyone(door.door)),
        Route("GET", join + "/{code}", everyone(door.door)),
        Route("POST", join, everyone(door.come_in)),
        Route("GET", one, guard.for_seats(seats, show.show, waiting=True)),
        Route("GET", one + "/live", guard.for_seats(seats, views.lines.serve, waiting=True)),
        Route("POST", one + "/changes", guard.for_seats(seats, show.change)),
        Route("POST", one + "/lead", guard.for_leaders(seats, show.lead)),
        Route("POST", one + "/guests", guard.for_leaders(seats, show.let_guests)),
        Route("POST", one + "/people/{person}", guard.for_leaders(seats, show.people)),
        Route("POST", one + "/close", guard.for_leaders(seats, show.close)),
        Route("POST", one + "/draft", guard.for_leaders(seats, show.draft)),
    ]
