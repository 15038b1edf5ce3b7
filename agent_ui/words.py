"""What people call the store's terms: states, channels, kinds. All are keys of the translations."""

import re
from decimal import Decimal
from http import HTTPStatus

from agent_ui.arrangement_words import ARRANGEMENT_REASONS
from agent_ui.guidance import Recognition
from agent_ui.model_words import (
    ACTION_SOURCES,
    DIRECTIONS,
    FLAWS,
    KEPT,
    LOSSES,
    MODEL_ACTORS,
    MODEL_FIELDS,
    MODEL_REASONS,
    MODEL_SECTIONS,
    MODEL_STATES,
    MODEL_WORDINGS,
    REPLAYED,
    ROWS_TO_SIGN,
    SEVERITIES,
    WATCHED,
    WATCHED_AS,
)
from agent_ui.office.words import OFFICE_REASONS
from agent_ui.rule_words import RULE_REASONS
from agent_ui.texts import N_, Texts
from agent_ui.workshop.words import WORKSHOP_REASONS
from hub import locales
from hub.alike import Likeness
from hub.custom_fields import FieldRefused
from hub.errors import Rejected
from hub.imports.refusal import BrokenOff
from hub.store.work_items import Taken
from hub.taking import FileRefused
from hub.texts import Said

__all__ = [
    "ACTION_SOURCES",
    "DIRECTIONS",
    "FLAWS",
    "KEPT",
    "LOSSES",
    "MODEL_ACTORS",
    "MODEL_FIELDS",
    "MODEL_SECTIONS",
    "MODEL_STATES",
    "MODEL_WORDINGS",
    "REPLAYED",
    "ROWS_TO_SIGN",
    "SEVERITIES",
    "WATCHED",
    "WATCHED_AS",
]

HAS_IT = N_("{name} has it.")

