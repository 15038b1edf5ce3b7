"""A mail through the worker pool, poison included, and from there to an arrival."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

import isolated_jobs
from connectors.email.arrival import arrival_of
from connectors.email.mail import MailFile, ParsedMail, ReadOptions
from connectors.email.parse import parse_mail
from connectors.email.parsing.addresses import Mailbox
from connectors.email.reading import MailReader
from hub.interaction import Channel, Verification
from hub.isolation import Workers

NOW = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
RAW = b"From: Jan <jan@klant.example>\nSubject: Vraag\nMessage-ID: <1@klant.example>\n"


def spool(raw: bytes, folder: Path) -> tuple[Path, ReadOptions]:
    path = folder / "raw.eml"
    path.write_bytes(raw)
    return path, ReadOptions(blobs=folder / "blobs")


async def test_a_worker_reads_as_the_function_does(tmp_path: Path) -> None:
    path, options = spool(RAW + b"\nHoi.", tmp_path)
    async with Workers(1) as workers:
        assert await MailReader(workers).read(path, options) == parse_mail(path, options)


async def test_a_mail_whose_layout_kills_its_reader_is_shown_without(tmp_path: Path) -> None:
    html = b"<p><b>Hoi</b></p>" * 24_000
    path, options = spool(RAW + b"Content-Type: text/html\n\n" + html, tmp_path)
    options = replace(options, problem="said before")
    async with await workers_with(12 << 20) as workers:
        mail = await MailReader(workers).read(path, options)
    assert mail.sender == Mailbox("jan@klant.example", "Jan")
    assert mail.text.startswith("Hoi")
    assert mail.html == ""
    assert mail.problem.startswith("said before; reading it ")
    assert "shown without its layout" in mail.problem


async def test_a_mail_that_kills_every_reader_is_shown_as_it_came(tmp_path: Path) -> None:
    path, options = spool(RAW + b"\n" + b"Hoi. " * 800_000, tmp_path)
    async with await workers_with(6 << 20) as workers:
        mail = await MailReader(workers).read(path, options)
    assert mail.text.startswith("From: Jan")
    assert "too much memory: only its beginning is shown, as it came" in mail.problem


async def test_mails_that_lose_their_worker_together_are_read_one_by_one(tmp_path: Path) -> None:
    options = ReadOptions(blobs=tmp_path / "blobs")
    raws = [RAW + f"\nNumber {number}.".encode() for number in range(5)]
    async with Workers(1) as workers:
        reader = MailReader(workers)
        calm = await asyncio.gather(*(reader.read(raw, options) for raw in raws))
        for child in psutil.Process().children():
            if "hub.isolation_worker" in child.cmdline():
                child.kill()
        lost = await asyncio.gather(*(reader.read(raw, options) for raw in raws))
    assert [mail.text for mail in calm] == [f"Number {number}." for number in range(5)]
    assert lost == calm


async def test_of_mails_read_together_each_is_told_what_the_disk_said(tmp_path: Path) -> None:
    good = ReadOptions(blobs=tmp_path / "blobs")
    bad = ReadOptions(blobs=tmp_path / "in the way")
    bad.blobs.write_text("")
    raw = RAW + b"Content-Type: application/pdf\n\n%PDF"
    async with Workers(1) as workers:
        reader = MailReader(workers)
        jobs = [reader.read(raw, options) for options in (good, bad, good, bad)]
        results = await asyncio.gather(*jobs, return_exceptions=True)
    assert [isinstance(result, OSError) for result in results] == [False, True, False, True]


async def workers_with(memory: int) -> Workers:
    """One worker that may take this much more than it needs to start."""
    preload = ("connectors.email.parse",)
    async with Workers(1, preload=preload) as workers:
        needed = await workers.run(isolated_jobs.address_space)
    return Workers(1, memory=needed + memory, preload=preload)


async def test_a_disk_that_fails_is_not_the_fault_of_the_mail(tmp_path: Path) -> None:
    path, options = spool(RAW, tmp_path)
    async with Workers(1) as workers:
        with pytest.raises(FileNotFoundError):
            await MailReader(workers).read(path.with_name("gone"), options)


MAIL = ParsedMail(
    message_id="1@klant.example",
    raw_sha256="ab" * 32,
    size=3,
    fingerprint="f00d",
    references=("0@winkel.example",),
    sent_at=NOW - timedelta(minutes=5),
    sender=Mailbox("jan@klant.example", "Jan"),
    reply_to=(Mailbox("jan@thuis.example"),),
    to=(Mailbox("service@winkel.example"),),
    cc=(Mailbox("piet@klant.example"), Mailbox("service@winkel.example")),
    subject="Vraag",
    text="Hoi",
    attachments=(MailFile("a.pdf", "application/pdf", 3, "cd" * 32),),
    tokens=("first", "second"),
    markers=("marker",),
    number=12,
    verification=Verification.VERIFIED,
)


def test_an_arrival_says_what_the_mail_said() -> None:
    arrival = arrival_of(MAIL, account="service@winkel.example", received_at=NOW)
    assert arrival.channel is Channel.EMAIL
    assert arrival.external_id == "1@klant.example f00d"
    assert arrival.sender.key == "email:jan@klant.example"
    assert [party.value for party in arrival.recipients] == [
        "service@winkel.example",
        "piet@klant.example",
    ]
    assert arrival.occurred_at == MAIL.sent_at
    assert arrival.thread.token == "first"
    assert arrival.thread.marker == "marker"
    assert arrival.thread.number == 12
    assert arrival.thread.references == ("0@winkel.example",)
    assert arrival.thread.own == ("1@klant.example",)
    assert arrival.details == {
        "message_id": "1@klant.example",
        "reply_to": "jan@thuis.example",
        "cc": "piet@klant.example, service@winkel.example",
    }
    (attachment,) = arrival.attachments
    assert (attachment.filename, attachment.size) == ("a.pdf", 3)


@pytest.mark.parametrize(("sent_at", "undated"), [(None, "1"), (NOW + timedelta(hours=3), None)])
def test_a_mail_is_never_from_after_its_receipt(
    sent_at: datetime | None, undated: str | None
) -> None:
    arrival = arrival_of(replace(MAIL, sent_at=sent_at), account="a@b.example", received_at=NOW)
    assert arrival.occurred_at == NOW
    assert arrival.details.get("undated") == undated
    assert arrival.problem == ""


def test_two_nameless_senders_are_not_one_customer() -> None:
    mails = (replace(MAIL, sender=Mailbox(""), raw_sha256=digit * 64) for digit in "12")
    senders = {arrival_of(m, account="a@b.example", received_at=NOW).sender.value for m in mails}
    assert senders == {f"unknown-{digit * 16}@sender.invalid" for digit in "12"}


def test_one_message_id_on_two_different_mails_is_not_a_duplicate(tmp_path: Path) -> None:
    texts = (b"\nOne", b"\nTwo", b"\nTwo")
    mails = [parse_mail(*spool(RAW + text, tmp_path)) for text in texts]
    ids = [arrival_of(m, account="a@b.example", received_at=NOW).external_id for m in mails]
    assert ids[0] != ids[1]
    assert ids[1] == ids[2]


def test_the_road_a_mail_took_does_not_make_it_another(tmp_path: Path) -> None:
    path, options = spool(RAW + b"\nHoi.", tmp_path)
    first = parse_mail(path, options)
    path, options = spool(b"Received: by another server\n" + RAW + b"\nHoi.", tmp_path)
    second = parse_mail(path, options)
    assert first.raw_sha256 != second.raw_sha256
    assert first.fingerprint == second.fingerprint


MEASURE = """
import resource, sys
from pathlib import Path
from connectors.email.mail import ReadOptions
from connectors.email.parse import parse_mail

