"""What `loket model replay` says, in English and Dutch."""

from hub.promises import Promise
from routing.replay import Kept, Nobody

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "reading": "Replaying",
        "nothing": "Nothing was recorded since {since}: nothing can be replayed yet.",
        "head": "{total} contacts since {since}, by “{before}” and by “{after}”.",
        "learned": "Topics that no rule finds are the learned ones (version {version}).",
        "moved": "{count} would go to another role ({share} %).",
        "none_moved": "None would go to another role.",
        "members_unknown": "Who holds which role is not known, so that is not looked at.",
        "written": "{count} written to {file}.",
        "open": "Open one with --show and its id.",
        "pairs": "From role to role",
        "watch": "What to look at",
        "roles": "Roles",
        "channels": "Channels",
        "topics": "Topics",
        "from": "from",
        "to": "to",
        "contacts": "contacts",
        "example": "for instance",
        "now": "now",
        "draft": "draft",
        "new": "new",
        "moves": "moved away",
        "late_now": "late now",
        "late_draft": "late by draft",
        "unhandled": "nobody by draft",
        "refused": "not allowed in this way",
        "no_topic": "(no topic)",
        "role": "role",
        "topic": "topic",
        "group": "target group",
        "row": "row",
        "allowed": "allowed",
        "yes": "yes",
        "no": "no",
        "nobody": "nobody",
        "why": "why",
        "unknown": (
            "No work was recorded that begins with the contact {id}. Take an id from the tables or "
            "from the file of --csv."
        ),
        "since": (
            "“{given}” is no time to begin: write it like 30d, 12h or 2026-10-01, and not later "
            "than now."
        ),
    },
    "nl": {
        "reading": "Naspelen",
        "nothing": "Sinds {since} is niets vastgelegd: er is nog niets om na te spelen.",
        "head": "{total} contacten sinds {since}, volgens “{before}” en volgens “{after}”.",
        "learned": "Onderwerpen die geen regel vindt zijn de geleerde (versie {version}).",
        "moved": "{count} zouden naar een andere rol gaan ({share} %).",
        "none_moved": "Geen enkel zou naar een andere rol gaan.",
        "members_unknown": "Wie welke rol heeft is niet bekend; daar is dus niet naar gekeken.",
        "written": "{count} geschreven naar {file}.",
        "open": "Open er een met --show en zijn id.",
        "pairs": "Van rol naar rol",
        "watch": "Om op te letten",
        "roles": "Rollen",
        "channels": "Kanalen",
        "topics": "Onderwerpen",
        "from": "van",
        "to": "naar",
        "contacts": "contacten",
        "example": "bijvoorbeeld",
        "now": "nu",
        "draft": "concept",
        "new": "nieuw",
        "moves": "gaat weg",
        "late_now": "te laat nu",
        "late_draft": "te laat in concept",
        "unhandled": "niemand in concept",
        "refused": "niet toegestaan op deze manier",
        "no_topic": "(geen onderwerp)",
        "role": "rol",
        "topic": "onderwerp",
        "group": "doelgroep",
        "row": "rij",
        "allowed": "toegestaan",
        "yes": "ja",
        "no": "nee",
        "nobody": "niemand",
        "why": "waarom",
        "unknown": (
            "Er is geen werk vastgelegd dat met contact {id} begint. Neem een id uit de tabellen "
            "of uit het bestand van --csv."
        ),
        "since": (
            "“{given}” is geen begin: schrijf het als 30d, 12h of 2026-10-01, en niet later dan nu."
        ),
    },
}

PROMISES: dict[str, dict[Promise, str]] = {
    "en": {
        Promise.FIRST_RESPONSE: "first answer too late",
        Promise.RESOLUTION: "resolved too late",
    },
    "nl": {
        Promise.FIRST_RESPONSE: "eerste antwoord te laat",
        Promise.RESOLUTION: "te laat opgelost",
    },
}

PROMISED: dict[str, dict[Promise, str]] = {
    "en": {Promise.FIRST_RESPONSE: "first answer", Promise.RESOLUTION: "resolution"},
    "nl": {Promise.FIRST_RESPONSE: "eerste antwoord", Promise.RESOLUTION: "oplossing"},
}

KEPT: dict[str, dict[Kept, str]] = {
    "en": {
        Kept.NOT_PROMISED: "not promised",
        Kept.KEPT: "in time",
        Kept.RUNNING: "still running",
        Kept.BREACHED: "too late",
    },
    "nl": {
        Kept.NOT_PROMISED: "niet beloofd",
        Kept.KEPT: "op tijd",
        Kept.RUNNING: "loopt nog",
        Kept.BREACHED: "te laat",
    },
}

NOBODY: dict[str, dict[Nobody, str]] = {
    "en": {
        Nobody.NO_ROLE: "no row names a role, triage must find one",
        Nobody.NO_MEMBERS: "nobody holds the role",
    },
    "nl": {
        Nobody.NO_ROLE: "geen rij noemt een rol, verdeling moet er een vinden",
        Nobody.NO_MEMBERS: "niemand heeft de rol",
    },
}