REASONS = {
    "taken": N_("It is done already."),
    "no_colleague": N_("This colleague does not exist."),
    "oidc_state": N_("This sign-in was not begun in this browser. Try again."),
    "oidc_old": N_("This sign-in took too long, or was used before. Try again."),
    "oidc_refused": N_("You were not signed in there. Try again."),
    "oidc_issuer": N_("You were not signed in there. Try again."),
    "oidc_code": N_("You were not signed in there. Try again."),
    "oidc_token": N_("You were not signed in there. Try again."),
    "oidc_nobody": N_("No agent has this mail address. Ask who manages the people here."),
    "oidc_unverified": N_(
        "Your mail address is not verified there, so it does not show who you are. Verify it first."
    ),
    "oidc_other_account": N_(
        "This agent signs in with another account there. Ask who manages the people here."
    ),
    "oidc_only": N_("Passwords are not used here."),
    "no_token_name": N_("Say what the token is for."),
    "no_scope": N_("Choose what the token may do."),
    "no_token": N_("There is no such token that works."),
    "webhook_url": N_("Write an address on the internet that begins with https://."),
    "too_many_webhooks": N_("There are too many. Remove one first."),
    "no_partner_key": N_("There is no such key that is good."),
    "no_webhook": N_("There is no such webhook."),
    "unknown_sender": N_(
        "Nobody has this number. Write a mail address or a phone number, or only a name."
    ),
    "no_sender": N_("Write who it is from: a name will do."),
    "time": N_("Write a day and a time."),
    "in_future": N_("This time is still to come."),
    "not_a_scan": N_("A scan is a PDF or a picture."),
    "empty": N_("Write down what it was about, or add a scan."),
    "not_held": N_("Take this item first."),
    "changed": N_("It changed at the same moment. Try again."),
    "no_group": N_("The model does not have this target group any more. Look again."),
    "no_step": N_("This step is not asked for here any more. Look again."),
    "no_work_item": N_("This work item does not exist."),
    "no_conversation": N_("This conversation does not exist."),
    "empty_reply": N_("Write something first."),
    "empty_note": N_("Write something first."),
    "promise_time": N_("Say by when: a time to come, within a year."),
    "empty_promise": N_("Write what you promise."),
    "empty_task": N_("Write what is to be done."),
    "task_in_task": N_("This is a task itself. Hand it over instead."),
    "no_task": N_("There is no such task."),
    "task_over": N_("This task is over already."),
    "not_yours": N_("Only who asked for it, or a supervisor, can do this."),
    "no_skip_reason": N_("Say in a few words why it is not needed."),
    "is_task": N_("This is a task. Answer the customer where it was asked."),
    "no_view": N_("There is no such view any more."),
    "no_view_name": N_("Give the view a name."),
    "many_views": N_("There are too many views. Remove one first."),
    "no_promise": N_("This promise does not stand any more."),
    "same_shortcut": N_("Another reply has this shortcut."),
    "bad_shortcut": N_("A shortcut has letters, digits and dashes only."),
    "no_canned": N_("This reply does not exist any more."),
    "other_draft": N_("You are writing a note or a forward here. Finish it first."),
    "empty_request": N_("Write what is to be approved."),
    "no_answer": N_("Choose one of the answers."),
    "no_request": N_("This is not asked of you."),
    "answered": N_("A colleague has answered it already."),
    "asked_no_more": N_("This is asked no more."),
    "left": N_("It has left already."),
    "not_done": N_("This is open already."),
    "no_message": N_("This message does not exist."),
    "no_later": N_("Over this channel an answer goes at once."),
    "bad_address": N_("One of the addresses is not a mail address. Look at them again."),
    "many_addresses": N_("A mail goes to at most 20 others."),
    "no_recipient": N_("Fill in to whom it goes."),
    "no_mail_account": N_("No mailbox sends mail here. Ask who manages the channels."),
    "unreachable": N_("The customer cannot be reached that way. Choose another way to reply."),
    "went_before": N_(
        "What you wrote first was sent already; this is not. Read it, then send again."
    ),
    "resolved": N_("This conversation is resolved. It opens again when the customer writes."),
    "asked": N_("A colleague is being asked to take it."),
    "offered_only": N_("This work is offered to you when it is your turn. Say that you are there."),
    "offer_ended": N_("This offer has ended: it waits for somebody else now."),
    "nobody_has_it": N_("Nobody else has this in hand."),
    "no_wrap_up": N_("The wrap-up is over."),
    "no_presence": N_("Choose whether you are there."),
    "no_role": N_("This role does not exist. Choose another one."),
    "own_work": N_("You have it already."),
    "no_agent": N_("This colleague cannot sign in. Choose somebody else."),
    "snooze_time": N_("Choose a time to come, within a year."),
    "highest_role": N_("This is the highest role already. Hand it over instead."),
    "other_role": N_("Another role answers this. You can leave a note."),
    "no_topic": N_("This topic is not in the model. Choose another."),
    "same_topic": N_("This is its topic already."),
    "too_many_files": N_("These are too many files for one message."),
    "not_resendable": N_("This message is on its way already."),
    "no_consent": N_("The customer does not want messages this way. Choose another way to reply."),
    "window_closed": N_(
        "The customer wrote more than 24 hours ago. WhatsApp takes only a template now: choose one."
    ),
    "too_long": N_("This text is too long. Write at most 1600 characters."),
    "no_template": N_("There is no such template any more. Choose another one."),
    "template_values": N_("Fill in every value of the template."),
    "no_call": N_("This call is over, or somebody else has it."),
    "not_talking": N_("The customer is not on the line yet."),
    "nobody_there": N_("Nobody has answered yet."),
    "consulting": N_("You are calling somebody already."),
    "calling": N_("There is a call already."),
    "not_theirs": N_("Take this work, and choose a number of the customer."),
    "nobody_to_ask": N_("Choose a colleague to ask, or write a number."),
    "no_number": N_("This is not a phone number. Write one like +31 20 308 00 00."),
    "no_key": N_("Choose a key of a phone: 0 to 9, star or hash."),
    "no_file": N_("Choose a file first."),
    "no_kind": N_("Choose what is in the file."),
    "no_zone": N_("There is no such time zone. Write one such as Europe/Amsterdam."),
    "too_large": N_("The file is too large here. Save it as CSV, split it, or use loket import."),
    "unreadable": N_("From some row on it cannot be read. The report says where, and why."),
    "no_workbook": N_("This is no workbook that can be read. Save it as .xlsx or CSV."),
    "entities": N_("The workbook defines entities. Save it anew with a spreadsheet program."),
    "formula": N_("A formula stands in the workbook. Save it as CSV, with the outcomes."),
    "no_heads": N_("The first row is empty: it must name the columns."),
    "columns": N_("There are too many columns. Leave some out."),
    "no_customer": N_("There is no such customer any more."),
    "merged": N_("One of them was merged with another customer already. Look again."),
    "other_kind": N_("These two cannot be one: a person and an organisation, or who works for it."),
    "merged_again": N_("This customer was merged again since. Undo that first."),
    "no_merge": N_("There is nothing to undo."),
    "undone": N_("This was undone already."),
    "no_point": N_("There is no such address any more."),
    "shared": N_("This is known as a shared address already."),
    "not_shared": N_("This did not come from a shared address."),
    "no_person": N_("Write who it is."),
    "no_language": N_("Choose a language."),
    "no_repair": N_("Say that the address is shared."),
    "point_taken": N_("This address is known as another customer's. Is it shared?"),
    "no_title": N_("Write a short name for the link."),
    "bad_link": N_("Write an address that begins with https:// or http://, and names its host."),
    "unknown_place": N_("A name in braces is not one of those below."),
    "too_many_links": N_("There are too many links. Remove one first."),
    "no_split": N_("Choose a message of the customer, not the first one."),
    "own_task": N_("A task stays a conversation of its own."),
    "live": N_("The customer is still there. Wait until they left."),
    "gathered": N_("One of them was merged already. Look again."),
    "other_customer": N_("These are of two customers. Merge the customers first, or link them."),
    "no_such_number": N_("You can see no conversation with this number."),
    **MODEL_REASONS,
    **OFFICE_REASONS,
    **RULE_REASONS,
    **ARRANGEMENT_REASONS,
    **WORKSHOP_REASONS,
}

