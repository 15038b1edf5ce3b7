"""The portal's own mails come from the mailbox of the settings, or one that was added."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub.interaction import Channel, Party, PointKind
from hub.replies import Reply, add_reply
from hub.store import added_mailboxes, portal_rights
from hub.store.portal_rights import Right
from portal_house import Browser, House, browser, open_house
from waiting import eventually

ADDED = "desk@vandalen.example"


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """In which the settings name no mailbox."""
    async with open_house(sqlite_url, tmp_path) as house:
        house.accounts.clear()
        yield house


@pytest.fixture
async def jan(house: House) -> AsyncIterator[Browser]:
    async with browser(house) as one:
        yield one


async def add_mailbox(house: House) -> None:
    account = {"address": ADDED, "smtp": {"host": "mail.example"}}
    await house.database.write(lambda c: added_mailboxes.add(c, ADDED, account, "", by="ina"))


async def test_all_that_it_mails_comes_from_a_mailbox_that_was_added(
    house: House, jan: Browser
) -> None:
    await add_mailbox(house)
    await jan.sign_in()
    rights = [Right.MANAGE]
    await house.database.write(
        lambda c: portal_rights.give(c, "firm", "jan", rights, by="test", manager=False)
    )
    await jan.get("/portal/colleagues")
    await jan.post("/portal/colleagues", address="nina@example.org", name="Nina")
    await jan.post("/portal/requests/new", topic="delivery/late", text="Where?")
    conversation_id = (await house.said())[0].conversation_id

    def answer(connection: Connection) -> None:
        reply = Reply(
            conversation_id=conversation_id,
            channel=Channel.PORTAL,
            account="portal",
            to=(Party(kind=PointKind.PORTAL, value="jan"),),
            text="It comes on Friday",
        )
        add_reply(connection, reply)

    await house.database.write(answer)
    house.relay.wake()
    await eventually(lambda: len(house.mails) == 3)
    subjects = [mail.interaction.subject for mail in house.mails]
    assert [subject.split()[-1] for subject in subjects] == ["Dalen", "Dalen", "you"], subjects
    assert {mail.interaction.account for mail in house.mails} == {ADDED}


async def test_the_page_of_channels_knows_it(house: House) -> None:
    [finding] = await house.connector.check()
    assert (finding.ok, finding.what) == (False, "no code can be mailed")
    assert "add a mailbox" in finding.hint
    await add_mailbox(house)
    [finding] = await house.connector.check()
    assert (finding.ok, finding.what) == (True, f"codes are mailed from {ADDED}")
    house.accounts[Channel.EMAIL] = "info@vandalen.example"
    [finding] = await house.connector.check()
    assert finding.what == "codes are mailed from info@vandalen.example"
