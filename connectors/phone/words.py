"""What callers and agents hear, in Dutch and English. Pure."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from hub.guide import Days, Openings
from hub.locales import weekdays

LOCALE = {"nl": "nl-NL", "en": "en-GB"}

SAID: Mapping[str, Mapping[str, str]] = {
    "greeting": {
        "nl": "Welkom bij {organisation}.",
        "en": "Welcome to {organisation}.",
    },
    "choice": {"nl": "Voor {title}: toets {key}.", "en": "For {title}, press {key}."},
    "else": {
        "nl": "Voor iets anders: toets 0. U kunt ook zeggen waarover het gaat.",
        "en": "For anything else, press 0. You can also say what it is about.",
    },
    "question": {
        "nl": "Wij willen nog weten: {title}. Zeg het, of toets het in en sluit af met een hekje."
        " Weet u het niet, wacht dan even.",
        "en": "We would like to know: {title}. Say it, or key it in and end with hash. If you do"
        " not know, just wait.",
    },
    "recorded": {
        "nl": "Wij nemen dit gesprek op. Toets 1 als u dat niet wilt.",
        "en": "We record this call. Press 1 if you do not want that.",
    },
    "again": {"nl": "Die keuze is er niet.", "en": "That is not one of the choices."},
    "connecting": {
        "nl": "U wordt verbonden met de eerste vrije medewerker.",
        "en": "You are put through to the first free colleague.",
    },
    "place": {"nl": "U bent nummer {place} in de rij.", "en": "You are number {place} in line."},
    "minute": {
        "nl": "U wordt waarschijnlijk binnen een minuut geholpen.",
        "en": "You will probably be helped within a minute.",
    },
    "wait": {
        "nl": "Dat duurt waarschijnlijk {n} minuten.",
        "en": "That will probably take {n} minutes.",
    },
    "star": {
        "nl": "Toets sterretje als u teruggebeld wilt worden.",
        "en": "Press star if you want to be called back.",
    },
    "offer": {
        "nl": "Toets 1 en wij bellen u terug op het nummer waarmee u belt. U houdt uw plaats in de"
        " rij. Of blijf aan de lijn.",
        "en": "Press 1 and we call you back on the number that you call from. You keep your place"
        " in line. Or stay on the line.",
    },
    "promised": {
        "nl": "Wij bellen u terug zodra u aan de beurt bent. Tot ziens.",
        "en": "We call you back when it is your turn. Goodbye.",
    },
    "handled": {
        "nl": "Uw vraag is intussen afgehandeld. Tot ziens.",
        "en": "Your question has been dealt with meanwhile. Goodbye.",
    },
    "hold": {
        "nl": "Een ogenblik, u bent in de wacht gezet.",
        "en": "One moment, you are on hold.",
    },
    "through": {"nl": "U wordt doorverbonden.", "en": "You are put through."},
    "back": {
        "nl": "Doorverbinden is niet gelukt. Blijf aan de lijn, u krijgt weer een medewerker.",
        "en": "We could not put you through. Stay on the line for a colleague.",
    },
    "again_soon": {
        "nl": "Een ogenblik, u krijgt weer een medewerker.",
        "en": "One moment, a colleague will be with you again.",
    },
    "passed_on": {
        "nl": "U wordt doorverbonden met een collega.",
        "en": "You are put through to a colleague.",
    },
    "ringing": {
        "nl": "Wij bellen de klant: {number}.",
        "en": "Calling the customer: {number}.",
    },
    "calls": {"nl": "U wordt gebeld door {organisation}.", "en": "{organisation} is calling you."},
    "consulted": {
        "nl": "{name} wil u spreken over een klant, die in de wacht staat.",
        "en": "{name} wants to talk with you about a customer, who is on hold.",
    },
    "closed": {"nl": "Wij zijn nu gesloten.", "en": "We are closed now."},
    "week": {"nl": "Wij zijn open op {week}.", "en": "We are open on {week}."},
    "opens": {
        "nl": "Wij zijn er weer op {day} om {time}.",
        "en": "We are back on {day} at {time}.",
    },
    "record": {
        "nl": "Spreek na de toon uw naam en uw vraag in. Toets hekje als u klaar bent.",
        "en": "Leave your name and your question after the tone. Press hash when you are done.",
    },
    "thanks": {
        "nl": "Dank u wel. Wij nemen contact met u op. Tot ziens.",
        "en": "Thank you. We will be in touch. Goodbye.",
    },
    "nothing": {
        "nl": "Er is niets ingesproken. Tot ziens.",
        "en": "There was no message. Goodbye.",
    },
    "gone": {
        "nl": "De beller heeft opgehangen.",
        "en": "The caller has hung up.",
    },
    "called": {"nl": "Belde ons.", "en": "Called us."},
    "called_about": {"nl": "Belde ons over: {title}.", "en": "Called us about: {title}."},
    "voicemail": {"nl": "Ingesproken bericht", "en": "Voice message"},
}

_FROM_TO = {"nl": "{first} tot en met {last}", "en": "{first} to {last}"}
_BETWEEN = {"nl": "van {start} tot {end}", "en": "from {start} to {end}"}
_AND = {"nl": " en ", "en": " and "}


def say(what: str, language: str, **values: object) -> str:
    return SAID[what][language].format(**values)


def hours(openings: Openings, language: str) -> list[str]:
    """When we are open, in sentences."""
    week = [_days(one, language) for one in openings.week if one.spans]
    said = [say("week", language, week="; ".join(week))] if week else []
    if openings.opens_at is not None:
        at = openings.opens_at.astimezone(ZoneInfo(openings.time_zone))
        day = weekdays(language)[at.weekday()]
        said.append(say("opens", language, day=day, time=_time(at.strftime("%H:%M"))))
    return said


def _days(days: Days, language: str) -> str:
    names = weekdays(language)
    first, last = names[days.first], names[days.last]
    which = first if first == last else _FROM_TO[language].format(first=first, last=last)
    spans = [_span(one, language) for one in days.spans]
    return f"{which} {_AND[language].join(spans)}"


def _span(span: str, language: str) -> str:
    start, _, end = span.partition("-")
    return _BETWEEN[language].format(start=_time(start), end=_time(end))


def _time(written: str) -> str:
    """As it is said: 8:30."""
    return written.removeprefix("0")
