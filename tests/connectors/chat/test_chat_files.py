"""Files both ways: kept like a message, and readable for nobody but the two sides."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from PIL import Image

from chat_house import House, Visitor, open_house
from hub import clock
from hub.interaction import Attachment
from hub.store.tables import attachments, interactions


def photo() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (800, 400), "brown").save(content, "JPEG")
    return content.getvalue()


@pytest.fixture
async def visitor(house: House, http: ClientSession) -> Visitor:
    return await Visitor(http, house.origin).arrive()


@pytest.fixture
async def small_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """One that takes two files a minute, of 50 KB."""
    limits: dict[str, Any] = {"file_bytes": 50_000, "files_per_minute": 2}
    async with open_house(sqlite_url, tmp_path, **limits) as house:
        yield house


async def test_a_file_is_a_message_that_both_sides_have(house: House, visitor: Visitor) -> None:
    about = {"id": "message-1", "name": "Ada", "topic": "delivery/damaged"}
    status, answer = await visitor.upload(photo(), "broken <b>.jpg", **about)
    assert (status, answer) == (200, {"sequence": 1})
    line = await visitor.until(lambda frame: frame["type"] == "message")
    [file] = line["files"]
    assert (line["id"], line["text"], file["name"]) == ("message-1", "", "broken _b_.jpg")

    [row], [kept] = await house.rows(interactions), await house.rows(attachments)
    assert (row.topic, row.sender["name"]) == ("delivery/damaged", "Ada")
    assert (kept.content_type, kept.size) == ("image/jpeg", len(photo()))
    # Sent again because its answer got lost, it is the same message.
    assert await visitor.upload(photo(), "broken.jpg", **about) == (200, {"sequence": 1})
    assert len(await house.rows(interactions)) == 1

    whole, small = await visitor.fetch(file["url"]), await visitor.fetch(file["small"])
    assert await whole.read() == photo()
    for response in (whole, small):
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in response.headers
    with Image.open(io.BytesIO(await small.read())) as image:
        assert image.size == (480, 240)


async def test_our_side_sends_files_too(house: House, visitor: Visitor) -> None:
    await visitor.say("hello")
    sha256, size = await asyncio.to_thread(house.blobs.put, b"%PDF-1.7")
    file = Attachment(
        id=clock.new_id(), filename="label.pdf", content_type="application/pdf", size=size,
        sha256=sha256,
    )  # fmt: skip
    await house.answer("Your label.", files=(file,))
    line = await visitor.hears("Your label.")
    assert await (await visitor.fetch(line["files"][0]["url"])).read() == b"%PDF-1.7"


async def test_a_files_address_is_good_for_its_own_chat_alone(
    house: House, visitor: Visitor, http: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await visitor.upload(photo(), "mine.jpg")
    line = await visitor.until(lambda frame: frame["type"] == "message")
    url = line["files"][0]["url"]
    other = await Visitor(http, house.origin).arrive()
    await other.upload(photo(), "theirs.jpg")
    theirs = (await other.until(lambda frame: frame["type"] == "message"))["files"][0]["url"]

    file, session, *_ = url.removeprefix("files/").split(".")
    their_file, *rest = theirs.removeprefix("files/").split(".")
    for guess in (
        f"files/{their_file}.{'.'.join(url.split('.')[1:])}",
        f"files/{file}.{'.'.join(rest)}",
        f"files/{file}.{session}.99999999999.aaaaaaaaaaaaaaaa",
        f"files/{file}",
        f"pictures/{(await house.rows(attachments))[0].sha256}",
    ):
        assert (await visitor.fetch(guess)).status == 404
    # Signed by us, but for a session that has become another conversation.
    mixed = house.connector._links.for_session(session)
    foreign = next(row for row in await house.rows(attachments) if row.id == their_file)
    attachment = Attachment(id=foreign.id, filename="", content_type="", size=1, sha256="")
    assert (await visitor.fetch(mixed(attachment).url)).status == 404

    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert (await visitor.fetch(url)).status == 404


async def test_a_file_of_a_mail_in_the_same_conversation_is_not_in_the_chat(
    house: House, visitor: Visitor
) -> None:
    """As one that was passed on to somebody else is: not even with an address that we signed."""
    await visitor.upload(photo(), "mine.jpg")
    line = await visitor.until(lambda frame: frame["type"] == "message")
    url = line["files"][0]["url"]
    session = url.removeprefix("files/").split(".")[1]
    sha256, size = await asyncio.to_thread(house.blobs.put, b"%PDF-1.7 his fault")
    file = Attachment(
        id=clock.new_id(), filename="fault.pdf", content_type="application/pdf", size=size,
        sha256=sha256,
    )  # fmt: skip
    await house.mail("Can you look?", "repair@x.example", files=(file,))
    assert (await visitor.fetch(url)).status == 200
    signed = house.connector._links.for_session(session)(file).url
    assert (await visitor.fetch(signed)).status == 404


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"<script>alert(1)</script>", "photo.png", (415, "bad_type")),
        (b"x" * 60_000, "long.txt", (413, "too_large")),
        (b"", "nothing.txt", (400, "empty")),
    ],
)
async def test_what_is_not_taken_leaves_nothing_behind(
    small_house: House, http: ClientSession, content: bytes, name: str, refusal: tuple[int, str]
) -> None:
    visitor = await Visitor(http, small_house.origin).arrive()
    status, answer = await visitor.upload(content, name)
    assert (status, answer["code"]) == refusal
    assert await small_house.rows(interactions) == []
    assert [path for path in small_house.blobs.folder.rglob("*") if path.is_file()] == []


async def test_who_sends_too_many_files_waits_and_others_do_not(
    small_house: House, http: ClientSession
) -> None:
    visitor = await Visitor(http, small_house.origin).arrive()
    statuses = [(await visitor.upload(b"text", "a.txt"))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    other = await Visitor(http, small_house.origin).arrive()
    assert (await other.upload(b"text", "a.txt"))[0] == 200


async def test_a_file_needs_a_session_an_allowed_page_and_a_form(
    house: House, visitor: Visitor, http: ClientSession
) -> None:
    assert (await visitor.upload(b"text", "a.txt", token="forged"))[0] == 401
    assert (await visitor.upload(b"text", "a.txt", id="?"))[0] == 400
    stranger = Visitor(http, house.origin, page_origin="https://evil.example")
    stranger.session = visitor.session
    assert (await stranger.upload(b"text", "a.txt"))[0] == 403
    nul = b'--x\r\nContent-Disposition: form-data; name="\0"\r\n\r\n\r\n--x--\r\n'
    for kind, body in {
        "application/json": b"{}",
        'multipart/form-data; boundary="x"': nul,
        "multipart/form-data; boundary=x": b"--x\r\n\r\nnothing\r\n--x--\r\n",
        "multipart/form-data": b"?",
    }.items():
        headers = {"Origin": "http://shop.example", "Content-Type": kind}
        url = f"{house.origin}/chat/files?site=shop"
        async with http.post(url, data=body, headers=headers) as response:
            assert response.status == 400
            assert response.headers["Access-Control-Allow-Origin"] == "http://shop.example"
