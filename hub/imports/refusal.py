"""Why a row is not taken, and what to do about it, in both languages."""

from hub.errors import LoketError, Rejected

_TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "empty": {
        "en": ("Nothing stands here.", "Fill it in."),
        "nl": ("Hier staat niets.", "Vul het in."),
    },
    "too_long": {
        "en": ("This is longer than {most} characters.", "Make it shorter."),
        "nl": ("Dit is langer dan {most} tekens.", "Maak het korter."),
    },
    "formula": {
        "en": ("A formula stands here; it is not run.", "Write its outcome instead."),
        "nl": ("Hier staat een formule; die wordt niet uitgevoerd.", "Schrijf de uitkomst."),
    },
    "cells": {
        "en": (
            "This row has more cells than there are columns.",
            "Put text with {sign} in quotes.",
        ),
        "nl": (
            "Deze rij heeft meer cellen dan er kolommen zijn.",
            "Zet tekst met {sign} tussen aanhalingstekens.",
        ),
    },
    "quote_open": {
        "en": (
            "A quotation mark is not closed within {most} characters.",
            "Close it, or write one within a cell twice.",
        ),
        "nl": (
            "Een aanhalingsteken is niet binnen {most} tekens gesloten.",
            "Sluit het, of schrijf er een binnen een cel dubbel.",
        ),
    },
    "quote_behind": {
        "en": (
            "Behind a quotation mark that closes stands “{value}”.",
            "Write a quotation mark within a cell twice, and close each that opens one.",
        ),
        "nl": (
            "Achter een sluitend aanhalingsteken staat “{value}”.",
            "Schrijf een aanhalingsteken binnen een cel dubbel, en sluit elk dat er een opent.",
        ),
    },
    "date": {
        "en": ("“{value}” is no date.", "Write it as 2026-11-30 or 30-11-2026."),
        "nl": ("“{value}” is geen datum.", "Schrijf 2026-11-30 of 30-11-2026."),
    },
    "time": {
        "en": ("“{value}” is no moment.", "Write it as 2026-11-30 14:05."),
        "nl": ("“{value}” is geen tijdstip.", "Schrijf 2026-11-30 14:05."),
    },
    "order_of_days": {
        "en": ("This is before {other}.", "Put the two right."),
        "nl": ("Dit ligt voor {other}.", "Zet de twee goed."),
    },
    "amount": {
        "en": ("“{value}” is no amount in {currency}.", "Write it as 1234.50 or 1234,50."),
        "nl": ("“{value}” is geen bedrag in {currency}.", "Schrijf 1234,50 of 1234.50."),
    },
    "number": {
        "en": ("“{value}” is no number.", "Write it as 1234.5."),
        "nl": ("“{value}” is geen getal.", "Schrijf 1234,5."),
    },
    "number_two_ways": {
        "en": ("“{value}” can be read in two ways.", "Leave signs between thousands out."),
        "nl": (
            "“{value}” is op twee manieren te lezen.",
            "Laat het teken tussen duizendtallen weg.",
        ),
    },
    "web": {
        "en": ("“{value}” is no web address.", "Write it as https://example.org/page."),
        "nl": ("“{value}” is geen webadres.", "Schrijf https://example.org/pagina."),
    },
    "whole": {
        "en": ("“{value}” is no whole number from {least} to {most}.", "Write digits alone."),
        "nl": ("“{value}” is geen heel getal van {least} tot {most}.", "Schrijf alleen cijfers."),
    },
    "choice": {
        "en": ("“{value}” is none of: {choices}.", "Write one of these."),
        "nl": ("“{value}” is geen van: {choices}.", "Schrijf een van deze."),
    },
    "mail": {
        "en": ("“{value}” is no mail address.", "Write one address, such as jan@example.org."),
        "nl": ("“{value}” is geen mailadres.", "Schrijf één adres, zoals jan@example.org."),
    },
    "phone": {
        "en": (
            "“{value}” is no phone number.",
            "Write it with its country, such as +31 30 123 4567.",
        ),
        "nl": (
            "“{value}” is geen telefoonnummer.",
            "Schrijf het met het land, zoals +31 30 123 4567.",
        ),
    },
    "domain": {
        "en": ("“{value}” is no mail domain.", "Write what comes after the @."),
        "nl": ("“{value}” is geen maildomein.", "Schrijf wat na de @ komt."),
    },
    "currency": {
        "en": ("“{value}” is no currency.", "Write three letters, such as EUR."),
        "nl": ("“{value}” is geen valuta.", "Schrijf drie letters, zoals EUR."),
    },
    "unknown_customer": {
        "en": ("No customer is known by “{value}”.", "Import the customer first, or correct it."),
        "nl": (
            "Er is geen klant bekend als “{value}”.",
            "Importeer eerst de klant, of verbeter het.",
        ),
    },
    "unknown_order": {
        "en": ("No order has the number “{value}”.", "Import the order first, or leave it empty."),
        "nl": (
            "Geen bestelling heeft nummer “{value}”.",
            "Importeer eerst de bestelling, of laat het leeg.",
        ),
    },
    "unknown_agreement": {
        "en": ("No agreement has the number “{value}”.", "Import it first, or leave it empty."),
        "nl": ("Geen afspraak heeft nummer “{value}”.", "Importeer die eerst, of laat het leeg."),
    },
    "other_kind": {
        "en": ("This number is that of a {kind}.", "Use the other kind of import."),
        "nl": ("Dit nummer is van een {kind}.", "Gebruik de andere soort import."),
    },
    "not_organisation": {
        "en": ("“{value}” is no organisation.", "Write the number of an organisation."),
        "nl": ("“{value}” is geen organisatie.", "Schrijf het nummer van een organisatie."),
    },
    "point_taken": {
        "en": (
            "“{value}” belongs to the customer {owner}. Nobody is merged by an import.",
            "Leave it out, or find out whose it is.",
        ),
        "nl": (
            "“{value}” is van klant {owner}. Een import voegt niemand samen.",
            "Laat het weg, of zoek uit van wie het is.",
        ),
    },
    "two_customers": {
        "en": (
            "These addresses belong to two customers: {owner} and {other}.",
            "Leave one out, or find out who it is.",
        ),
        "nl": (
            "Deze adressen zijn van twee klanten: {owner} en {other}.",
            "Laat er een weg, of zoek uit wie het is.",
        ),
    },
    "other_customer": {
        "en": ("It is that of another customer.", "Correct the customer or the number."),
        "nl": ("Het is van een andere klant.", "Verbeter de klant of het nummer."),
    },
    "apart": {
        "en": (
            "Other rows stand between those of this number.",
            "Put the rows of one number below each other.",
        ),
        "nl": (
            "Er staan andere rijen tussen die van dit nummer.",
            "Zet de rijen van een nummer onder elkaar.",
        ),
    },
    "many_lines": {
        "en": ("One number has more than {most} rows.", "Take this order in otherwise."),
        "nl": ("Een nummer heeft meer dan {most} rijen.", "Neem deze bestelling anders op."),
    },
    "differs": {
        "en": ("The rows of one number say different things here.", "Make them equal."),
        "nl": ("De rijen van een nummer zeggen hier verschillende dingen.", "Maak ze gelijk."),
    },
    "at_once": {
        "en": ("Somebody changed it at the same moment.", "Run the import again."),
        "nl": ("Iemand wijzigde het op hetzelfde moment.", "Voer de import nog eens uit."),
    },
}
CODES = tuple(_TEXTS)


