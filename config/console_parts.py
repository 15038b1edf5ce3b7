"""Makes the console with all that it is shown and may do."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from agent_ui.console import Console
from agent_ui.context import ConsoleContext, Escalation
from config.basics import Basics
from config.channel_desk import Channels
from config.group_desk import ModelGroups
from config.hours_desk import HoursOfModels
from config.matrix_desk import Matrices
from config.model_desk import Desk
from config.moment_desk import ModelMoments
from config.replay_desk import Replays
from config.replay_runs import Runs
from config.sections import (
    composing,
    default_accounts,
    mailboxes,
    partner_titles,
    phone_number,
    softphone,
    webhook_rules,
)
from config.sending import pass_on
from config.titles import role_titles, titles_of
from config.topic_desk import ModelTopics
from config.topic_drafts import TopicDrafts
from config.workshop_desk import WorkshopDesk
from hub.by_hand import ByHand
from hub.connector import Connector
from hub.guide import Guide
from hub.interaction import Channel
from hub.outbound import Outbound
from routing.assigning.rules import Rules
from routing.explain import explain_stored
from routing.guide import contact_guide, shut
from routing.handing_out import backup_of, offered_only
from routing.hours.stored import ruler_of
from routing.live_model import CurrentModel
from routing.staffing.arrivals import zone_of


def make_console(
    basics: Basics,
    outbound: Outbound,
    runs: Runs,
    outbound_to: Mapping[Channel, Connector],
    channels: Channels,
) -> Console:
    return Console(
        ConsoleContext(
            database=basics.database,
            blobs=basics.blobs,
            bus=basics.bus,
            workers=basics.workers,
            settings=basics.settings.console,
            hub=basics.settings.hub,
            tokens=basics.tokens,
            default_accounts=default_accounts(basics.settings),
            composing=composing(basics.settings),
            explain=partial(_explain, basics.model),
            role_titles=lambda language: role_titles(basics.model(), language),
            ruler=ruler_of,
            guide=partial(_guide, basics.model),
            topics=ModelTopics(basics.model),
            groups=ModelGroups(basics.model),
            moments=ModelMoments(basics.model),
            proposals=TopicDrafts(basics.database, basics.life.versions),
            models=Desk(basics.life, basics.model, basics.database),
            matrices=Matrices(basics.database, basics.life.versions),
            hours=HoursOfModels(basics.life.versions),
            replays=Replays(basics.database, basics.life.versions, runs),
            workshops=WorkshopDesk(basics.life, basics.database, basics.settings.hub.organisation),
            channels=channels,
            resend=outbound.resend,
            by_hand=ByHand(basics.intake, basics.database, basics.tokens),
            wake=basics.relay.wake,
            offered_only=lambda: offered_only(basics.model()),
            backup_of=lambda role: backup_of(basics.model(), role),
            shut=lambda role, now: shut(basics.model(), role, now),
            escalation=_escalation(basics.settings.routing.assignment),
            phone_number=phone_number(basics.settings),
            softphone=softphone(basics.settings),
            quiet=basics.settings.routing.assignment.quiet,
            webhooks=webhook_rules(basics.settings),
            partners=partner_titles(basics.settings),
            supervisor_roles=frozenset(basics.settings.routing.assignment.supervisor_roles),
            mailboxes=mailboxes(basics.settings),
            with_portal=getattr(basics.settings.connectors, "portal", None) is not None,
            pass_on=partial(pass_on, outbound_to),
            zone=lambda: zone_of(basics.model()),
        )
    )


def _escalation(rules: Rules) -> Escalation:
    supervisors = next(iter(rules.supervisor_roles), "")
    return Escalation(supervisors, rules.escalated_minutes)


def _explain(model: CurrentModel, stored: dict[str, Any], language: str) -> list[str]:
    return explain_stored(stored, language, titles_of(model(), language))


def _guide(model: CurrentModel, group: str, public: bool, now: datetime) -> Guide:
    return contact_guide(model(), group, public=public, now=now)
