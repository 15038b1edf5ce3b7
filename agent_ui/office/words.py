"""What people call the terms of the pages for supervisors and administrators. All are keys of the
translations."""

from agent_ui.texts import N_

OFFICE_REASONS = {
    "not_supervisor": N_("Only a supervisor can do this."),
    "nothing_chosen": N_("Choose at least one piece of work first."),
    "bad_number": N_("Write whole numbers."),
}

OVERVIEW = (("/console/wall", N_("Wallboard")),)
"""The pages for supervisors: address and name."""

FIGURES = {
    "waiting": N_("Waiting"),
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
    "soon": N_("{n} must be answered soon."),
    "late": N_("{n} are too late already."),
    "level": N_("{percent} % of the first answers came in time today; {target} % is the aim."),
    "nobody": N_("Nobody takes work for {role} now, and {n} wait."),
    "silent": N_("No mail came into {account} for {time}."),
    "silent_long": N_("No mail came into {account} for two weeks."),
    "sending": N_("{failed} of {n} messages on {channel} failed within an hour. {error}"),
    "part": N_("{part} does not work: {problem}"),
    "gone": N_("A process says nothing any more: {process}."),
    "dead": N_("{n} messages could not be handled and wait for a person."),
    "unrouted": N_("The oldest contact without a responsible role came {time} ago."),
}
