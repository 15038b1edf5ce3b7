"""The demo's pages through HTTP: who may see them, what they send, what they say when it fails."""

import ast
import asyncio
import html
import io
import re
import shlex
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import FormData

from config.demo import example
from config.demo.mail_page import BODY_LIMIT
from config.demo.pages import Pages
from demo_house import CUSTOMER, OURS, TOKEN_ADDRESS, House, open_house, read
from servers.process import free_port
from servers.smtp import SmtpSink

FOLDER = Path(__file__).parents[2] / "config/demo"
LETTER = {"sender": CUSTOMER, "to": OURS, "subject": "Pakket", "text": "Waar blijft het?"}


@pytest.fixture
async def house(tmp_path: Path, smtp_sink: SmtpSink) -> AsyncIterator[House]:
    async with open_house(tmp_path, smtp_sink.port) as house:
        yield house


@pytest.mark.parametrize("path", ["/", "/demo/mail", "/demo/shop", f"/demo/mail?person={CUSTOMER}"])
async def test_pages_run_no_script_but_their_own(house: House, path: str) -> None:
    async with house.client.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        page = await response.text()
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "<style" not in page
    assert not re.search(r" (style|on\w+)=", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


async def test_the_start_page_tells_where_to_mail_and_who_can_sign_in(
    house: House, smtp_sink: SmtpSink
) -> None:
    page = await house.text("/")
    assert f"127.0.0.1:{smtp_sink.port}" in page
    assert OURS in page
    assert "/healthz" in page
    assert "until an agent is available: Shift+P" in page, "the chat says that nobody is there"


async def test_the_command_that_is_shown_sends_a_mail(house: House, smtp_sink: SmtpSink) -> None:
    page = await house.text("/")
    command = re.search(r'data-copy="(python3 [^"]+)"', page)
    assert command
    _, *arguments = shlex.split(html.unescape(command[1]))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    assert await process.wait() == 0
    mail = read((await smtp_sink.next_mail()).content)
    assert (mail["To"], mail["Subject"]) == (OURS, "Where is my parcel?")


async def test_a_name_that_was_made_to_point_here_sees_nothing(house: House) -> None:
    """Else any web site could read the passwords (DNS rebinding)."""
    async with house.client.get("/", headers={"Host": "evil.example"}) as response:
        assert response.status == 403
    async with house.client.get("/", headers={"Host": "localhost:8080"}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
async def test_forms_of_other_sites_are_refused(
    house: House, smtp_sink: SmtpSink, headers: dict[str, str]
) -> None:
    async with house.client.post("/demo/mail", data=LETTER, headers=headers) as response:
        assert response.status == 403
    assert smtp_sink.mails == []


async def test_the_language_follows_the_browser_and_the_switch(house: House) -> None:
    async with house.client.get("/", headers={"Accept-Language": "nl"}) as response:
        assert "Loket draait" in await response.text()
    async with house.client.get("/demo/mail?person=a%40b.example&language=nl") as response:
        assert str(response.url).endswith("/demo/mail?person=a@b.example")
        assert "Postvak van de klanten" in await response.text()
    assert "Loket draait" in await house.text("/")


async def test_the_suggested_mail_can_be_sent_as_it_is(house: House, smtp_sink: SmtpSink) -> None:
    page = await house.text("/demo/mail")
    sender = re.search(r'<option value="([^"]+)" selected>', page)
    subject = re.search(r'name="subject" value="([^"]+)"', page)
    text = re.search(r'<textarea name="text"[^>]*>\n([^<]+)</textarea>', page)
    assert sender
    assert subject
    assert text
    form = {"sender": sender[1], "to": OURS, "subject": subject[1], "text": text[1]}
    async with house.client.post("/demo/mail", data=form) as response:
        assert response.status == 200
        assert subject[1] in await response.text()
    mail = read((await smtp_sink.next_mail()).content)
    assert mail["Subject"] == subject[1]


async def test_another_example_is_another_mail(house: House) -> None:
    assert await house.text("/demo/mail?example=1") != await house.text("/demo/mail?example=2")
    assert await house.text("/demo/mail?example=" + "9" * 30)


async def test_a_mail_goes_over_smtp_with_its_file(house: House, smtp_sink: SmtpSink) -> None:
    form = FormData(LETTER, quote_fields=False)
    form.add_field("file", b"\x89PNG", filename="schäde.png", content_type="image/png")
    async with house.client.post("/demo/mail", data=form) as response:
        assert response.url.query["person"] == CUSTOMER
        assert "Pakket" in await response.text()
    envelope = await smtp_sink.next_mail()
    assert (envelope.sender, envelope.recipients) == (CUSTOMER, [OURS])
    mail = read(envelope.content)
    assert mail["From"] == f"Sanne de Vries <{CUSTOMER}>"
    assert mail["Subject"] == "Pakket"
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("schäde.png", b"\x89PNG")


async def test_a_file_that_is_too_big_is_said(house: House, smtp_sink: SmtpSink) -> None:
    form = FormData(LETTER)
    form.add_field("file", io.BytesIO(bytes(BODY_LIMIT + 1)), filename="big.bin")
    async with house.client.post("/demo/mail", data=form) as response:
        assert response.status == 422
        assert "The file is too big." in await response.text()
    assert smtp_sink.mails == []


async def test_any_sender_may_be_typed(house: House, smtp_sink: SmtpSink) -> None:
    form = LETTER | {"other": " Somebody@Elsewhere.example "}
    async with house.client.post("/demo/mail", data=form) as response:
        assert response.status == 200
    assert (await smtp_sink.next_mail()).sender == "somebody@elsewhere.example"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"other": "nobody"}, "Give a sender"),
        ({"other": "a@b.example\r\nBcc: c@d.example"}, "Give a sender"),
        ({"to": "someone@else.example"}, "Choose one of our addresses"),
        ({"text": "  "}, "Write something first"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_written_stays(
    house: House, smtp_sink: SmtpSink, change: dict[str, str], said: str
) -> None:
    async with house.client.post("/demo/mail", data=LETTER | change) as response:
        assert response.status == 422
        page = await response.text()
    assert said in page
    assert 'value="Pakket"' in page
    assert smtp_sink.mails == []


async def test_the_answer_of_a_listener_that_refuses_is_shown(
    house: House, smtp_sink: SmtpSink
) -> None:
    smtp_sink.answer("RCPT", "550 5.1.1 Nobody <here>")
    async with house.client.post("/demo/mail", data=LETTER) as response:
        assert response.status == 502
        page = await response.text()
    assert "550 5.1.1 Nobody &lt;here&gt;" in page
    assert "Waar blijft het?" in page
    assert "Nobody has mail yet" in page


async def test_a_listener_that_is_away_is_said(tmp_path: Path) -> None:
    async with (
        open_house(tmp_path, free_port()) as house,
        house.client.post("/demo/mail", data=LETTER) as response,
    ):
        assert response.status == 502
        assert "Loket did not take the mail." in await response.text()


async def test_an_answer_appears_and_can_be_replied_to(house: House, smtp_sink: SmtpSink) -> None:
    before = await house.text("/demo/mail/version")
    await house.answer(text="Tomorrow, <b>surely</b>.")
    assert await house.text("/demo/mail/version") != before
    page = await house.text(f"/demo/mail?person={CUSTOMER}")
    assert "Tomorrow, &lt;b&gt;surely&lt;/b&gt;." in page
    mail_id = re.search(r'name="mail" value="([^"]+)"', page)
    assert mail_id
    form = {"mail": mail_id[1], "text": "Thanks!"}
    async with house.client.post("/demo/mail/reply", data=form) as response:
        assert response.status == 200
    envelope = await smtp_sink.next_mail()
    assert envelope.recipients == [TOKEN_ADDRESS]
    mail = read(envelope.content)
    assert mail["In-Reply-To"] == "<second@vandalenkoffie.example>"
    assert mail["References"] == "<first@postvak.example> <second@vandalenkoffie.example>"
    assert mail["Subject"] == "Re: Where is my parcel?"
    text = mail.get_content()
    assert text.startswith("Thanks!")
    assert "> Tomorrow, <b>surely</b>." in text


async def test_an_older_mail_can_be_replied_to(house: House) -> None:
    await house.answer(text="First.")
    await house.answer(text="Second.")
    page = await house.text(f"/demo/mail?person={CUSTOMER}")
    older = re.search(r"reply=([^#]+)#reply", page)
    assert older
    chosen = await house.text(f"/demo/mail?person={CUSTOMER}&reply={older[1]}")
    assert f'name="mail" value="{older[1]}"' in chosen


async def test_a_refused_reply_keeps_what_was_written(house: House, smtp_sink: SmtpSink) -> None:
    await house.answer()
    page = await house.text(f"/demo/mail?person={CUSTOMER}")
    mail_id = re.search(r'name="mail" value="([^"]+)"', page)
    assert mail_id
    smtp_sink.answer("DATA", "451 4.3.0 Later, please")
    form = {"mail": mail_id[1], "text": "My long story"}
    async with house.client.post("/demo/mail/reply", data=form) as response:
        assert response.status == 502
        page = await response.text()
    assert "451 4.3.0 Later, please" in page
    assert "My long story</textarea>" in page
    async with house.client.post("/demo/mail/reply", data=form | {"text": " "}) as response:
        assert response.status == 422
    async with house.client.post("/demo/mail/reply", data={"mail": "x"}) as response:
        assert response.status == 404


async def test_a_file_is_given_as_bytes_and_never_by_its_type(house: House) -> None:
    mail = await house.answer()
    mail.add_attachment(b"<script>", maintype="text", subtype="html", filename='a".html')
    await house.deliver(mail, CUSTOMER)
    page = await house.text(f"/demo/mail?person={CUSTOMER}")
    [path] = re.findall(r'href="(/demo/mail/[^"]+/files/0)"', page)
    async with house.client.get(path) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert await response.read() == b"<script>"
    async with house.client.get(path[:-1] + "7") as response:
        assert response.status == 404


async def test_the_shop_carries_the_chat(house: House) -> None:
    page = await house.text("/demo/shop")
    assert '<script src="/chat/loket-chat.js" data-site="demo"' in page
    pictures = re.findall(r'src="(/demo/static/[^"]+\.svg)"', page)
    assert pictures
    for picture in pictures:
        async with house.client.get(picture) as response:
            assert response.status == 200
            assert response.content_type == "image/svg+xml"


async def test_a_static_file_that_is_not_there_is_not_found(house: House) -> None:
    async with house.client.get("/demo/static/..%2Fpages.py") as response:
        assert response.status == 404


def test_every_text_has_its_dutch() -> None:
    texts = Pages("", "http://127.0.0.1").texts["nl"]
    missing = sorted(text for text in _texts_in_use() if texts(text) == text)
    # The same word in both languages.
    assert missing == sorted(["1 kg", "500 g", "Demo", "Service", "Start"])


def _texts_in_use() -> set[str]:
    found = set()
    for path in (FOLDER / "templates").glob("*.html"):
        for quoted in re.findall(r'\b_\((".*?"|\'.*?\')[,)]', path.read_text(encoding="utf-8")):
            found.add(ast.literal_eval(quoted))
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_":
                found.add(ast.literal_eval(node.args[0]))
    return found


def test_every_file_that_a_letter_names_is_there() -> None:
    for letter in example.messages().mails:
        assert not letter.file or (example.DATA / letter.file).stat().st_size < 100_000
