"""The widget's files: small, kept by browsers, and never two releases at once."""

import gzip
import json
import re
import time
from collections.abc import Callable, Mapping

import pytest
from aiohttp import ClientSession
from sqlalchemy import Connection

from chat_house import House
from connectors.chat import script
from hub import chat_look
from hub.chat_look import Look
from hub.errors import StoreDown

MOST_BYTES = 40 * 1024


async def fetch(http: ClientSession, url: str) -> tuple[str, Mapping[str, str]]:
    async with http.get(url) as response:
        response.raise_for_status()
        return await response.text(), response.headers


async def all_modules(http: ClientSession, house: House) -> dict[str, str]:
    """What a browser fetches: the script, and every module from it on."""
    entry, _ = await fetch(http, f"{house.origin}/chat/loket-chat.js")
    [path] = re.findall(r"static/[0-9a-f]{16}/[a-z]+\.js", entry)
    folder = f"{house.origin}/chat/{path.rpartition('/')[0]}"
    found, wanted = {"loket-chat.js": entry}, [path.rpartition("/")[2]]
    while wanted:
        name = wanted.pop()
        found[name], headers = await fetch(http, f"{folder}/{name}")
        assert "immutable" in headers["Cache-Control"]
        assert headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert headers["Access-Control-Allow-Origin"] == "*"
        wanted += set(re.findall(r'from "\./([a-z]+\.js)"', found[name])) - found.keys()
    return found


async def test_the_whole_widget_is_small(http: ClientSession, house: House) -> None:
    modules = await all_modules(http, house)
    assert len(modules) > 5
    assert sum(len(gzip.compress(text.encode())) for text in modules.values()) < MOST_BYTES


async def test_it_makes_no_html_from_text_and_needs_no_eval(
    http: ClientSession, house: House
) -> None:
    everything = "\n".join((await all_modules(http, house)).values())
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|cookie"
    assert re.findall(sinks, everything) == []


async def test_the_script_is_asked_for_again_and_not_sent_again(
    http: ClientSession, house: House
) -> None:
    url = f"{house.origin}/chat/loket-chat.js"
    _, headers = await fetch(http, url)
    async with http.get(url, headers={"If-None-Match": headers["ETag"]}) as response:
        assert response.status == 304


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass for the script."""
    past = [0.0]
    monkeypatch.setattr(script, "monotonic", lambda: time.monotonic() + sum(past))
    return past.append


async def test_the_script_brings_the_look_of_a_website(
    http: ClientSession, house: House, passes: Callable[[float], None]
) -> None:
    url = f"{house.origin}/chat/loket-chat.js"
    usual, before = await fetch(http, url)
    assert "const looks = {};" in usual
    look = Look("#0a6b4f", titles={"en": 'Ask </script> "us"'})
    await house.database.write(lambda c: chat_look.keep(c, "shop", look, by="ina"))
    passes(31)
    async with http.get(url, headers={"If-None-Match": before["ETag"]}) as response:
        assert response.status == 200
        text = await response.text()
    [told] = re.findall(r"const looks = (.*?); //", text)
    assert json.loads(told)["shop"]["accent"] == "#0a6b4f"
    assert json.loads(told)["shop"]["titles"] == {"en": 'Ask </script> "us"'}


async def test_the_database_is_not_asked_for_every_script(
    http: ClientSession,
    house: House,
    passes: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"{house.origin}/chat/loket-chat.js"
    await house.database.write(lambda c: chat_look.keep(c, "shop", Look("#0a6b4f"), by="ina"))
    asked = []

    def look(connection: Connection) -> dict[str, Look]:
        asked.append(1)
        return chat_look.looks(connection)

    monkeypatch.setattr(script, "looks", look)
    for _ in range(20):
        assert "#0a6b4f" in (await fetch(http, url))[0]
    assert len(asked) == 1
    passes(31)
    await fetch(http, url)
    assert len(asked) == 2


@pytest.mark.parametrize("known", [True, False])
async def test_the_script_comes_also_when_the_database_is_away(
    http: ClientSession,
    house: House,
    passes: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
    *,
    known: bool,
) -> None:
    url = f"{house.origin}/chat/loket-chat.js"
    await house.database.write(lambda c: chat_look.keep(c, "shop", Look("#0a6b4f"), by="ina"))
    if known:
        await fetch(http, url)

    def away(_: Connection) -> dict[str, Look]:
        raise StoreDown("the database does not answer")

    passes(31)
    with monkeypatch.context() as patched:
        patched.setattr(script, "looks", away)
        assert ("#0a6b4f" in (await fetch(http, url))[0]) == known
    passes(31)
    assert "#0a6b4f" in (await fetch(http, url))[0]


async def test_a_module_of_another_release_is_not_kept(http: ClientSession, house: House) -> None:
    url = f"{house.origin}/chat/static/0123456789abcdef/widget.js"
    _, headers = await fetch(http, url)
    assert headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.js", "..%2fsettings.py", "%2e%2e%2fparse.py"])
async def test_only_its_own_files_are_served(http: ClientSession, house: House, name: str) -> None:
    async with http.get(f"{house.origin}/chat/static/0123456789abcdef/{name}") as response:
        assert response.status == 404
