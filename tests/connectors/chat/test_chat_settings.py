"""An operator who mistypes a site hears of it at once; `loket check` says what is on."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from chat_house import open_house
from connectors.chat.kind import connector
from connectors.chat.settings import ChatSettings


@pytest.mark.parametrize(
    "origin",
    ["shop.example", "https://shop.example/", "https://shop.example/path", "ftp://shop.example",
     "https://Shop.example", "https://", "null"],
)  # fmt: skip
def test_what_is_no_origin_is_an_error(origin: str) -> None:
    with pytest.raises(ValidationError, match="is not an origin"):
        ChatSettings.model_validate({"sites": {"shop": {"origins": [origin]}}})


@pytest.mark.parametrize("key", ["", "Shop", "a.b", "a b", "-a", "a" * 65])
def test_what_is_no_site_key_is_an_error(key: str) -> None:
    with pytest.raises(ValidationError, match="site key"):
        ChatSettings.model_validate({"sites": {key: {}}})


def test_no_page_may_show_the_chat_by_default() -> None:
    site = ChatSettings.model_validate({"sites": {"shop": {}}}).sites["shop"]
    assert not site.allows("https://shop.example")


@pytest.mark.parametrize(
    ("changes", "ok", "says"),
    [
        ({}, True, "chats go on by mail from help@van-dalen.example"),
        ({"email_account": ""}, True, "chats do not go on by mail"),
        ({"sites": {}}, False, "no site may show the chat"),
    ],
)
async def test_the_check_says_what_is_on(
    sqlite_url: str, tmp_path: Path, changes: dict[str, Any], ok: bool, says: str
) -> None:
    async with open_house(sqlite_url, tmp_path, **changes) as house:
        findings = await house.connector.check()
    assert all(finding.ok for finding in findings) is ok
    assert says in [finding.what for finding in findings]
    assert connector.name == "chat"