PORTAL_RIGHTS = {
    "conversations": N_("See what colleagues ask"),
    "order": N_("Order, change and cancel"),
    "invoices": N_("See the invoices"),
    "manage": N_("Manage colleagues"),
}

CHANNELS = {
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "sms": N_("SMS"),
    "whatsapp": N_("WhatsApp"),
    "chat": N_("Chat"),
    "portal": N_("Portal"),
    "partner": N_("Partner"),
    "manual": N_("Recorded by hand"),
}

PROMISES = {
    "first_response": N_("First answer"),
    "next_response": N_("Next answer"),
    "resolution": N_("Resolution"),
}
COUNTING = {
    "counted": N_("counts"),
    "paused": N_("paused"),
    "closed": N_("closed"),
}

PROMISED = {
    "promise_made": N_("{name} promised: {what}"),
    "promise_kept": N_("{name} kept the promise: {what}"),
    "promise_breached": N_("Not kept in time by {name}: {what}"),
    "task_asked": N_("{name} asked another role for this: {what}"),
    "task_done": N_("{name} did what was asked: {what}"),
    "task_skipped": N_("{name} went on without it: {what}"),
    "approval_asked": N_("{name} asked to approve: {what}"),
    "approval_yes": N_("{name} approved: {what}"),
    "approval_no": N_("{name} did not approve: {what}"),
    "approval_again": N_("{name} asked again to approve: {what}"),
    "approval_withdraw": N_("{name} took back: {what}"),
    "approval_finished": N_("{name} finished the work before this was approved: {what}"),
    "approval_passed": N_("{name} passed the work on before this was approved: {what}"),
}

