"""The sections of a model that name things: roles, hours, skills, channels and both trees."""

from collections.abc import Mapping

from pydantic import BaseModel

from hub.interaction import Channel
from hub.workshop import Board, Card, Kind
from hub.workshop.vocabulary import TAKEN_BACK
from routing.circles import circle_from
from routing.definition import ChannelUse, Role, Skill, TargetGroup, Topic
from routing.hours.definition import Hours
from routing.recognise import PHRASE_LIMIT, words_of
from routing.workshop import values
from routing.workshop.faults import faults
from routing.workshop.fitting import Notes, Plain, joined
from routing.workshop.names import named

_RULES = ("words", "senders", "accounts", "patterns", "attachments", "events")
DIRECTIONS = ("inbound", "outbound")


class Words:
    def __init__(self, board: Board, names: Mapping[str, str], notes: Notes) -> None:
        self._board = board
        self._names = names
        self._notes = notes
        self.hours = self._hours()

    def roles(self) -> Plain:
        backups = self._backups()
        found: Plain = {}
        for card in self._named(Kind.ROLE):
            entry = self._titled(card)
            if card.id in backups:
                entry["backup"] = self._names[backups[card.id]]
            if card.text("owner"):
                entry["owner"] = card.text("owner")
            self._put_hours(card, entry)
            entry |= {key: card.text(key) for key in ("mode", "choice") if card.text(key)}
            self._add(found, Role, card, entry)
        return found

    def skills(self) -> Plain:
        found: Plain = {}
        for card in self._named(Kind.SKILL):
            self._add(found, Skill, card, self._titled(card))
        return found

    def channels(self) -> Plain:
        found: Plain = {}
        for channel in Channel:
            card = self._board.get(f"{Kind.CHANNEL}.{channel}")
            used = [direction for direction in DIRECTIONS if card.flag(direction)]
            if not used or card.is_gone:
                continue
            entry: Plain = {
                "title": self._notes.titles(card) if card.title("en") else _usual(channel)
            }
            if len(used) < len(DIRECTIONS):
                entry["directions"] = used
            self._put_hours(card, entry)
            if card.text("address"):
                entry["address"] = card.text("address")
            entry = joined(card.fields.get("rest"), entry)
            fitted = self._notes.fitted(ChannelUse, entry, card.id, channel)
            if fitted:
                found[str(channel)] = fitted
        return found

    def target_groups(self) -> Plain:
        found: Plain = {}
        for _, card in self._board.tree(Kind.GROUP):
            if card.id in self._names:
                self._add(found, TargetGroup, card, self._titled(card))
        return found

    def topics(self) -> Plain:
        found: Plain = {}
        cards: dict[str, str] = {}
        for _, card in self._board.tree(Kind.TOPIC):
            if card.id in self._names:
                rules = _rules(card)
                entry = self._titled(card) | ({"rules": rules} if rules else {})
                self._add(found, Topic, card, entry)
                cards[self._names[card.id]] = card.id
        for fault in faults(found):
            rules = found[fault.topic]["rules"]
            shown = rules[fault.kind].pop(fault.number)
            shown = shown["pattern"] if isinstance(shown, dict) else shown
            self._notes.misfit(cards[fault.topic], fault.kind, shown, fault.what_to_do)
        return {name: _without_empty_rules(entry) for name, entry in found.items()}

    def _named(self, kind: Kind) -> list[Card]:
        return [card for card in self._board.of_kind(kind) if card.id in self._names]

    def _titled(self, card: Card) -> Plain:
        entry: Plain = {"title": self._notes.titles(card)}
        if card.title("en", "about"):
            entry["description"] = self._notes.titles(card, "about")
        return entry

    def _add(self, found: Plain, kind: type[BaseModel], card: Card, entry: Plain) -> None:
        name = self._names[card.id]
        entry = joined(card.fields.get("rest"), entry)
        fitted = self._notes.fitted(kind, entry, card.id, name)
        if fitted is not None:
            found[name] = fitted

    def _put_hours(self, card: Card, entry: Plain) -> None:
        name = named(self._names, Kind.HOURS, card.text("hours"))
        if name in self.hours:
            entry["hours"] = name

    def _backups(self) -> dict[str, str]:
        """By role card; one that would close a circle is left out."""
        found: dict[str, str] = {}
        for card in self._named(Kind.ROLE):
            backup = card.text("backup")
            if not named(self._names, Kind.ROLE, backup):
                continue
            if circle_from(card.id, found | {card.id: backup}):
                shown = self._board.get(backup).title("en")
                en, nl = "The backups go in a circle.", "De achterwachten lopen rond."
                self._notes.misfit(card.id, "backup", shown, en, nl)
            else:
                found[card.id] = backup
        return found

    def _hours(self) -> Plain:
        found: Plain = {}
        for card in self._named(Kind.HOURS):
            entry: Plain = {"title": self._notes.titles(card), "time_zone": card.text("time_zone")}
            entry["week"] = self._spans(card, "week") or {}
            if card.text("holidays"):
                entry["holidays"] = card.text("holidays")
            exceptions = self._spans(card, "exceptions")
            if exceptions:
                entry["exceptions"] = exceptions
            entry = joined(card.fields.get("rest"), entry)
            fitted = self._notes.fitted(Hours, entry, card.id, self._names[card.id])
            if fitted is not None:
                found[self._names[card.id]] = fitted
        return found

    def _spans(self, card: Card, field: str) -> Plain | None:
        written = card.text(field)
        found = values.week(written) if field == "week" else values.exceptions(written)
        if found is None:
            example = "mon-fri 08:30-17:30" if field == "week" else "2026-12-24 08:30-13:00"
            en, nl = f"Write it like {example}.", f"Schrijf het als {example}."
            self._notes.misfit(card.id, field, written, en, nl)
        return found


