"""What the timeline says of a call."""

from types import SimpleNamespace

import pytest

from agent_ui.call_words import call_words
from agent_ui.texts import texts_for
from hub.store import calls


@pytest.mark.parametrize(
    ("details", "english", "dutch"),
    [
        ({"outcome": calls.TALKED, "seconds": "130"}, "Anna talked", "Anna sprak"),
        ({"outcome": calls.MISSED, "seconds": "130"}, "waiting 2 min", "2 min wachten"),
        (
            {"outcome": calls.MISSED, "seconds": "130", "withheld": "yes"},
            "withheld their number",
            "afgeschermd nummer",
        ),
        ({"outcome": calls.CALLBACK, "seconds": "9"}, "called back", "teruggebeld"),
        ({"outcome": calls.HANDLED, "seconds": "9"}, "was resolved", "is opgelost"),
        ({"outcome": calls.UNREACHED, "why": "busy"}, "phone was busy", "was bezet"),
        ({"outcome": calls.UNREACHED, "why": "no_number"}, "in the settings", "instellingen"),
        ({"outcome": calls.UNREACHED, "why": "no-answer"}, "not reached", "niet bereikbaar"),
        ({"outcome": calls.NO_ANSWER, "seconds": "9"}, "in vain", "tevergeefs"),
        ({"outcome": calls.ENDED, "seconds": "9"}, "before the customer", "voordat de klant"),
        (
            {"outcome": calls.PUT_THROUGH, "seconds": "9", "to": "+31201234567"},
            "through to +31201234567",
            "door met +31201234567",
        ),
        (
            {"outcome": calls.TALKED, "seconds": "130", "direction": calls.OUTBOUND},
            "called the customer",
            "belde de klant",
        ),
        (
            {"outcome": calls.UNREACHED, "why": "busy", "direction": calls.OUTBOUND},
            "was not called",
            "niet gebeld",
        ),
        (
            {"outcome": calls.UNREACHED, "why": "busy", "who": "other", "name": "Bob"},
            "Bob was asked to join the call and was busy",
            "Bob is bij het gesprek gevraagd en was in gesprek",
        ),
        (
            {"outcome": calls.UNREACHED, "why": "no_number", "who": "other", "name": "Bob"},
            "could not be called",
            "kon niet worden gebeld",
        ),
        *(
            (
                {"outcome": calls.UNREACHED, "why": why, "who": "outside", "to": "+31201234567"},
                f"Anna put the customer through; +31201234567 {english}, so they came back",
                f"Anna verbond de klant door; +31201234567 {dutch}, dus de klant is terug",
            )
            for why, english, dutch in (
                ("busy", "was busy", "was in gesprek"),
                ("no-answer", "did not answer", "nam niet op"),
                ("canceled", "did not answer", "nam niet op"),
                ("failed", "could not be called", "kon niet worden gebeld"),
            )
        ),
        (
            {"outcome": calls.PASSED_ON, "seconds": "130", "to": "Bob", "role": "billing"},
            "customer, 2 min, and passed them on to Bob",
            "telefoon, 2 min, en verbond door met Bob",
        ),
        (
            {"outcome": calls.PASSED_ON, "seconds": "130", "to": "", "role": "billing"},
            "passed them on to Billing",
            "verbond door met Facturen",
        ),
        (
            {"outcome": calls.UNREACHED, "why": "completed", "who": "holder"},
            "Anna hung up while the customer was on hold",
            "Anna hing op terwijl de klant in de wacht stond",
        ),
        (
            {"outcome": calls.HUNG_UP, "seconds": "9", "to": "+31201234567"},
            "hung up while Anna put them through to +31201234567",
            "hing op terwijl Anna doorverbond met +31201234567",
        ),
    ],
)
def test_each_way_a_call_goes_is_told(details: dict[str, str], english: str, dutch: str) -> None:
    entry = SimpleNamespace(details=details, sender=SimpleNamespace(name="Anna"))
    assert english in call_words(texts_for("en"), entry, {"billing": "Billing"})
    assert dutch in call_words(texts_for("nl"), entry, {"billing": "Facturen"})