REGROUPED = {
    "gathered": N_("{name} merged conversation #{number} into this one"),
    "apart": N_("{name} took conversation #{number} apart from this one again"),
    "split_off": N_("{name} split conversation #{number} off from here"),
    "split_from": N_("{name} split this off from conversation #{number}"),
}
"""What was put together and apart."""

TASKS = {
    "open": N_("asked for"),
    "done": N_("done"),
    "skipped": N_("not needed"),
}

SEARCHED = {
    "customer": N_("Customers"),
    "message": N_("Conversations"),
    "file": N_("Files"),
}
NOT_OLDER = {0: N_("Any age"), 7: N_("1 week"), 31: N_("a month"), 366: N_("a year")}

VIEW_PARTS = {
    "waiting": N_("waits"),
    "mine": N_("my work"),
    "aside": N_("put aside"),
}
VIEW_PROMISED = {
    "late": N_("too late"),
    "soon": N_("due soon"),
}

DELIVERY = {
    "queued": N_("Waiting to be sent"),
    "sending": N_("Sending"),
    "transmitting": N_("Sending"),
    "waiting": N_("Kept until the customer is back"),
    "sent": N_("Sent"),
    "delayed": N_("Delayed"),
    "delivered": N_("Delivered"),
    "read": N_("Read"),
    "failed": N_("Not sent"),
    "bounced": N_("Came back"),
    "uncertain": N_("May not have arrived"),
    "withdrawn": N_("Taken back before it left"),
}
SEEN_OR_NOT = {"waiting": N_("Not seen yet"), "delivered": N_("Seen")}
"""What is said otherwise of a message where the customer looks for it: in a chat, in the portal."""
SENDABLE_AGAIN = ("failed", "bounced", "uncertain", "delayed")

VERIFICATION = {
    "verified": N_("Sender verified"),
    "unverified": N_("Sender not verified"),
    "failed": N_("Sender is not who it says"),
}

AUTOMATIC = {
    "reply": N_("Automatic reply"),
    "generated": N_("Automatic message"),
    "bulk": N_("Bulk message"),
    "bounce": N_("Delivery report"),
    "command": N_("A word to us, carried out"),
}

CONVERSATION = {
    "open": N_("Open"),
    "pending": N_("Pending"),
    "resolved": N_("Resolved"),
}

CUSTOMER = {
    "person": N_("Person"),
    "organisation": N_("Organisation"),
    "visitor": N_("Visitor"),
    "shared": N_("Shared address"),
}

POINTS = {
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "visitor": N_("Chat visitor"),
    "portal": N_("Portal account"),
    "partner": N_("Partner reference"),
    "domain": N_("Mail domain"),
}

# By these kinds people are known to programs alone: their addresses say nothing to a reader.
UNREADABLE_POINTS = frozenset({"visitor", "portal"})

AGREEMENTS = {
    "contract": N_("Contract"),
    "sla": N_("Service level"),
    "price": N_("Price"),
    "promise": N_("Promise"),
}

SOURCES = {
    "customer": N_("from the customer's details"),
    "order": N_("from the order"),
    "agreement": N_("from the agreement"),
    "delivery": N_("from the delivery"),
    "ask": N_("ask the customer"),
}

