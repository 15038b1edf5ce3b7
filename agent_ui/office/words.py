"""What people call the terms of the pages for supervisors and administrators. All are keys of the
translations."""

from agent_ui.texts import N_, Texts

OFFICE_REASONS = {
    "changed_meanwhile": N_(
        "Somebody else changed this meanwhile. What you chose stands below: keep it again to put it"
        " in the place of theirs, or open the page anew to see theirs."
    ),
    "not_supervisor": N_("Only a supervisor can do this."),
    "bad_colour": N_("Write a colour as #1b5cb8."),
    "pale_colour": N_("Choose a darker colour: this one is hardly seen on a white page."),
    "nothing_chosen": N_("Choose at least one piece of work first."),
    "nobody_chosen": N_("Choose to whom you give it."),
    "too_many_chosen": N_("Choose at most 200 at once."),
    "no_role_chosen": N_("Choose at least one role, or make this person an administrator."),
    "no_address": N_("Write a mail address, such as kim@example.org."),
    "no_name": N_("Write a name."),
    "address_taken": N_("Somebody else is known by this address."),
    "no_login": N_("Choose a login, with which you sign in."),
    "bad_login": N_("Write a login of at most 200 characters."),
    "login_taken": N_("Somebody signs in with this already. Choose another login."),
    "bad_skill": N_("Write a short name for the skill and choose a level from 1 to 5."),
    "last_administrator": N_("Make somebody else an administrator first: nobody would be left."),
    "short_password": N_("Choose a password of at least 12 characters."),
    "long_password": N_("Choose a password of at most 1000 characters."),
    "passwords_differ": N_("The two passwords differ. Type the same one twice."),
    "factor_required": N_("Your organisation asks for a second step: it cannot be switched off."),
    "wrong_password": N_("The present password is wrong."),
    "bad_seconds": N_("Write whole seconds, at most an hour."),
    "no_hours": N_("These hours are not in the model any more."),
    "bad_capacity": N_("Write units from 1 to 1000; 100 is usual."),
    "link_there": N_("This link is there already."),
    "mailbox_there": N_("This mailbox is there already."),
    "no_email": N_(
        "Mail is not switched on. Put [connectors.email] in the settings and start Loket anew."
    ),
    "bad_days": N_("Write days: 0 for ever, 7 or more for marks of events, 36500 at most."),
    "bad_rating": N_("Choose a number from 1 to 5."),
    "not_resolved": N_("This was opened again: we are still at it."),
    "rated": N_("This was rated already."),
    "wrong_code": N_("This code is wrong or was used. Wait for the next one, and type that."),
    "no_scores": N_("Give at least one score."),
    "other_criteria": N_(
        "What is looked at was changed meanwhile. Your scores for what is still there stand below:"
        " give the others, then keep the review."
    ),
    "bad_criteria": N_("Write 1 to 12 short lines, one for each thing to look at."),
    "bad_period": N_("Choose a first and a last day, at most a year apart."),
    "bad_number": N_("Write whole numbers."),
    "bad_percent": N_("A share is 100 % at most."),
    "bad_key": N_(
        "Use small letters, digits and _, beginning with a letter; not a name that Loket has."
    ),
    "key_taken": N_("Another field has this key."),
    "bad_title": N_("Write a title in one language at least, of at most 80 characters."),
    "no_whose": N_("Choose persons, organisations or both."),
    "bad_currency": N_("Write a currency in three letters, such as EUR."),
    "bad_choices": N_("Write 1 to 100 choices, each once, and what each is called."),
    "hidden_search": N_("What only supervisors see cannot be searched. Choose one of the two."),
    "shown_elsewhere": N_(
        "Loket shows what has this key to agents elsewhere too. Let agents see it, or make a field"
        " with another key."
    ),
    "too_many_fields": N_("There are 100 fields. Change one that is not used instead."),
    "other_kind_of_field": N_("There is a field of another kind with this key."),
    "no_field": N_("This field is not there any more."),
}

NOT_TAKEN_IN = N_("Nothing was taken in. {why}")
FIELD_PLACES = {
    "bad_key": "key",
    "key_taken": "key",
    "bad_title": "title",
    "no_whose": "whose",
    "bad_currency": "currency",
    "bad_choices": "choices",
    "hidden_search": "searchable",
    "shown_elsewhere": "seen_by",
}
"""Where on the form of a field it is said what is wrong."""

MAIL_HINTS = {
    "host": N_("Look at the spelling of the host; your provider says what it is."),
    "port": N_("IMAP: 993 with TLS, 143 with STARTTLS. SMTP: 465 with TLS, 587 with STARTTLS."),
    "no_answer": N_("Look at the host and the port, and whether a firewall lets us out."),
    "not_tls": N_("Choose STARTTLS, or the port that belongs to TLS."),
    "no_starttls": N_("Choose TLS with its port: 993 for IMAP, 465 for SMTP."),
    "certificate": N_(
        "Write the host as it is in the certificate; one of your own goes in the settings."
    ),
    "inside": N_("Servers inside are allowed by connectors.email.allow_inside in the settings."),
    "sign_in": N_(
        "Try the whole address as user. Many providers want an app password, or XOAUTH2."
    ),
    "sign_in_way": N_("Use XOAUTH2 instead of a password, or the other way round."),
    "token": N_(
        "Look at the token address, the client and its secret, and whether they still hold."
    ),
    "folder": N_("Leave the folder empty for INBOX, or write it as the server does."),
    "other_server": N_("Look at the port: this may be the one for sending."),
}
"""What to do in the console about what keeps us out of a mail server."""

