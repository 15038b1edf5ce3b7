"""Which mails a machine wrote."""

import pytest

from connectors.email.parsing.automatic import classify, has_null_sender
from connectors.email.parsing.fields import Fields
from hub.interaction import Automatic

NO, REPLY, GENERATED, BULK = Automatic.NO, Automatic.REPLY, Automatic.GENERATED, Automatic.BULK


def kind(
    field: str = "", *, sender: str = "jan@klant.example", subject: str = "Vraag"
) -> Automatic:
    name, _, value = field.partition(":")
    fields = Fields([(name.lower(), value.encode())])
    return classify(fields, sender=sender, subject=subject, is_report=False, null_sender=False)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("", NO),
        ("Auto-Submitted: no", NO),
        ("Auto-Submitted: auto-replied", REPLY),
        ("Auto-Submitted: Auto-Replied; owner-email=x@y", REPLY),
        ("Auto-Submitted: auto-replied (vacation)", REPLY),
        ("Auto-Submitted: auto-generated", GENERATED),
        ("Auto-Submitted: auto-notified", GENERATED),
        ("Precedence: auto_reply", REPLY),
        ("Precedence: bulk", BULK),
        ("Precedence: list", BULK),
        ("Precedence: junk", BULK),
        ("Precedence: first-class", NO),
        ("X-Autoreply: yes", REPLY),
        ("X-Autorespond: x", REPLY),
        ("X-Auto-Response-Suppress: All", GENERATED),
        ("List-Id: <a.example>", BULK),
        ("List-Unsubscribe: <https://a.example>", BULK),
        ("X-Mailer: x", NO),
    ],
)
def test_by_field(field: str, expected: Automatic) -> None:
    assert kind(field) is expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        *(
            (name, GENERATED)
            for name in ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply")
        ),
        *((name, GENERATED) for name in ("mailer-daemon", "postmaster", "bounce", "bounces+x=y")),
        *((name, GENERATED) for name in ("noreply-orders", "niet-beantwoorden", "no.reply")),
        *(
            (name, NO)
            for name in ("jan", "norbert", "reply", "noah.replyer", "info", "postmasters")
        ),
    ],
)
def test_by_sender(local: str, expected: Automatic) -> None:
    assert kind(sender=f"{local}@klant.example") is expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Automatic reply: Your order", REPLY),
        ("Automatisch antwoord: Uw bestelling", REPLY),
        ("Automatische Antwort: Ihre Bestellung", REPLY),
        ("Réponse automatique : Votre commande", REPLY),
        ("Respuesta automática: Su pedido", REPLY),
        ("Out of office: Your order", REPLY),
        ("Over uw automatisch antwoord: klopt dat?", NO),
        ("Out of office hours?", NO),
    ],
)
def test_by_subject(subject: str, expected: Automatic) -> None:
    assert kind(subject=subject) is expected


def test_reports_and_null_senders_are_generated() -> None:
    fields = Fields([])
    for is_report, null_sender in ((True, False), (False, True)):
        found = classify(
            fields, sender="a@b.example", subject="", is_report=is_report, null_sender=null_sender
        )
        assert found is GENERATED


@pytest.mark.parametrize(
    ("return_path", "envelope", "expected"),
    [
        ("<>", None, True),
        ("<a@b.example>", None, False),
        ("", None, False),
        ("<a@b.example>", "", True),
        ("<>", "a@b.example", False),
    ],
)
def test_the_envelope_outranks_the_return_path(
    return_path: str, envelope: str | None, expected: bool
) -> None:
    fields = Fields([("return-path", return_path.encode())])
    assert has_null_sender(fields, envelope) is expected