FOUND = {
    "stated": N_("named by the sender"),
    "account": N_("by the address that was used"),
    "sender": N_("by who sent it"),
    "pattern": N_("by a number in it"),
    "words": N_("by words in it"),
    "reference": N_("by a number in it"),
    "attachment": N_("by what is attached"),
    "learned": N_("suggested, {percent} % sure"),
    "agent": N_("corrected"),
    "none": N_("not recognised"),
}
PRESENCE = {
    "available": N_("Available"),
    "wrapping": N_("Wrapping up"),
    "away": N_("Away"),
    "not_responding": N_("Not responding"),
    "off": N_("Not taking offers"),
}
CONSOLE_CLOSED = N_("The console was closed")
AWAY_FOR = (N_("Break"), N_("Lunch"), N_("Meeting"), N_("Training"))
DECLINE_FOR = (
    N_("I am in the middle of something"),
    N_("I know too little about this"),
    N_("Somebody else should do this"),
)
SNOOZE_FOR = {
    "answer": N_("Until the customer writes"),
    "1h": N_("1 hour"),
    "4h": N_("4 hours"),
    "1d": N_("1 day"),
    "7d": N_("1 week"),
}

BECAUSE = {
    "longest-idle": N_("of those who can take it you had nothing new for the longest time"),
    "most-capacity": N_("of those who can take it you have the most room"),
    "pulled": N_("you had room, and it was first in line of what you can take"),
    "alone": N_("nobody else can take it now"),
    "sticky": N_("you helped this customer last"),
    "reopened": N_("you handled this conversation before"),
    "transferred": N_("a colleague handed it to you"),
    "snoozed": N_("you had put it aside"),
    "called": N_("you had it in hand when the customer came about it"),
}
CIRCLES = {
    "backup": N_("your role is the backup"),
    "supervisors": N_("it waited so long that supervisors may take it"),
    "others": N_("it waited so long that other sites may take it"),
}
OBSTACLES = {
    "": N_("could take it"),
    "wrapping": N_("was wrapping up a call or a chat"),
    "away": N_("was away"),
    "not_responding": N_("did not respond"),
    "role": N_("does not hold a role that may take it yet"),
    "off_duty": N_("the hours of their role were over"),
    "channel": N_("takes nothing on this channel"),
    "skill": N_("lacks a skill"),
    "full": N_("had no room"),
    "ramp": N_("had just come and already had a part of what waited"),
    "asked": N_("was being asked something else"),
    "returned": N_("had just handed it over or put it back"),
    "refused": N_("had just declined or missed it"),
    "reserved": N_("it waited for somebody else first"),
}
STEPS = {
    "nobody": N_("Nobody could take it."),
    "offered": N_("Offered to {name}: {why}."),
    "accepted": N_("{name} accepted it."),
    "taken": N_("{name} took it."),
    "declined": N_("{name} declined it."),
    "missed": N_("{name} did not answer."),
    "withdrawn": N_("Withdrawn from {name}, who went away."),
    "returned": N_("{name} put it back."),
    "transferred": N_("{name} handed it over: {goal}."),
    "given": N_("A supervisor gave it to {name}."),
    "snoozed": N_("{name} put it aside."),
    "called": N_("The customer called about it while {name} had it: it waits as a call."),
    "chatted": N_("The customer came to chat about it while {name} had it: it waits as a chat."),
    "woken": N_("It waits again, at its old place."),
    "escalated": N_("{name} asked for a decision: {goal}."),
    "callback": N_("The customer asked to be called back; it keeps its place."),
    "warned": N_("Most of the time to answer or to solve it was over."),
    "breached": N_("The promised time was over."),
}
TIMERS = {
    "backup": N_("the backup role may take it"),
    "supervisors": N_("supervisors may take it"),
    "others": N_("other sites may take it"),
    "skills": N_("lower skill levels are enough"),
    "preferred": N_("it no longer waits for one agent"),
}
GROUP_FROM = {
    "said": N_("set by hand"),
    "organisation": N_("by their organisation"),
    "rule": N_("by a rule of the model"),
}
FORMER_ENDED = {
    "follow_up": N_("The customer wrote again, and then more was known."),
    "corrected": N_("Then somebody changed the topic."),
    "moved": N_("Then it went to who is responsible for this topic."),
}
FOLLOWED = (
    N_("What the model says of the 1 message since"),
    N_("What the model says of the {n} messages since"),
)
PASSED = (
    N_("1 that stood before it was passed over"),
    N_("{n} that stood before it were passed over"),
)
CHOSEN = {
    "longest-idle": N_("had nothing new for the longest time"),
    "most-capacity": N_("had the most room"),
    "pulled": N_("had room, and it was first in line"),
    "alone": N_("nobody else could take it"),
    "sticky": N_("helped this customer last"),
    "reopened": N_("handled this conversation before"),
    "transferred": N_("a colleague handed it to them"),
    "snoozed": N_("had put it aside"),
    "called": N_("had it in hand when the customer came about it"),
}

