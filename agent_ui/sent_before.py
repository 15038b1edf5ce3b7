"""A form that comes twice: whether it holds what was written the first time."""

from sqlalchemy import Connection

from agent_ui.answering import SendingRules, with_signature
from agent_ui.drafting import Draft
from agent_ui.forwarding import PASSED_ON, along
from agent_ui.mail_addresses import parties
from agent_ui.ways import key_of
from hub.errors import Rejected
from hub.interaction import Channel, InteractionKind
from hub.store import timeline, written
from hub.store.agents import Agent
from hub.store.written import Written


def went_before(connection: Connection, draft: Draft, agent: Agent, sending: SendingRules) -> bool:
    """Whether this was written already: its answer got lost, or the button was pressed twice.

    Raises Rejected when something else was written, or to somebody else.
    """
    if not draft.once:
        return False
    timeline.lock(connection, draft.conversation_id)
    stored = written.find(connection, agent.id, draft.once)
    if stored is None:
        return False
    if not _is_same(connection, draft, agent, sending, stored):
        raise Rejected(
            "went_before", "What you wrote first was sent already; this is not.", status=409
        )
    return True


def _is_same(
    connection: Connection, draft: Draft, agent: Agent, sending: SendingRules, stored: Written
) -> bool:
    if _mode(stored) != draft.mode:
        return False
    if draft.mode == "note":
        return stored.text.strip() == draft.text.strip()
    return (
        _goes_there(draft, stored)
        and stored.files == len(draft.files) + len(along(connection, draft))
        and _says_it(connection, draft, agent, sending, stored)
    )


def _mode(stored: Written) -> str:
    if stored.kind is InteractionKind.NOTE:
        return "note"
    return "forward" if stored.details.get("forward") else "reply"


def _goes_there(draft: Draft, stored: Written) -> bool:
    if draft.mode == "forward":
        there = stored.to == parties(draft.to)
    else:
        there = draft.way in [key_of(stored.channel, stored.account, to) for to in stored.to]
    copies = parties(draft.cc) if stored.channel is Channel.EMAIL else ()
    return there and stored.details.get("cc", "") == ", ".join(one.value for one in copies)


def _says_it(
    connection: Connection, draft: Draft, agent: Agent, sending: SendingRules, stored: Written
) -> bool:
    template = stored.details.get("template", "")
    if (said := _filled(draft, sending, stored)) is not None:
        return (template, stored.text) == (draft.template, said)
    if template:
        return False
    text = draft.text
    if stored.channel is Channel.EMAIL:
        text = with_signature(connection, draft, agent, text)
    text, stands = text.strip(), stored.text.strip()
    if draft.mode == "forward" and stands.startswith(f"{text}\n\n{PASSED_ON}".strip()):
        return True
    return stands == text


def _filled(draft: Draft, sending: SendingRules, stored: Written) -> str | None:
    """What the chosen template says; None where none is sent: the way has none of this name."""
    rules = sending.composing.get(stored.channel)
    if rules is None or draft.mode != "reply" or not draft.template:
        return None
    try:
        return rules.template(stored.channel, draft.template, draft.values)[0]
    except Rejected:
        return None