class Refused(LoketError):
    """A row is not taken: in which column it is wrong, and why."""

    def __init__(self, code: str, column: str, **values: object) -> None:
        self.code = code
        self.column = column
        self.values = {name: str(value)[:100] for name, value in values.items()}
        super().__init__(" ".join(self.said("en")))

    def said(self, language: str) -> tuple[str, str]:
        """What is wrong, and what to do."""
        what, advice = _TEXTS[self.code]["nl" if language == "nl" else "en"]
        return what.format_map(self.values), advice.format_map(self.values)


_BROKEN_OFF = {
    "en": "{name} cannot be read from row {row} on, column {column}: {why} {advice} "
    "What came before is kept.",
    "nl": "{name} is vanaf rij {row} niet te lezen, kolom {column}: {why} {advice} "
    "Wat ervoor kwam is bewaard.",
}


class BrokenOff(Rejected):
    """A file cannot be read further: from which row on, in which column, and why."""

    def __init__(self, name: str, row: int, refusal: Refused) -> None:
        self.name, self.row, self.refusal = name, row, refusal
        super().__init__("unreadable", self.said("en"))

    def said(self, language: str) -> str:
        code = "nl" if language == "nl" else "en"
        why, advice = self.refusal.said(code)
        column = self.refusal.column
        values = {"name": self.name, "row": self.row, "column": column}
        return _BROKEN_OFF[code].format(**values, why=why, advice=advice)
