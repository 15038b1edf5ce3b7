"""Mails as the world sends them: each sample with what must come out of it."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.email.mail import ParsedMail, ReadOptions
from connectors.email.parse import parse_mail
from connectors.email.parsing.addresses import Mailbox
from hub.interaction import Automatic, Bounce, Verification
from hub.store import Blobs

SAMPLES = Path(__file__).parent / "samples" / "mails"
TRUSTED = ("mx.winkel.example",)

# Only what a sample is about is said; "files" are (name, type, content, inline).
EXPECTED: dict[str, dict[str, Any]] = {
    "gmail_nl_reply": {
        "message_id": "CAF+Xy1z@mail.google.example",
        "references": (
            "answer.2@winkel.example",
            "CAF+old@mail.google.example",
            "first.1@winkel.example",
        ),
        "sender": Mailbox("jan.devries@klant.example", "Jan de Vriës"),
        "subject": "Re: [#10042] Bestelling te laat € 25 terug?",
        "text": "Beste mensen,\n\nMijn bestelling is nog niet binnen. Krijg ik € 25 terug?\n\n"
        "Groet,\nJan",
        "sent_at": datetime(2026, 11, 3, 9, 12, tzinfo=UTC),
        "tokens": ("abcdefghijklmnopqrstuvwxyz234567",),
        "markers": ("0192f3a0-0000-7000-8000-000000000001.abcdefghijklmnopqrstuvwx",),
        "number": 10042,
        "verification": Verification.VERIFIED,
        "automatic": Automatic.NO,
        "problem": "",
        "files": [],
    },
    "outlook_en_inline_image": {
        "message_id": "AM0PR0102MB1234ABCDEF0123456789"
        "@AM0PR0102MB1234.eurprd01.prod.outlook.example",
        "sender": Mailbox("pete.jansen@company.example", "Jansen, Pete (Purchasing)"),
        "to": (Mailbox("service@shop.example", "service@shop.example"),),
        "cc": (
            Mailbox("anna.smith@company.example", "Anna Smith"),
            Mailbox("bob@company.example", "Bob, Jr."),
        ),
        "text": "Hi,\n\nThe invoice you asked for is attached \N{EN DASH} see page 2.\n\n"
        "Kind regards,\nPete\n\n[cid:image001.png@01DA0000.00000000]",
        "quoted": "From: Service <service@shop.example>\nSent: Monday, November 2, 2026 4:05 PM\n"
        "To: Jansen, Pete <pete.jansen@company.example>\nSubject: Invoice 2026-118\n\n"
        "Could you send us the invoice?",
        "html_has": ['<img width="120" height="40" alt="Company logo" data-cid="image001.png@'],
        "verification": Verification.UNVERIFIED,
        "files": [
            ("image001.png", "image/png", None, True),
            ("Invoice 2026-118.pdf", "application/pdf", b"%PDF-1.4\n", False),
        ],
    },
    "apple_mail_nl_attachment_between": {
        "text": "Hoi,\n\nZie de foto: de doos was open.\n\n\n\nKunnen jullie een nieuwe sturen?\n\n"
        "Sanne",
        "html_has": ["de doos was open", "Kunnen jullie een nieuwe sturen?"],
        "files": [("föto doos \N{EN DASH} open.jpg", "image/jpeg", None, True)],
    },
    "exchange_nl_latin1": {
        "sender": Mailbox("rene@bedrijf.example", "René van Dijk"),
        "subject": "Klacht over café 'De Zoën'",
        "text": "Geïnteresseerd in uw reactie. Kosten: € 12,50.",
        "problem": "its header was decoded with doubt",
    },
    "japanese_iso2022jp": {
        "sender": Mailbox("taro@jp.example", "佐藤太郎"),
        "subject": "注文について",
        "text": "注文番号は123です。",
        "problem": "",
    },
    "chinese_gb2312": {
        "sender": Mailbox("lilei@cn.example", "李雷"),
        "subject": "订单朱镕基",
        "text": "我的订单还没到\N{FULLWIDTH COMMA}朱镕基。",
        "problem": "",
    },
    "thunderbird_de_forwarded_as_attachment": {
        "sender": Mailbox("juergen@kunde.example", "Jürgen Müller"),
        "text": "Gilt das Angebot für 100 Stück noch?\n\n-- \nJürgen Müller\nMüller GmbH",
        "automatic": Automatic.NO,
        "files": [("Angebot.eml", "message/rfc822", None, False)],
    },
    "dsn_postfix_failed": {
        "automatic": Automatic.BOUNCE,
        "bounce": Bounce(
            message_id="answer.77@winkel.example",
            recipient="weg@klant.example",
            permanent=True,
            status="5.1.1",
            diagnostic="smtp; 550 5.1.1 <weg@klant.example>: Recipient address rejected: "
            "User unknown",
        ),
    },
    "dsn_exchange_delayed": {
        "automatic": Automatic.BOUNCE,
        "bounce": Bounce(
            message_id="answer.78@shop.example",
            recipient="pete@company.example",
            permanent=False,
            status="4.4.7",
            diagnostic="smtp;400 4.4.7 Message delayed",
        ),
    },
    "dsn_delivered": {"automatic": Automatic.GENERATED, "bounce": None},
    "dsn_qmail": {
        "automatic": Automatic.BOUNCE,
        "bounce": Bounce(
            message_id="answer.79@winkel.example",
            recipient="weg@old.example",
            permanent=True,
            status="5.1.1",
            diagnostic="550 5.1.1 no mailbox here by that name",
        ),
    },
    "dsn_exim": {
        "automatic": Automatic.BOUNCE,
        "bounce": Bounce(
            message_id="answer.80@winkel.example",
            recipient="vol@provider.example",
            permanent=False,
            status="4.2.2",
            diagnostic="452 4.2.2 mailbox full",
        ),
    },
    "out_of_office_nl": {
        "automatic": Automatic.REPLY,
        "text": "Ik ben afwezig tot en met 9 november. Voor spoed: René.",
        "references": ("answer.81@winkel.example",),
    },
    "vacation_reply_sieve": {"automatic": Automatic.REPLY, "bounce": None},
    "newsletter_html_only": {
        "automatic": Automatic.BULK,
        "text": "November\n\nBekijk onze acties.\n\n- Koffie\n- Thee\n\nKop koffie",
        "html_has": [
            'data-remote-src="https://nieuws.groothandel.example/kop.jpg"',
            'href="https://groothandel.example/acties?x=1&amp;y=2"',
            'target="_blank"',
            'rel="noopener noreferrer"',
        ],
        "html_lacks": [" src=", "open.gif", "Verborgen", "style", "onclick", "bg.png", "Nieuws"],
    },
    "html_attack": {
        "subject": "<script>alert(1)</script>",
        "html_has": ["<p>Hallo</p>", 'data-remote-src="https://evil.example/pixel.png"'],
    },
    "dmarc_fail": {"verification": Verification.FAILED},
    "forged_verdict": {"verification": Verification.UNVERIFIED},
    "two_senders": {
        "sender": Mailbox("mallory@evil.example", "Mallory"),
        "verification": Verification.UNVERIFIED,
        "problem": "it names its sender more than once: the first is shown, and may be false",
    },
    "nothing_but_text": {
        "sent_at": None,
        "text": "Alleen tekst.",
        "references": (),
        "problem": "",
    },
    "unknown_charset": {
        "subject": "nuqneh [#77]",
        "text": "Qapla\N{RIGHT SINGLE QUOTATION MARK}! Café.",
        "number": 77,
        "problem": "decoded with doubt: some characters may be wrong",
    },
    "calendar_invitation": {
        "text": "Shall we meet on Thursday?",
        "html": "<p>Shall we meet on Thursday?</p>",
        "files": [("invitation.ics", "text/calendar", b"BEGIN:VCALENDAR\nEND:VCALENDAR", False)],
    },
    "tnef_winmail": {
        "text": "See attached.",
        "files": [("winmail.dat", "application/ms-tnef", None, False)],
    },
    "read_receipt": {"automatic": Automatic.GENERATED, "bounce": None},
    "contact_form": {
        "sender": Mailbox("formulier@winkel.example", "Website winkel"),
        "reply_to": (Mailbox("klaas@klant.example", "Klaas Klant"),),
        "automatic": Automatic.NO,
    },
    "smime_encrypted": {
        "text": "",
        "problem": "the mail is encrypted: its text cannot be shown here",
        "files": [("smime.p7m", "application/pkcs7-mime", None, False)],
    },
    "file_names": {
        "files": [
            ("reçu van de winkel.pdf", "application/pdf", b"a", False),
            ("élève.txt", "application/octet-stream", b"b", False),
            ("etc_passwd", "application/octet-stream", b"c", False),
            ("invoicefdp.exe", "application/octet-stream", b"d", False),
            ("C_Users_anna_doc;1.txt", "application/octet-stream", b"e", False),
            ("image.png", "image/png", b"f", False),
            ("message.eml", "message/rfc822", b"Subject: inner\n\ng", False),
        ]
    },
}


def parse(name: str, folder: Path, line_end: bytes = b"\n") -> ParsedMail:
    raw = (SAMPLES / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", line_end)
    path = folder / "raw.eml"
    path.write_bytes(raw)
    return parse_mail(path, ReadOptions(blobs=folder / "blobs", trusted=TRUSTED))


@pytest.mark.parametrize("name", EXPECTED)
def test_sample(name: str, tmp_path: Path) -> None:
    mail = parse(name, tmp_path)
    expected = dict(EXPECTED[name])
    for text in expected.pop("html_has", []):
        assert text in mail.html
    for text in expected.pop("html_lacks", []):
        assert text not in mail.html
    if "files" in expected:
        assert_files(mail, expected.pop("files"), Blobs(tmp_path / "blobs"))
    assert {field: getattr(mail, field) for field in expected} == expected


def assert_files(mail: ParsedMail, expected: list[Any], blobs: Blobs) -> None:
    found = [(file.filename, file.content_type, file.inline) for file in mail.attachments]
    assert found == [(name, kind, inline) for name, kind, _, inline in expected]
    for file, (_, _, content, _) in zip(mail.attachments, expected, strict=True):
        stored = blobs.path(file.sha256).read_bytes()
        assert file.size == len(stored)
        assert content is None or stored == content


@pytest.mark.parametrize("name", EXPECTED)
def test_line_ends_make_no_difference(name: str, tmp_path: Path) -> None:
    """Files come out as they went in, so a text file keeps the line ends that it came with."""
    mails = [asdict(parse(name, tmp_path, line_end)) for line_end in (b"\n", b"\r\n")]
    for mail in mails:
        for field in ("raw_sha256", "size", "attachments", "fingerprint"):
            del mail[field]
        if mail["message_id"].endswith("@missing.invalid"):
            del mail["message_id"]
    assert mails[0] == mails[1]


def test_every_sample_is_expected() -> None:
    assert {path.stem for path in SAMPLES.glob("*.eml")} == set(EXPECTED)
