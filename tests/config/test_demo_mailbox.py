"""The sandbox's mail server and mailbox: take everything, keep it, survive nonsense."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.demo import mailbox as mailbox_module
from config.demo.mailbox import Mailbox
from demo_house import CUSTOMER, House, answer_to, open_house
from hub import clock


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, smtp_port=1) as house:
        yield house


async def test_what_loket_sends_is_kept_per_recipient(house: House, tmp_path: Path) -> None:
    mail = answer_to(CUSTOMER, "Tomorrow, with a file.")
    mail.add_attachment(b"\x00\x01", maintype="application", subtype="pdf", filename="é.pdf")
    await house.deliver(mail, CUSTOMER, "Second@Example.org")
    kept = Mailbox(tmp_path / "sandbox-mail")
    assert {one.address for one in kept.correspondents()} == {CUSTOMER, "second@example.org"}
    [found] = kept.of(CUSTOMER)
    assert found.from_us
    assert found.text == "Tomorrow, with a file."
    assert found.message_id == "<second@vandalenkoffie.example>"
    assert found.files == ("é.pdf",)
    assert await kept.content(found, 0) == b"\x00\x01"


async def test_a_customer_is_named_and_links_to_this_machine_can_be_followed(house: House) -> None:
    ours, theirs = "http://127.0.0.1:8080/portal/link/a_b-c", "http://evil.example/<b>"
    await house.deliver(answer_to(CUSTOMER, f"Press: {ours}\nNot: {theirs}"), CUSTOMER)
    page = await house.text(f"/demo/mail?person={CUSTOMER}")
    assert "<strong>Sanne de Vries</strong>" in page
    assert f'<a href="{ours}">{ours}</a>' in page
    assert "Not: http://evil.example/&lt;b&gt;" in page


async def test_a_mail_with_html_alone_shows_as_text(house: House, tmp_path: Path) -> None:
    mail = answer_to(CUSTOMER, "")
    mail.set_content("<p>Hello <script>alert(1)</script><b>you</b></p>", subtype="html")
    await house.deliver(mail, CUSTOMER)
    [found] = Mailbox(tmp_path / "sandbox-mail").of(CUSTOMER)
    assert found.text == "Hello you"


async def test_nonsense_is_taken_and_shown(house: House) -> None:
    await house.deliver(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\xff", CUSTOMER)
    page = await house.text(f"/demo/mail?person={CUSTOMER}")
    assert "mail-" in page


async def test_stopping_hangs_up_on_who_is_still_connected(house: House) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.demo.sink_port)
    assert (await reader.readline()).startswith(b"220 ")
    await house.demo.stop()
    with pytest.raises(ConnectionError):
        await _read_to_the_end(reader)
    writer.close()


async def _read_to_the_end(reader: asyncio.StreamReader) -> None:
    async with asyncio.timeout(30):
        while await reader.read(1000):
            pass
    raise ConnectionResetError  # closed in good order is as good


async def test_only_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox_module, "MOST_MAILS", 3)
    mailbox = Mailbox(tmp_path)
    for number in range(5):
        await mailbox.add(CUSTOMER, f"Subject: {number}\r\n\r\n".encode(), from_us=False)
    assert [mail.subject for mail in mailbox.of(CUSTOMER)] == ["2", "3", "4"]
    assert len(list(tmp_path.iterdir())) == 3  # noqa: ASYNC240 (three files)


async def test_who_was_answered_last_comes_first(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    await mailbox.add("answered@example.org", b"Subject: a\r\n\r\n", from_us=True)
    await mailbox.add("waiting@example.org", b"Subject: b\r\n\r\n", from_us=False)
    assert [one.address for one in mailbox.correspondents()] == [
        "answered@example.org",
        "waiting@example.org",
    ]


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(raw=st.binary(max_size=400), headers=st.sampled_from(["", "Subject: ", "Date: ", "From: "]))
async def test_any_bytes_can_be_kept_and_read_again(
    tmp_path: Path, raw: bytes, headers: str
) -> None:
    folder = tmp_path / clock.new_id()
    mail = await Mailbox(folder).add(CUSTOMER, headers.encode() + raw, from_us=True)
    again = Mailbox(folder).get(mail.id)
    assert again is not None
    assert again.person == CUSTOMER