WEBHOOKS = {
    "active": N_("is told"),
    "paused": N_("paused"),
    "disabled": N_("stopped"),
}
TOLD = {
    "waiting": N_("on its way"),
    "delivered": N_("taken"),
    "failed": N_("given up"),
}
PLACED = {
    "named": N_("One of {n} open conversations: it names something that this one is about."),
    "topic": N_("One of {n} open conversations: its words fit the topic of this one."),
    "last": N_("One of {n} open conversations: the last on this channel was said in this one."),
    "newest": N_("One of {n} open conversations: this is the newest."),
    "fits": N_("It went on here: no other open conversation of this customer fits."),
}
LANGUAGE_NAMES = {
    "en": N_("English"),
    "nl": N_("Dutch"),
}
"""Within a sentence; where a language is to be chosen, it stands in itself."""
FORMS = {
    "letter": N_("Letter"),
    "fax": N_("Fax"),
    "visit": N_("Visit"),
    "call": N_("Phone call"),
}
"""What somebody writes down."""

ALIKE = {
    "name": N_("same name"),
    "near_name": N_("name nearly the same"),
    "initials": N_("name fits the initials"),
    "phone": N_("same phone number"),
    "local": N_("mail addresses of one name"),
    "named_after": N_("the mail address is the other's name"),
    "near_local": N_("mail addresses of nearly one name"),
    "address": N_("same address"),
    "near_address": N_("address nearly the same"),
    "organisation": N_("same organisation"),
    "domain": N_("mail at the same organisation"),
    "numbers": N_("but two customer numbers"),
    "names": N_("but other names"),
}
"""Why two customers may be one."""

HINTS = {
    "nameless": N_("The name of this customer is not known."),
    "no_language": N_("In which language do they want to be answered?"),
    "no_mail": N_("No mail address is known."),
    "bounced": N_("Mail to {address} comes back."),
    "unproved": N_("{address} was written down, and nothing came from it yet."),
    "for_many": N_("Several people read {address}, by its name."),
    "several_names": N_("Mail from {address} comes under several names."),
}
"""What is wrong or missing in what we know of a customer."""
URGENT_HINTS = frozenset({"bounced", "for_many", "several_names"})
TO_MEND = (N_("1 thing to mend"), N_("{n} things to mend"))

_REFUSALS = {
    401: (
        N_("You are signed out"),
        N_("Sign in again in another tab, then go on here. What you typed is kept."),
    ),
    403: (
        N_("This request was not accepted"),
        N_("The page may be too old. Reload it and try again."),
    ),
    404: (
        N_("This page is not here"),
        N_("It does not exist, or it is not in one of your roles. Go back to your work list."),
    ),
    409: (N_("That did not work"), N_("Someone else was faster. Look again.")),
    413: (N_("That is too large"), N_("Make it shorter, or send smaller files.")),
    429: (N_("Too many tries"), N_("Wait a while, then try again.")),
    503: (
        N_("Loket cannot do this now"),
        N_("Nothing was lost. Try again in a few seconds."),
    ),
}
_OTHER = (N_("That did not work"), N_("Check what you filled in and try again."))
_BROKEN = (
    N_("Something went wrong"),
    N_("It has been written down for the people who mend it. Go back and try again."),
)


