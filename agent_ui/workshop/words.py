"""What people call things in a five-step session. All are keys of the translations."""

from collections.abc import Mapping

from agent_ui.texts import N_

STEPS: Mapping[str, tuple[int, str]] = {
    "groups": (1, N_("Target groups")),
    "topics": (2, N_("Forms and topics")),
    "combinations": (2, N_("Which combinations")),
    "information": (3, N_("Information and roles")),
    "roles": (3, N_("Roles and hours")),
    "steps": (4, N_("Steps and authority")),
    "actions": (5, N_("Actions and draft")),
}
"""Every page of a session, with the step that it belongs to."""

FIRST_PAGES = ("groups", "topics", "information", "steps", "actions")
"""Where each of the five steps begins."""

QUESTIONS: Mapping[str, str] = {
    "groups": N_("Which customers do we have that we treat in another way?"),
    "topics": N_("How do people reach us, and what about?"),
    "combinations": N_("Over which form do we handle which topic?"),
    "information": N_(
        "Who is responsible, what must they know, and what must be recorded at the end?"
    ),
    "roles": N_("Who are the roles, who answers for them, and when are they there?"),
    "steps": N_("What is done before, during and after, what may be decided, and how fast?"),
    "actions": N_("What is still open, who does it, and by when?"),
}

SOURCES: Mapping[str, str] = {
    "ask": N_("ask the customer"),
    "customer": N_("customer"),
    "order": N_("order"),
    "agreement": N_("agreement"),
    "delivery": N_("delivery"),
}

WHEN: Mapping[str, str] = {
    "before": N_("Before"),
    "during": N_("During"),
    "after": N_("After"),
}

MODES: Mapping[str, str] = {
    "": N_("taken from the list"),
    "offered": N_("offered to one"),
    "both": N_("either"),
}

CLOCKS: Mapping[str, str] = {
    "business": N_("in the hours of the role"),
    "calendar": N_("day and night"),
}

KINDS: Mapping[str, str] = {
    "group": N_("Target group"),
    "channel": N_("Form"),
    "topic": N_("Topic"),
    "role": N_("Role"),
    "hours": N_("Hours"),
    "skill": N_("Skill"),
    "row": N_("Row"),
    "info": N_("Information"),
    "result": N_("Result"),
    "choice": N_("Choice"),
    "step": N_("Step"),
    "authority": N_("Authority"),
    "action": N_("Action"),
    "meeting": N_("Session"),
}

VOTES = (N_("1 vote"), N_("{n} votes"))
WAITING = (N_("1 person waits to come in"), N_("{n} people wait to come in"))
ERRORS = (N_("1 error"), N_("{n} errors"))
WARNINGS = (N_("1 warning"), N_("{n} warnings"))

WORKSHOP_REASONS = {
    "no_workshop": N_("This session does not exist."),
    "workshop_closed": N_("This session is closed."),
    "workshop_full": N_("This session is full: it has too many cards."),
    "nothing_to_undo": N_("There is nothing of yours to take back."),
    "changed_since": N_("Others have written over it since. Nothing was taken back."),
    "no_card": N_("This card is gone. Somebody took it away."),
    "bad_card": N_("This cannot be written here."),
    "bad_value": N_("This cannot be written here."),
    "too_much_at_once": N_("That is too much at once."),
    "no_guests": N_("This session lets in no guests now. Ask the facilitator."),
    "too_many_guests": N_("Too many people want to come in. Ask the facilitator."),
    "no_guest": N_("This guest is not here any more."),
    "no_code": N_("No session is open under this code. Look at the screen again."),
    "too_many_codes": N_("Too many wrong codes. Try again in a quarter of an hour."),
    "no_guest_name": N_("Fill in your name, so that the others know who you are."),
}
