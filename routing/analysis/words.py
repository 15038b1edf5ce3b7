"""The sentences of findings and repairs, in the languages of the interface."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from routing.analysis.finding import Kind, Named, Sentence, Text

_FINDINGS = {
    Kind.GAP: (
        "Nobody is responsible for {topic} of {group} by {ways}; it goes to “{triage}”.",
        (
            "Niemand is verantwoordelijk voor {topic} van {group} via {ways}; "
            "het gaat naar “{triage}”."
        ),
    ),
    Kind.TIE: (
        "On {fields}, “{row}” and “{other}” differ and neither outranks the other.",
        "Over {fields} verschillen “{row}” en “{other}” en geen van beide gaat voor.",
    ),
    Kind.OVERLAP: (
        "On {fields}, “{row}” goes before other rows ({count}) only because of its `order`.",
        "Over {fields} gaat “{row}” vóór andere rijen ({count}), alleen door zijn `order`.",
    ),
    Kind.UNREACHABLE_ROW: (
        "“{row}” settles nothing for any contact: others go before it everywhere.",
        "“{row}” bepaalt voor geen enkel contact iets: overal gaan andere voor.",
    ),
    Kind.REDUNDANT_ROW: (
        "“{row}” changes nothing: everything it says already holds without it.",
        "“{row}” verandert niets: alles wat er staat geldt ook zonder deze rij.",
    ),
    Kind.NO_MEMBERS: (
        "Nobody holds the role “{role}”, which is responsible for contacts.",
        "Niemand heeft de rol “{role}”, die voor contacten verantwoordelijk is.",
    ),
    Kind.NO_BACKUP_MEMBERS: (
        "Nobody holds the role “{role}”, which is a backup, a helper or not used at all.",
        "Niemand heeft de rol “{role}”, die achterwacht, hulp of helemaal niet gebruikt is.",
    ),
    Kind.NOBODY_ON_DUTY: (
        (
            "{channel} is open while nobody of “{role}” is on duty: from {start} to {end} "
            "({hours} hours in the coming year)."
        ),
        (
            "{channel} is open terwijl niemand van “{role}” dienst heeft: van {start} tot {end} "
            "({hours} uur in het komende jaar)."
        ),
    ),
    Kind.IMPOSSIBLE_SLA: (
        (
            "“{row}” promises {field} within {promised}, but “{role}” is closed for {closed} "
            "from {start}."
        ),
        "“{row}” belooft {field} binnen {promised}, maar “{role}” is {closed} dicht vanaf {start}.",
    ),
    Kind.BACKUP_CYCLE: (
        "The backup roles go in a circle: {circle}.",
        "De achterwachten gaan in een kring: {circle}.",
    ),
    Kind.OWN_BACKUP: (
        "For “{example}” the role “{role}” would be its own backup.",
        "Voor “{example}” zou de rol “{role}” zijn eigen achterwacht zijn.",
    ),
    Kind.NO_SOURCE: (
        "“{row}” requires “{name}” from the {source}, but does not say where it is there.",
        "“{row}” vraagt “{name}” uit {source}, maar zegt niet waar het daar staat.",
    ),
    Kind.UNREACHABLE_TOPIC: (
        "No rule and no menu leads to the topic {topic}.",
        "Geen regel en geen menu leidt naar het onderwerp {topic}.",
    ),
    Kind.MISSING_SKILL: (
        "“{row}” asks {skills}, which nobody of “{role}” has.",
        "“{row}” vraagt {skills}, wat niemand van “{role}” heeft.",
    ),
}
_REPAIRS = {
    Kind.GAP: ("Add this row, with the right role:", "Voeg deze rij toe, met de juiste rol:"),
    Kind.TIE: (
        "Give one of them a higher `order`, or add a row that is more specific than both.",
        "Geef een van beide een hogere `order`, of voeg een rij toe die specifieker is dan beide.",
    ),
    Kind.OVERLAP: (
        "Nothing to do if this is meant; else take the `order` out and refine the rows.",
        "Niets doen als dit de bedoeling is; haal anders de `order` weg en verfijn de rijen.",
    ),
    Kind.UNREACHABLE_ROW: (
        "Leave the row out: nothing changes.",
        "Laat de rij weg: er verandert niets.",
    ),
    Kind.REDUNDANT_ROW: (
        "Leave the row out: nothing changes.",
        "Laat de rij weg: er verandert niets.",
    ),
    Kind.NO_MEMBERS: (
        "Give somebody the role: `loket agents add LOGIN --name NAME --role {role}`.",
        "Geef iemand de rol: `loket agents add LOGIN --name NAAM --role {role}`.",
    ),
    Kind.NOBODY_ON_DUTY: (
        "Give the channel the hours of the role, or the role a backup that is there then:",
        "Geef het kanaal de uren van de rol, of de rol een achterwacht die er dan is:",
    ),
    Kind.IMPOSSIBLE_SLA: (
        "Let it count in the business hours of the role:",
        "Laat de tijd tellen in de uren van de rol:",
    ),
    Kind.BACKUP_CYCLE: (
        "Take one of these backups out.",
        "Haal een van deze achterwachten weg.",
    ),
    Kind.OWN_BACKUP: (
        "Give the role a backup of its own, or name another one in a row:",
        "Geef de rol zelf een achterwacht, of noem een andere in een rij:",
    ),
    Kind.NO_SOURCE: (
        "Say where it is, or let the agent ask for it with `source: ask`:",
        "Zeg waar het staat, of laat de medewerker het vragen met `source: ask`:",
    ),
    Kind.UNREACHABLE_TOPIC: (
        "Write words or addresses that tell it:",
        "Schrijf woorden of adressen waaraan het te herkennen is:",
    ),
    Kind.MISSING_SKILL: (
        "Give somebody of the role the skill, or ask a lower level.",
        "Geef iemand van de rol de vaardigheid, of vraag een lager niveau.",
    ),
}
_REPAIRS[Kind.NO_BACKUP_MEMBERS] = _REPAIRS[Kind.NO_MEMBERS]
STILL_COUNTS = Text(
    en="It never wins, but keeps wider rows away: give it an `order`, or refine those rows.",
    nl="De rij wint nooit, maar houdt bredere tegen: geef een `order`, of verfijn die rijen.",
)

ROLE_IN_ROW = Text(
    en="Add the right role to the rows that are there for this:",
    nl="Voeg de juiste rol toe aan de rijen die er hiervoor zijn:",
)


def sentence(kind: Kind, **words: object) -> Sentence:
    filled = _filled(*_FINDINGS[kind], words)
    return Sentence(en=filled.en, nl=filled.nl, key=" ".join([kind, *map(_raw, words.values())]))


def _raw(word: object) -> str:
    match word:
        case Named():
            return word.raw
        case Text():
            return word.en
        case _:
            return str(word)


def advice(kind: Kind, **words: object) -> Text:
    return _filled(*_REPAIRS[kind], words)


def _filled(en: str, nl: str, words: Mapping[str, object]) -> Text:
    """A word that differs between the languages is a text itself."""
    english = {name: word.en if isinstance(word, Text) else word for name, word in words.items()}
    dutch = {name: word.nl if isinstance(word, Text) else word for name, word in words.items()}
    return Text(en=en.format_map(english), nl=nl.format_map(dutch))


_DAYS = (
    ("Mon", "ma"),
    ("Tue", "di"),
    ("Wed", "wo"),
    ("Thu", "do"),
    ("Fri", "vr"),
    ("Sat", "za"),
    ("Sun", "zo"),
)


def moment(at: datetime, zone: str) -> Text:
    """`Sat 2026-11-28 09:00`, by the clock of that time zone."""
    local = at.astimezone(ZoneInfo(zone))
    en, nl = _DAYS[local.weekday()]
    return Text(en=f"{en} {local:%Y-%m-%d %H:%M}", nl=f"{nl} {local:%Y-%m-%d %H:%M}")