small, large, blobs = map(Path, sys.argv[1:])
parse_mail(small, ReadOptions(blobs=blobs))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
mail = parse_mail(large, ReadOptions(blobs=blobs))
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) * 1024, sum(file.size for file in mail.attachments), mail.problem)
"""


@pytest.mark.parametrize("shape", ["base64", "quoted-printable", "8bit", "text", "html", "header"])
def test_a_mail_of_25_megabytes_is_never_held_thrice(shape: str, tmp_path: Path) -> None:
    small, _ = spool(RAW + b"\nHoi.", tmp_path)
    large = tmp_path / "large.eml"
    size = _write_large(large, shape)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command: list[str | Path] = [sys.executable, "-c", MEASURE, small, large, tmp_path / "blobs"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    grown = int(done.stdout.split()[0])
    assert grown < 3 * size


def _write_large(path: Path, shape: str) -> int:
    bodies = {
        "base64": b"QUJD" * 19 + b"\n",
        "quoted-printable": b"=C3=A9" * 12 + b"=\n",
        "8bit": b"\xc3\xa9" * 30_000 + b"\n",
        "text": b"Een gewone regel tekst.\n",
        "html": b"<p>Een gewone regel tekst.</p>\n",
        "header": b"References: " + b"<12345@klant.example> " * 40_000 + b"\n",
    }
    kinds = {"text": b"text/plain", "html": b"text/html"}
    with path.open("wb") as file:
        if shape != "header":
            file.write(b"Content-Type: " + kinds.get(shape, b"image/png") + b"\n")
            file.write(b"Content-Transfer-Encoding: " + shape.encode() + b"\n\n")
        piece = bodies[shape]
        for _ in range(25_000_000 // len(piece)):
            file.write(piece)
        return file.tell()
