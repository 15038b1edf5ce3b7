"""What lies on a row: information, results with their choices, steps and authority."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from hub.workshop import Board, Card, Kind
from routing.entry import Named
from routing.moment import Authority, Information, Result, Step
from routing.workshop import values
from routing.workshop.fitting import Notes, Plain, joined
from routing.workshop.names import has_title, named, unique

_WHEN = ("before", "during", "after")
_TIME_EN, _TIME_NL = "Write a time like 30m, 4h or 2d.", "Schrijf een tijd als 30m, 4u of 2d."
_MODELS: Mapping[Kind, type[BaseModel]] = {
    Kind.INFO: Information,
    Kind.RESULT: Result,
    Kind.CHOICE: Named,
    Kind.STEP: Step,
    Kind.AUTHORITY: Authority,
}


class Parts:
    def __init__(self, board: Board, names: Mapping[str, str], notes: Notes) -> None:
        self._board = board
        self._names = names
        self._notes = notes

    def listed(self, kind: Kind, of: str) -> list[Plain]:
        """The cards that lie on another, as a list of the model."""
        return self._made(kind, self._board.parts(kind, of))

    def steps(self, row: Card) -> Plain:
        cards = self._board.parts(Kind.STEP, row.id)
        found: Plain = {}
        for when in _WHEN:
            own = [card for card in cards if (card.text("when") or "during") == when]
            parts = self._made(Kind.STEP, own)
            if parts or row.flag(f"no_{when}"):
                found[when] = parts
        return found

    def role(self, card: Card, field: str) -> str:
        """The name of a role; empty where none is written, or one that is gone."""
        written = card.text(field)
        name = named(self._names, Kind.ROLE, written)
        if written and not name:
            en, nl = "This role is gone.", "Deze rol is er niet meer."
            self._notes.misfit(card.id, field, self._board.get(written).title("en"), en, nl)
        return name

    def time(self, card: Card, field: str) -> str:
        written = card.text(field)
        found = values.duration(written) if written else ""
        if found is None:
            self._notes.misfit(card.id, field, written, _TIME_EN, _TIME_NL)
        return found or ""

    def _made(self, kind: Kind, cards: Sequence[Card]) -> list[Plain]:
        cards = [card for card in cards if has_title(card)]
        names = unique(cards)
        made = []
        for card in cards:
            entry = joined(card.fields.get("rest"), self._entry(kind, card))
            if kind is not Kind.AUTHORITY:
                entry = {"name": names[card.id], "title": self._notes.titles(card)} | entry
            fitted = self._notes.fitted(_MODELS[kind], entry, card.id)
            if fitted is not None:
                made.append(fitted)
        return made

    def _entry(self, kind: Kind, card: Card) -> Plain:
        match kind:
            case Kind.INFO:
                field = card.text("field")
                source = {"source": card.text("source") or "ask"}
                return source | ({"field": field} if field else {})
            case Kind.RESULT:
                choices = self.listed(Kind.CHOICE, card.id)
                return {"choices": choices} if choices else {}
            case Kind.STEP:
                return self._step(card)
            case Kind.AUTHORITY:
                return self._authority(card)
            case _:
                return {}

    def _step(self, card: Card) -> Plain:
        entry: Plain = {"blocking": True} if card.flag("blocking") else {}
        who = self.role(card, "who")
        if who:
            entry["who"] = who
        if card.title("en", "aid"):
            entry["aid"] = self._notes.titles(card, "aid")
        return entry

    def _authority(self, card: Card) -> Plain:
        entry = self._notes.titles(card)
        written = card.text("limits")
        limits = values.limits(written) if written else {}
        if limits is None:
            en, nl = "Write it like: refund_eur 50.", "Schrijf het als: refund_eur 50."
            self._notes.misfit(card.id, "limits", written, en, nl)
        elif limits:
            entry["limits"] = limits
        approver = self.role(card, "approver")
        if approver:
            entry["approver"] = approver
            within = self.time(card, "within")
            if within:
                entry["within"] = within
        return entry