OVERVIEW = (
    ("/console/wall", N_("Wallboard")),
    ("/console/reports", N_("Reports")),
    ("/console/reviews", N_("Reviews")),
    ("/console/doubles", N_("Doubles")),
)
"""The pages for supervisors: address and name."""

FIGURES = {
    "waiting": N_("Waiting"),
    "present": N_("Waiting on the line or in a chat"),
    "offered": N_("Being offered"),
    "held": N_("In hand"),
    "aside": N_("Put aside"),
    "soon": N_("Due soon"),
    "late": N_("Too late"),
    "arrived": N_("Came in today"),
    "in_time": N_("Answered in time today"),
    "too_late": N_("First answer too late today"),
    "abandoned": N_("Gave up today"),
}

ALERT_COUNT = (N_("alert"), N_("alerts"))
CONTACT_COUNT = (N_("1 contact"), N_("{n} contacts"))
WORK_COUNT = (N_("1 piece of work"), N_("{n} pieces of work"))

ITEM_STATES = {
    "waiting": N_("waits"),
    "offered": N_("is being offered"),
    "assigned": N_("in hand"),
    "snoozed": N_("put aside"),
    "done": N_("done"),
}

THRESHOLDS = {
    "live_minutes": N_("A caller or chatter waits longer than so many minutes"),
    "written_minutes": N_("Anything else waits longer than so many minutes"),
    "level_percent": N_("Fewer first answers come in time today than this share (%)"),
    "silent_hours": N_("No mail came into a mailbox for so many hours"),
    "failed_messages": N_("So many messages failed on a channel within an hour"),
}

ALERTS = {
    "live": N_("Somebody on {channel} waits for {role}: {time}."),
    "written": N_("The oldest on {channel} waits for {role}: {time}."),
    "soon": N_("To be answered soon: {n}."),
    "late": N_("Too late already: {n}."),
    "level": N_("{percent} % of the first answers came in time today; {target} % is the aim."),
    "nobody": N_("Nobody takes work for {role} now. Waiting on {channel}: {n}."),
    "silent": N_("No mail came into {account} for {time}."),
    "silent_long": N_("No mail came into {account} for two weeks."),
    "sending": N_("{failed} of {n} messages on {channel} failed within an hour. {error}"),
    "part": N_("{part} does not work: {problem}"),
    "gone": N_("A process says nothing any more: {process}."),
    "dead": N_("Could not be handled, and waiting for a person: {n}."),
    "locked": N_("Somebody tried to sign in as {name} too often; they must wait."),
    "unrouted": N_("The oldest contact without a responsible role came {time} ago."),
}

REPORT_FIGURES = {
    "all": N_("Finished work"),
    "first_due": N_("A first answer was promised"),
    "first_in_time": N_("First answer in time"),
    "first_too_late": N_("First answer too late"),
    "abandoned": N_("Gave up"),
    "moved": N_("Went to somebody else"),
    "repeated": N_("The customer came back"),
    "stayed": N_("Solved by the first who had it"),
    "promised": N_("Something was promised"),
    "broken": N_("A promise was broken"),
    "rated": N_("Rated"),
    "unhappy": N_("Rated 1 or 2"),
    "first_seconds": N_("Time to the first answer"),
    "next_seconds": N_("Time to a later answer"),
    "resolution_seconds": N_("Time to the solution"),
    "handling_seconds": N_("Time in hand"),
}

OPPOSITES = {
    "first_in_time": "first_too_late",
    "first_too_late": "first_in_time",
    "broken": "promised",
    "rated": "unhappy",
    "unhappy": "rated",
}
"""What the list behind a share leads to besides."""

TABLES = {
    "roles": N_("By role and channel"),
    "rows": N_("By row of the interaction model: from pillar to post"),
    "topics": N_("By topic"),
    "groups": N_("By target group"),
    "agents": N_("By agent"),
}

CRITERIA = (
    N_("Understood the question"),
    N_("The answer is right and complete"),
    N_("Kept to what was agreed and allowed"),
    N_("Clear and friendly in words"),
    N_("Noted what the next one needs to know"),
)
"""What a review looks at until the organisation chooses; kept in English, read in the language of
who reads it."""

