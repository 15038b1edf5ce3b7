"""Mailboxes that are added in the console: followed while it runs, secrets sealed, none inside."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.email import connector
from fake_imap import PASSWORD, USER, FakeImap, running
from hub.isolation import Workers
from hub.sealing import Sealing
from hub.store import added_mailboxes
from hub.tokens import Tokens
from mail_house import TOKENS, MailHouse, mail, mail_house
from waiting import eventually

BY = "agent"


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    async with Workers(1) as pool:
        yield pool


@pytest.fixture
async def house(
    sqlite_url: str, tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MailHouse]:
    monkeypatch.setattr(connector, "LOOK_SECONDS", 0.05)
    chosen = {"allow_inside": True}
    async with mail_house(sqlite_url, tmp_path, settings=chosen, workers=workers) as one:
        yield one


async def add(house: MailHouse, port: int, tokens: Tokens = TOKENS) -> str:
    """Gives what is kept of its secrets."""
    sealing = Sealing(tokens, added_mailboxes.PURPOSE)
    secrets = {"password": PASSWORD, "client_secret": "", "refresh_token": ""}
    sealed = sealing.seal(USER, json.dumps(secrets))
    way = {"host": "127.0.0.1", "port": port, "tls": "none", "user": ""}
    account = {"address": USER, "imap": way}
    await house.database.write(lambda c: added_mailboxes.add(c, USER, account, sealed, by=BY))
    return sealed


async def test_mail_comes_in_from_it_until_it_is_removed(house: MailHouse) -> None:
    async with running(FakeImap({1: mail(subject="Hello")})) as server:
        assert PASSWORD not in await add(house, server.port)
        assert [one.subject for one in await house.wait_for(1)] == ["Hello"]
        await house.database.write(lambda c: added_mailboxes.remove(c, USER, by=BY))
        assert await house.connector.check() == []
        await add(house, server.port)
        server.add(2, mail(subject="Again"))
        assert [one.subject for one in await house.wait_for(2)] == ["Hello", "Again"]


async def test_what_was_sealed_with_another_secret_is_said_and_not_tried(
    house: MailHouse,
) -> None:
    await add(house, 1, Tokens("another-secret-another-secret-another"))
    assert await house.connector.check() == []
    assert "hub.secret was changed since: give it again" in house.connector.problem


async def test_a_server_inside_is_not_talked_to_unless_the_settings_allow_it(
    sqlite_url: str, tmp_path: Path, workers: Workers
) -> None:
    async with (
        running(FakeImap()) as server,
        mail_house(sqlite_url, tmp_path, settings={}, workers=workers) as house,
    ):
        await add(house, server.port)
        [_, inbox] = await house.connector.check()
        assert inbox.fault == "inside"

        async def said() -> bool:
            return "not on the internet" in house.connector.problem

        await eventually(said)
        assert server.connections == 0


async def test_what_is_wrong_has_a_name_for_which_there_are_words(house: MailHouse) -> None:
    async with running(FakeImap()) as server:
        server.greeting = "220 mail.example.org ESMTP"
        await add(house, server.port)
        sending, inbox = await house.connector.check()
    assert (sending.fault, inbox.fault) == ("", "other_server")
    [_, inbox] = await house.connector.check()
    assert inbox.fault == "port"