def _without_empty_rules(topic: Plain) -> Plain:
    rules = {kind: listed for kind, listed in topic.get("rules", {}).items() if listed}
    kept = {key: value for key, value in topic.items() if key != "rules"}
    return kept | ({"rules": rules} if rules else {})


def _rules(card: Card) -> Plain:
    """A topic for which nobody says how it is recognised is found by its titles."""
    listed = {
        name: (values.patterns if name == "patterns" else values.lines)(card.text(name))
        for name in _RULES
        if card.text(name)
    }
    if listed or isinstance(card.fields.get("rest"), dict):
        listed = {name: lines for name, lines in listed.items() if lines != [TAKEN_BACK]}
        patterns = {"patterns": [_pattern(one) for one in listed.pop("patterns", [])]}
        return {name: lines for name, lines in (listed | patterns).items() if lines}
    titles = dict.fromkeys(card.title(language).casefold() for language in ("en", "nl"))
    words = [title for title in titles if 0 < len(words_of(title)) <= PHRASE_LIMIT]
    return {"words": words} if words else {}


def _pattern(written: str) -> Plain:
    """`VK-##### = order`: how the number is written, and what it refers to."""
    pattern, _, reference = (part.strip() for part in written.partition("="))
    return {"pattern": pattern} | ({"reference": reference} if reference else {})


CHANNEL_TITLES: Mapping[Channel, tuple[str, str]] = {
    Channel.EMAIL: ("E-mail", "E-mail"),
    Channel.PHONE: ("Phone", "Telefoon"),
    Channel.SMS: ("Text message", "Sms"),
    Channel.WHATSAPP: ("WhatsApp", "WhatsApp"),
    Channel.CHAT: ("Chat", "Chat"),
    Channel.PORTAL: ("Customer portal", "Klantportaal"),
    Channel.PARTNER: ("Partner", "Partner"),
    Channel.MANUAL: ("Letter or visit", "Brief of bezoek"),
}


def _usual(channel: Channel) -> Plain:
    en, nl = CHANNEL_TITLES.get(channel, (str(channel), str(channel)))
    return {"en": en, "nl": nl}