ADMINISTRATION = (
    ("/console/admin/people", N_("People")),
    ("/console/admin/organisation", N_("Organisation")),
    ("/console/model/hours", N_("Hours")),
    ("/console/admin/channels", N_("Channels")),
    ("/console/programs", N_("Programs")),
    ("/console/replies", N_("Canned replies")),
    ("/console/admin/rules", N_("Rules")),
    ("/console/admin/arrangements", N_("Arrangements")),
    ("/console/admin/links", N_("Links")),
    ("/console/admin/fields", N_("Fields")),
    ("/console/imports", N_("Import")),
    ("/console/admin/health", N_("Health")),
    ("/console/admin/ledger", N_("Ledger")),
    ("/console/admin/dead-letters", N_("Dead letters")),
    ("/console/admin/audit", N_("Audit log")),
)
"""The pages for administrators: address and name."""

INVITATION = {
    "subject": N_("Sign in at {organisation}"),
    "text": N_(
        "You can answer customers of {organisation}.\n\nChoose your password on this page. The "
        "link serves once, for three days:\n{url}\n\nDid you not expect this? Then you need not "
        "do anything."
    ),
    "text at provider": N_(
        "You can answer customers of {organisation}.\n\nSign in on this page with your account at "
        "{by}:\n{url}\n\nDid you not expect this? Then you need not do anything."
    ),
}

NO_INVITATION = {
    "gone": N_(
        "It was used, or a newer one was sent. If you chose a password with it, sign in. Else look "
        "for a newer mail, or ask an administrator for another link."
    ),
    "old": N_("It served for three days. Ask an administrator for another."),
    "kept_out": N_("You cannot sign in at present. Ask an administrator."),
}
"""Why a link to choose a password does not serve, and what to do."""

AT_SIGN_IN = {
    "nobody": N_(
        "Nobody can sign in yet. The link with which the first administrator begins stands in the"
        " log of Loket."
    ),
    "late": N_("That took too long. Sign in once more."),
    "password": N_("Your password is changed. Sign in with the new one."),
    "factor": N_("The second step is switched off. Sign in once more."),
}
"""Why somebody is asked to sign in."""

PARTS = {
    "store": N_("The database"),
    "bus": N_("The message bus"),
    "relay": N_("Telling what happened"),
    "model": N_("The interaction model"),
    "email": N_("E-mail"),
    "chat": N_("Chat"),
    "messaging": N_("SMS and WhatsApp"),
    "phone": N_("Phone"),
    "partners": N_("Partners"),
    "portal": N_("Customer portal"),
    "manual": N_("Recorded by hand"),
    "webhooks": N_("Webhooks"),
}

LEDGER = {
    "unrouted": N_("waits for the router"),
    "dead": N_("could not be routed: a dead letter, waits for a person"),
    "work_waiting": N_("its work waits for a role"),
    "work_offered": N_("its work is being offered"),
    "work_assigned": N_("its work is in somebody's hands"),
    "work_snoozed": N_("its work is put aside until a time, or until the customer writes"),
    "work_done": N_("its work is done"),
    "filed": N_("automatic: kept with its conversation, no work"),
    "imported": N_("imported from the past"),
    "internal": N_("a note or an event among ourselves"),
    "out_queued": N_("ours: waits to be sent"),
    "out_sending": N_("ours: is being sent"),
    "out_transmitting": N_("ours: is on the wire"),
    "out_uncertain": N_("ours: may have been delivered, a person decides"),
    "out_waiting": N_("ours: kept until the customer is there"),
    "out_sent": N_("ours: sent"),
    "out_delayed": N_("ours: delayed, tried again"),
    "out_delivered": N_("ours: delivered"),
    "out_read": N_("ours: read"),
    "out_failed": N_("ours: failed, the work was raised"),
    "out_bounced": N_("ours: came back, the work was raised"),
    "unexplained": N_("unexplained"),
}

SECOND_STEP = {
    "nobody": N_("nobody: who wants to"),
    "administrators": N_("administrators"),
    "everyone": N_("everyone"),
}

RETENTION = {
    "original_days": N_("Originals of mails and of what partners posted"),
    "recording_days": N_("Recordings of calls"),
    "audit_days": N_("The audit log"),
    "mailbox_days": N_("Marks of mails that left their mailbox"),
    "event_days": N_("Marks of events that were handled"),
}

WAY_FACTS = {
    "in": N_("in by"),
    "out": N_("out by"),
    "sms": N_("SMS"),
    "whatsapp": N_("WhatsApp"),
    "language": N_("language"),
    "pages": N_("pages"),
}

TASKS = {
    "model": (
        N_("Say who is responsible for what"),
        N_("The interaction model that came along is an example. Make a draft and let it go live."),
    ),
    "people": (N_("Invite colleagues"), N_("They choose their own password by a mailed link.")),
    "roles": (
        N_("Let every role have somebody"),
        N_("Work of a role that nobody holds waits for nobody."),
    ),
    "channels": (
        N_("Connect a mailbox"),
        N_("Add it under Channels; it is tried before it is kept."),
    ),
    "health": (N_("See that everything works"), N_("Each part says how it is.")),
    "second_step": (
        N_("Ask for a second step when signing in"),
        N_("At least of administrators: a password alone then lets nobody in."),
    ),
}
"""What is to be done, and what that means."""


def criterion(texts: Texts, name: str) -> str:
    """What a review looks at, as who reads it says it."""
    return texts(name) if name in CRITERIA else name
