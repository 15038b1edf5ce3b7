"""Files of what a customer may not see: by the portal's pages and by its API they are not there."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from builders import TOKENS, email_party, mail_arrival
from connectors.portal.api import ABOUT, SCOPES
from hub import clock
from hub.interaction import Arrival, Attachment, Channel, Thread
from hub.replies import Reply, add_reply
from hub.store import Blobs
from hub.store.arrivals import store_arrivals
from hub.store.tables import attachments, interactions
from hub.store.threads import TOKEN_PURPOSE
from portal_house import JAN, Browser, House, browser, open_house
from programs import Program, program, token_for

REPAIR, BOSS, INFO = "repair@x.example", "boss@x.example", "info@vandalenkoffie.example"


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def jan(house: House) -> AsyncIterator[Browser]:
    async with browser(house) as one:
        await one.sign_in()
        yield one


@pytest.fixture
async def jans_program(house: House) -> AsyncIterator[Program]:
    token = await token_for(house.database, list(SCOPES), customer_id="jan")
    async with program(house.url + ABOUT.base, token) as one:
        yield one


@pytest.fixture
async def conversation(house: House) -> str:
    """One that jan began, with a photo."""
    return await arrives(house, mail_arrival(JAN, attachments=(file(house, "photo.jpg"),)))


def file(house: House, name: str) -> Attachment:
    sha256, size = Blobs(house.folder / "blobs").put(name.encode())
    return Attachment(
        id=clock.new_id(), filename=name, content_type="text/plain", size=size, sha256=sha256
    )


async def arrives(house: House, arrival: Arrival) -> str:
    [kept] = await house.database.write(lambda c: store_arrivals(c, [arrival], TOKENS))
    return kept.conversation_id


async def replies(house: House, conversation: str, name: str, to: str, **more: Any) -> str:
    reply = Reply(
        conversation_id=conversation, channel=Channel.EMAIL, account=INFO, to=(email_party(to),),
        text="See the file.", attachments=(file(house, name),), **more,
    )  # fmt: skip
    return await house.database.write(lambda c: add_reply(c, reply))


async def ids(house: House) -> dict[str, str]:
    rows = await house.database.read(lambda c: list(c.execute(select(attachments))))
    return {row.filename: row.id for row in rows}


async def status_of(jan: Browser, theirs: Program, file_id: str) -> tuple[int, int]:
    """By the page, and by the API."""
    status, _ = await jan.get(f"/portal/files/{file_id}")
    return status, (await theirs.get(f"/files/{file_id}")).status


async def test_what_was_passed_on_and_what_came_of_it_is_not_the_customers(
    house: House, jan: Browser, jans_program: Program, conversation: str
) -> None:
    await replies(house, conversation, "answer.pdf", JAN)
    copies = {"cc": (email_party(BOSS),), "details": {"forward": "1", "cc": BOSS}}
    await replies(house, conversation, "for-the-shop.pdf", REPAIR, **copies)
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, conversation))
    for who, name in ((REPAIR, "his-fault.pdf"), (BOSS, "no-money.pdf")):
        answer = mail_arrival(who, thread=thread, attachments=(file(house, name),))
        assert await arrives(house, answer) == conversation
    found = await ids(house)
    for name in ("photo.jpg", "answer.pdf"):
        assert await status_of(jan, jans_program, found[name]) == (200, 200), name
    for name in ("for-the-shop.pdf", "his-fault.pdf", "no-money.pdf"):
        assert await status_of(jan, jans_program, found[name]) == (404, 404), name
    _, page = await jan.get(f"/portal/requests/{conversation}")
    said = (await jans_program.get(f"/conversations/{conversation}/messages"))["items"]
    listed = {one["filename"] for message in said for one in message["files"]}
    assert listed == {"photo.jpg", "answer.pdf"}
    assert "for-the-shop" not in page + (await jan.get("/portal/my-data.json"))[1]


async def test_a_customer_who_got_a_copy_still_sees_what_they_write(
    house: House, jan: Browser, jans_program: Program, conversation: str
) -> None:
    copies = {"cc": (email_party(JAN),), "details": {"forward": "1", "cc": JAN}}
    await replies(house, conversation, "for-the-shop.pdf", REPAIR, **copies)
    found = await ids(house)
    assert await status_of(jan, jans_program, found["photo.jpg"]) == (200, 200)


async def test_what_was_only_passed_on_does_not_make_it_the_customers_turn(
    house: House, jans_program: Program, conversation: str
) -> None:
    await replies(house, conversation, "a.pdf", REPAIR, details={"forward": "1"})
    assert (await jans_program.get(f"/conversations/{conversation}"))["state"] == "received"
    await replies(house, conversation, "b.pdf", JAN)
    assert (await jans_program.get(f"/conversations/{conversation}"))["state"] == "your_turn"


@pytest.mark.parametrize(
    "values",
    [{"kind": "note"}, {"channel": "partner"}, {"channel": "manual"}],
    ids=lambda values: "-".join(values.values()),
)
async def test_what_is_between_us_and_others_is_not_there(
    house: House, jan: Browser, jans_program: Program, conversation: str, values: dict[str, str]
) -> None:
    added = await replies(house, conversation, "inside.pdf", JAN)
    among_us = update(interactions).where(interactions.c.id == added).values(**values)
    await house.database.write(lambda c: c.execute(among_us))
    found = await ids(house)
    assert await status_of(jan, jans_program, found["inside.pdf"]) == (404, 404)
    assert await status_of(jan, jans_program, found["photo.jpg"]) == (200, 200)


async def test_what_has_not_left_yet_is_not_there(
    house: House, jan: Browser, jans_program: Program, conversation: str
) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    await replies(house, conversation, "tomorrow.pdf", JAN, not_before=later)
    found = await ids(house)
    assert await status_of(jan, jans_program, found["tomorrow.pdf"]) == (404, 404)
