"""An agent passes a message of the customer on to somebody else, whose answer comes back here."""

from sqlalchemy import Connection

from agent_ui.answering import SendingRules, begin, with_signature
from agent_ui.authors import author
from agent_ui.drafting import Draft
from agent_ui.mail_addresses import parties
from agent_ui.markup import to_html
from agent_ui.texts import N_, Texts
from agent_ui.words import UNREADABLE_POINTS, forward_subject
from hub import clock
from hub.errors import Rejected
from hub.interaction import Attachment, Channel, Direction, InteractionKind
from hub.logs import correlation_id
from hub.replies import Reply, add_reply
from hub.store import added_mailboxes, audit, drafts, timeline
from hub.store.agents import Agent
from hub.store.timeline import Entry

PASSED_ON = "---------- "
"""Above the message that is passed on."""
_LOOKED_AT = 50
_HEAD = N_("Forwarded message")
_FROM = N_("From: {name}")
_DATE = N_("Date: {at}")
_SUBJECT = N_("Subject: {subject}")


def forward(
    connection: Connection, draft: Draft, agent: Agent, sending: SendingRules, texts: Texts
) -> str:
    """Mail the customer's last message, with the agent's words above it; gives the interaction.

    It is no answer to the customer, and none of it is shown to them.
    """
    begin(connection, draft, agent, sending)
    to = parties(draft.to)
    if not to:
        raise Rejected("no_recipient", "Fill in to whom it goes.")
    entry = last_of_customer(connection, draft.conversation_id)
    text = with_signature(connection, draft, agent, draft.text)
    text = f"{text.strip()}\n\n{_passed_on(entry, texts)}".strip() if entry else text
    copies = parties(draft.cc)
    interaction_id = add_reply(
        connection,
        Reply(
            conversation_id=draft.conversation_id,
            channel=Channel.EMAIL,
            account=_account(connection, draft.conversation_id, sending),
            to=to,
            cc=copies,
            text=text,
            html=to_html(text) if draft.rich else "",
            subject=forward_subject(draft.subject),
            details={"forward": "1", "cc": ", ".join(one.value for one in copies)},
            agent_id=agent.id,
            agent_name=agent.name,
            attachments=(*draft.files, *along(connection, draft)),
            not_before=clock.now() + sending.undo if sending.undo else None,
            correlation_id=correlation_id(),
            once=draft.once,
        ),
    )
    drafts.drop(connection, draft.conversation_id, agent.id)
    details = {"conversation": draft.conversation_id, "to": [party.value for party in to]}
    audit.record(
        connection,
        actor=agent.id,
        action="interaction.forwarded",
        about=interaction_id,
        details=details,
    )
    return interaction_id


def along(connection: Connection, draft: Draft) -> tuple[Attachment, ...]:
    """The files of the conversation that go with it, as files of their own."""
    if not draft.taken_along:
        return ()
    found = timeline.files_in(connection, draft.conversation_id, draft.taken_along)
    return tuple(file.model_copy(update={"id": clock.new_id()}) for file in found)


def last_of_customer(connection: Connection, conversation_id: str) -> Entry | None:
    """The message that is passed on."""
    return last_in(timeline.entries(connection, conversation_id, limit=_LOOKED_AT))


def last_in(entries: list[Entry]) -> Entry | None:
    theirs = (
        entry
        for entry in reversed(entries)
        if entry.direction is Direction.INBOUND and entry.kind is InteractionKind.MESSAGE
    )
    return next(theirs, None)


def _passed_on(entry: Entry, texts: Texts) -> str:
    lines = [
        f"{PASSED_ON}{texts(_HEAD)} {PASSED_ON.strip()}",
        texts(_FROM, name=_who(texts, entry)),
        texts(_DATE, at=f"{entry.occurred_at:%Y-%m-%d %H:%M} UTC"),
        *([texts(_SUBJECT, subject=entry.subject)] if entry.subject else []),
        "",
        entry.text,
    ]
    return "\n".join(lines)


def _who(texts: Texts, entry: Entry) -> str:
    """With the address, where it is one."""
    name, sender = author(texts, entry), entry.sender
    is_address = sender.kind not in UNREADABLE_POINTS and sender.value != name
    return f"{name} <{sender.value}>" if is_address else name


def _account(connection: Connection, conversation_id: str, sending: SendingRules) -> str:
    entries = timeline.entries(connection, conversation_id, limit=_LOOKED_AT)
    mails = [one.account for one in entries if one.channel is Channel.EMAIL and one.account]
    account = mails[-1] if mails else sending.default_accounts.get(Channel.EMAIL, "")
    account = account or added_mailboxes.sending(connection)
    if not account:
        raise Rejected("no_mail_account", "No mailbox sends mail here.", status=409)
    return account