def refusal(status: int) -> tuple[str, str]:
    """What an error is called, and what to do about it."""
    if status in _REFUSALS:
        return _REFUSALS[status]
    return _BROKEN if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _OTHER


_NOT_SENT = N_("{name} cannot go along: customers are not sent this kind of file.")
_NOTHING_IN_IT = N_("{name} cannot go along: it is empty.")


def reason(texts: Texts, error: Rejected) -> str:
    """Why something was refused, for the person who tried."""
    if isinstance(error, Taken) and error.holder:
        return texts(HAS_IT, name=error.holder)
    if isinstance(error, FieldRefused | BrokenOff):
        return error.said(texts.language)
    if isinstance(error, FileRefused):
        return texts(_NOTHING_IN_IT if error.is_empty else _NOT_SENT, name=error.filename)
    if isinstance(error.detail, Said):
        return texts.said(error.detail)
    return texts(REASONS.get(error.code, error.detail))


def found(texts: Texts, recognition: Recognition) -> str:
    """How a topic was found, in a few words."""
    percent = int((recognition.confidence or 0) * 100)
    return texts(FOUND.get(recognition.how, FOUND["none"]), percent=percent)


def found_by(texts: Texts, how: str) -> str:
    """The same for many contacts at once."""
    return texts(N_("suggested")) if how == "learned" else texts(FOUND.get(how, FOUND["none"]))


def alike(texts: Texts, likeness: Likeness) -> str:
    """How likely two customers are one, and why."""
    reasons = ", ".join(texts(ALIKE[reason]) for reason in likeness.reasons)
    score = texts(N_("{percent} % alike"), percent=likeness.score)
    return f"{score}: {reasons}" if reasons else score


def reply_subject(subject: str) -> str:
    """The subject of an answer; one "Re:" is enough."""
    if not subject or subject.lower().startswith(_ANSWERS):
        return subject
    return f"Re: {subject}"


def forward_subject(subject: str) -> str:
    """The subject of what is passed on: no answer to whom it goes."""
    if subject.lower().startswith(("fwd:", "fw:", "doorst:")):
        return subject
    while subject.lower().startswith(_ANSWERS):
        subject = subject.partition(":")[2].strip()
    return f"Fwd: {subject}".strip()


_ANSWERS = ("re:", "antw:", "aw:", "sv:")


def limit(texts: Texts, name: str, most: Decimal, *, alone: bool = False) -> str:
    """Of what one may decide; its name is the model's own, `refund_eur`: a thing and its unit.
    Where it stands `alone` beside what is decided, that says what is limited, in words of its own;
    but of what is not known a unit, the name says what is counted."""
    number = locales.number(most, texts.language)
    thing, _, unit = name.replace("-", "_").rpartition("_")
    amount = texts(_UNITS[unit], n=number) if thing and unit in _UNITS else number
    if alone and amount != number:
        return texts(N_("at most {n}"), n=amount)
    named = limit_name(name) if amount != number else name.replace("-", "_").replace("_", " ")
    return texts(N_("{name}: at most {n}"), name=named.capitalize(), n=amount)


def says(title: str, most: Decimal) -> bool:
    """Whether what one may decide names this number already: “up to EUR 10”."""
    numbers = re.findall(r"\d+(?:[.,]\d+)?", title)
    return any(Decimal(number.replace(",", ".")) == most for number in numbers)


def limit_name(name: str) -> str:
    """What is limited, without its unit: the `refund` of `refund_eur`."""
    return name.replace("-", "_").rpartition("_")[0].replace("_", " ").capitalize()


_UNITS = {
    "eur": N_("EUR {n}"),
    "percent": N_("{n} %"),
    "years": N_("{n} years"),
    "months": N_("{n} months"),
    "weeks": N_("{n} weeks"),
    "days": N_("{n} days"),
    "hours": N_("{n} hours"),
    "kg": N_("{n} kg"),
}
