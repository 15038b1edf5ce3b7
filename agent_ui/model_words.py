"""What people call the terms of the interaction model. All are keys of the translations."""

from agent_ui.texts import N_

MODEL_STATES = {
    "draft": N_("Draft"),
    "checked": N_("Waits for signatures"),
    "signed": N_("Signed"),
    "live": N_("Live now"),
    "replaced": N_("Replaced"),
    "withdrawn": N_("Withdrawn"),
}

MODEL_ACTORS = {
    "operator": N_("an operator"),
    "file": N_("the model's file"),
    "dispatcher": N_("the planned date"),
}

DIRECTIONS = {
    "inbound": N_("to us"),
    "outbound": N_("from us"),
}

MODEL_FIELDS = {
    "role": N_("Responsible"),
    "backup_role": N_("Backup"),
    "priority_minutes": N_("Priority in minutes"),
    "sla.first_response": N_("First answer within"),
    "sla.next_response": N_("Next answer within"),
    "sla.resolution": N_("Resolved within"),
    "sla.clock": N_("Time runs"),
    "first_response": N_("First answer within"),
    "next_response": N_("Next answer within"),
    "resolution": N_("Resolved within"),
    "clock": N_("Time runs"),
    "skills": N_("Skills"),
    "required_information": N_("Must know"),
    "results": N_("Results to record"),
    "steps": N_("Steps"),
    "steps.before": N_("Steps before"),
    "steps.during": N_("Steps during"),
    "steps.after": N_("Steps after"),
    "authority": N_("May decide"),
    "sticky": N_("Same agent again"),
    "capacity": N_("Takes of an agent's time"),
    "allowed": N_("Allowed"),
    "recorded": N_("Calls are recorded"),
    "instead": N_("Offer instead"),
}

LOSSES = {
    "less_specific": N_("another row is more specific"),
    "lower_order": N_("another row has a higher order"),
    "later": N_("says the same as a row above it"),
}

REPLAYED = {
    "changed": N_("All that differ"),
    "moved": N_("Another role"),
    "breached": N_("Newly too late"),
    "unhandled": N_("Newly nobody"),
    "refused": N_("Newly not allowed"),
}
WATCHED = {
    "first_response": N_("First answer too late"),
    "resolution": N_("Resolved too late"),
    "no_role": N_("No row names a role; triage must find one"),
    "no_members": N_("Nobody holds the role"),
    "refused": N_("Not allowed in this way"),
}
WATCHED_AS = {
    "first_response": "breached",
    "resolution": "breached",
    "no_role": "unhandled",
    "no_members": "unhandled",
    "refused": "refused",
}
"""Among which contacts those are that are watched for."""
KEPT = {
    "not_promised": N_("not promised"),
    "kept": N_("in time"),
    "running": N_("still running"),
    "breached": N_("too late"),
}

NO_TOPIC, NO_GROUP = N_("No topic"), N_("no known group")
YES, NO = N_("yes"), N_("no")
OF_VERSION = N_("{name}, version {n}")
REPLAY_FILE = (
    N_("Contact"),
    N_("Conversation"),
    N_("Came in (UTC)"),
    N_("Channel"),
    N_("Direction"),
    N_("Subject"),
)
REPLAY_SIDE = (
    N_("Responsible"),
    N_("Topic"),
    N_("Target group"),
    N_("Row"),
    N_("Allowed"),
    N_("Nobody"),
    N_("First answer"),
    N_("Resolution"),
)
"""The columns of a file of what would have happened; those of a side for each version."""
STAFFING_FILE = (N_("Role"), N_("Day"), N_("Half hour ({zone})"))
STAFFING_SIDE = (N_("People at work"), N_("People to plan"), N_("People at work, by channel"))
"""The columns of a file of how many people roles need, in the same way."""

MODEL_SECTIONS = {
    "roles": N_("Roles"),
    "skills": N_("Skills"),
    "channels": N_("Channels"),
    "target_groups": N_("Target groups"),
    "topics": N_("Topics"),
    "hours": N_("Business hours"),
}

MODEL_WORDINGS = {
    "added": N_("added"),
    "removed": N_("removed"),
    "changed": N_("changed"),
}

ACTION_SOURCES = {
    "finding": N_("a check"),
    "session": N_("the session"),
    "person": N_("a person"),
}

SEVERITIES = {
    "error": N_("Error"),
    "warning": N_("Warning"),
    "note": N_("Note"),
}
ROWS_TO_SIGN = (N_("1 row waits for your signature."), N_("{n} rows wait for your signature."))
FLAWS = (N_("1 thing is wrong"), N_("{n} things are wrong"))

_NOT_SO = N_("This version is not in a state for that any more. Look at it again.")

MODEL_REASONS = {
    "not_administrator": N_("Only an administrator can do this."),
    "no_model": N_("This version does not exist."),
    "model_from_file": N_("Here the file of the model says what holds. Change the file."),
    "model_changed": N_("Somebody else changed this version meanwhile. Look at it again."),
    "model_planned": N_("This version is planned to go live. Cancel the date first."),
    "model_cannot_edit": N_("This version can no longer be edited. Make a draft of it."),
    "model_cannot_check": _NOT_SO,
    "model_cannot_sign": N_("Only a version that is checked and not live yet is signed."),
    "model_cannot_activate": N_("Check this version first; then it can go live."),
    "model_cannot_cancel": N_("No date is planned for this version."),
    "model_cannot_withdraw": _NOT_SO,
    "model_cannot_roll_back": N_("Roll back to a version that was live before."),
    "model_unsigned": N_(
        "Not everything is signed. Have it signed, or give a reason to do without."
    ),
    "model_declined": N_(
        "An owner declined rows. Change them, or give a reason to go live all the same."
    ),
    "remark_missing": N_("Say in a remark why you decline."),
    "nothing_to_sign": N_("You have no such rows to sign in this version."),
    "nothing_ticked": N_("Tick the rows that you mean."),
    "empty_action": N_("Say what must be done."),
    "no_cell": N_("This cell is not in the model any more. Look again."),
    "no_action": N_("This point does not exist."),
    "bad_time": N_("Fill in a day, a time and a time zone, like Europe/Amsterdam."),
    "bad_day": N_("Fill in a day."),
    "replay_running": N_("This version is being replayed already. Wait for it, or stop it first."),
    "replay_days": N_("Choose 1 to 366 days."),
}
