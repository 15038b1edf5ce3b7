"""A key that an administrator made is as good as one of the settings, for as long as it is good."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from connectors.partners import ring
from hub.deliveries import EventKind
from hub.store import partner_keys
from hub.store.partner_keys import Kind
from partner_house import SECRET, Answer, House, open_house, told
from waiting import eventually


@pytest.fixture
async def house(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr(ring, "LOOK_SECONDS", 0.05)
    async with open_house(sqlite_url, tmp_path) as opened:
        yield opened


async def posted(house: House, *, secret: str = "", key: str = "") -> Answer:
    event = told(EventKind.IN_TRANSIT)
    if key:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/cloudevents+json"}
        return await house.post(event, headers=headers)
    return await house.post(event, secret=secret)


async def test_a_key_is_good_until_it_is_revoked_and_a_replaced_one_for_a_while(
    house: House,
) -> None:
    async def good(*, secret: str = "", key: str = "") -> bool:
        return (await posted(house, secret=secret, key=key)).status != 403

    async def known() -> int:
        made = house.connector._ring.of("snelpost")
        return len(made.secrets) + len(made.key_hashes)

    first = await house.database.write(
        lambda c: partner_keys.make(c, "snelpost", Kind.SECRET, by="ina")
    )
    key = await house.database.write(
        lambda c: partner_keys.make(c, "snelpost", Kind.API_KEY, by="ina")
    )
    await eventually(lambda: _is(known, 2))
    assert await good(secret=first)
    assert await good(key=key)
    assert await good(secret=SECRET), "those of the settings stay good"
    assert not await good(key=key + "x")
    keys = (await house.database.read(partner_keys.listed))["snelpost"]
    [signs] = [one for one in keys if one.kind == "secret"]
    second = await house.database.write(lambda c: partner_keys.rotate(c, signs.id, by="ina"))
    await eventually(lambda: _is(known, 3))
    assert await good(secret=first)
    assert await good(secret=second)
    for one in keys:
        await house.database.write(lambda c, one=one: partner_keys.revoke(c, one.id, by="ina"))
    await eventually(lambda: _is(known, 1))
    assert not await good(secret=first)
    assert not await good(key=key)
    assert await good(secret=second)


async def _is(known: Callable[[], Awaitable[int]], count: int) -> bool:
    return await known() == count
