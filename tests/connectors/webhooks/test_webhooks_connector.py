"""Other systems are told of what they want to know, signed, until they took it; never inside."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from hub import clock
from hub.errors import Rejected
from hub.events import decode
from hub.store import webhooks
from hub.store.tables import audit_log, interactions, webhook_deliveries
from hub.store.tables import webhooks as hooks
from hub.store.webhooks import ACTIVE, DISABLED, PAUSED
from hub.webhooks import Rules, check_url
from stores import rows
from waiting import eventually
from webhook_house import House, open_house

RULES = Rules(allow_private=True)


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        yield opened


async def now_due(house: House, *, failing: timedelta = timedelta(0)) -> None:
    """The next try is due; nobody took anything for so long."""
    now = clock.now()

    def write(connection: Connection) -> None:
        connection.execute(update(webhook_deliveries).values(due_at=now))
        if failing:
            connection.execute(update(hooks).values(failing_since=now - failing))

    await house.database.write(write)
    house.connector._news.set()


async def test_who_subscribed_is_told_once_signed_and_of_nothing_else(house: House) -> None:
    _, secret = await house.subscribe("invoice.changed")
    await house.subscribe("order.changed", url=house.url + "/orders")
    event_id = await house.happens()
    await eventually(house.tried)
    await house.connector.handle([decode(house.system.calls[0][1])])
    [(headers, body)] = house.system.calls
    assert headers["content-type"] == "application/cloudevents+json"
    event = Webhook(secret).verify(body, headers)
    assert (event["id"], event["type"]) == (event_id, "loket.invoice.changed.v1")
    assert headers["webhook-id"] == event_id
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace("F-1", "F-2"), headers)
    sent = await eventually(lambda: _after(house, 1, ""))
    assert (sent.state, sent.status) == ("delivered", 200)


async def test_what_was_not_taken_is_sent_again_later_under_the_same_id(house: House) -> None:
    webhook_id, _ = await house.subscribe()
    house.system.answers = [500, 302, 200]
    house.system.headers = {"Location": "/elsewhere"}
    event_id = await house.happens()
    told = ["answered 500", "it leads elsewhere, where we do not follow", ""]
    for number, (error, wait) in enumerate(zip(told, (5, 300, 0), strict=True), start=1):
        sent = await eventually(lambda n=number, e=error: _after(house, n, e))
        assert bool(sent.due_at) == bool(wait)
        if wait:
            left = (sent.due_at - clock.now()).total_seconds()
            assert wait - 30 < left <= wait
            hook = await house.database.read(lambda c: webhooks.find(c, webhook_id))
            assert hook.failing_since is not None
            await now_due(house)
    assert house.system.ids == [event_id] * 3, "and nobody was called elsewhere"
    hook = await house.database.read(lambda c: webhooks.find(c, webhook_id))
    assert (hook.state, hook.failing_since) == (ACTIVE, None)


async def _after(house: House, attempts: int, error: str) -> Any:
    """What was sent, after so many tries of which the last came to this."""
    found = await house.tried()
    is_it = found and (found[0].attempts, found[0].error) == (attempts, error)
    return found[0] if is_it else None


async def test_lasting_failure_stops_it_makes_work_and_loses_nothing(house: House) -> None:
    webhook_id, _ = await house.subscribe()
    house.system.answers = [503, 503]
    await house.happens()
    await eventually(house.tried)
    await now_due(house, failing=timedelta(days=2))

    async def stopped() -> bool:
        hook = await house.database.read(lambda c: webhooks.find(c, webhook_id))
        return hook.state == DISABLED

    await eventually(stopped)
    [work] = await eventually(lambda: rows(house.database, interactions))
    assert (work.channel, house.url in work.subject) == ("partner", True)
    assert "answered 503" in work.text
    [finding] = await house.connector.check()
    assert (finding.ok, finding.what) == (False, f"{house.url}: answered 503")
    await house.database.write(
        lambda c: webhooks.change(c, webhook_id, {"state": ACTIVE}, rules=RULES, by="test")
    )
    house.connector._news.set()
    sent = await eventually(lambda: _after(house, 3, ""))
    assert sent.state == "delivered"
    actions = [row.action for row in await rows(house.database, audit_log)]
    assert "webhook.disabled" in actions


async def test_who_says_gone_is_told_nothing_more(house: House) -> None:
    webhook_id, _ = await house.subscribe()
    house.system.answers = [410]
    await house.happens()
    await eventually(house.tried)
    hook = await house.database.read(lambda c: webhooks.find(c, webhook_id))
    assert (hook.state, hook.problem) == (DISABLED, "answered 410")
    other, _ = await house.subscribe("invoice.changed", url=house.url + "/other")
    await house.happens("F-2")
    await eventually(lambda: _delivered(house, other))
    assert [one.state for one in await house.sent() if one.webhook_id == webhook_id] == ["failed"]


async def _delivered(house: House, webhook_id: str) -> int:
    return sum(
        one.state == "delivered" and one.webhook_id == webhook_id for one in await house.sent()
    )


async def test_what_waited_while_it_was_paused_is_sent_and_again_when_asked(house: House) -> None:
    webhook_id, secret = await house.subscribe()

    async def say(state: str) -> None:
        await house.database.write(
            lambda c: webhooks.change(c, webhook_id, {"state": state}, rules=RULES, by="test")
        )
        house.connector._news.set()

    await say(PAUSED)
    await house.happens()
    await eventually(house.sent)
    assert house.system.calls == []
    another = await house.database.write(lambda c: webhooks.rotate(c, webhook_id, by="test"))
    await say(ACTIVE)
    await eventually(house.tried)
    headers, body = house.system.calls[0]
    for each in (secret, another):
        assert json.loads(body) == Webhook(each).verify(body, headers)
    [sent] = await house.sent()
    await house.database.write(lambda c: webhooks.redeliver(c, webhook_id, sent.id, by="test"))
    house.connector._news.set()
    await eventually(lambda: len(house.system.calls) == 2)
    assert len(set(house.system.ids)) == 1


async def test_nothing_inside_is_called(sqlite_url: str, tmp_path: Path) -> None:
    """Neither by an address that is written out nor by a name that leads there."""
    async with open_house(sqlite_url, tmp_path, allow_private=False) as house:
        port = house.server.port
        for host in ("127.0.0.1", "localhost.localdomain", "2130706433", "[::ffff:127.0.0.1]"):
            await house.subscribe(url=f"https://{host}:{port}/")
        await house.happens()

        async def all_tried() -> bool:
            """A name is looked up longer than an address is read."""
            sent = await house.sent()
            return len(sent) == 4 and all(one.attempts and one.error for one in sent)

        await eventually(all_tried)
        assert all(one.state == "waiting" for one in await house.sent())
        assert house.system.calls == []


INSIDE = [
    "http://example.org/",
    "https://127.0.0.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[::ffff:0:7f00:1]/",
    "https://[fd00::1]/",
    "https://[2002:a00:1::]/",
    "https://localhost/",
    "https://it.localhost./",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://\N{FULLWIDTH DIGIT ONE}27.0.0.1/",
    "https://[::]/",
    "https://[::7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[64:ff9b:1::1]/",
    "https://user:secret@example.org/",
    "https://example.org/#x",
    "ftp://example.org/",
    "https://",
    "https://example.org:99999/",
    "https://[/",
    "example.org",
    "https://example.org/\n",
    "https://example.org/" + "x" * 2000,
]


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_that_is_never_called_is_refused(url: str) -> None:
    with pytest.raises(Rejected):
        check_url(url, Rules())


def test_an_address_on_the_internet_is_taken() -> None:
    for url in (
        "https://example.org/hook?a=b",
        "https://93.184.216.34:8443/",
        "https://[2606::1]/",
    ):
        check_url(url, Rules())
