"""Files are fetched from Twilio alone: with credentials, within limits, and never from inside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.shared.twilio.media import MediaFetcher
from connectors.shared.twilio.settings import TwilioSettings
from hub.errors import Rejected, Retry
from hub.store import Blobs
from twilio_cloud import ACCOUNT_SID, AUTH_TOKEN, CloudServer, running_cloud

PNG = b"\x89PNG\r\n" + b"x" * 1000
BASE = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/MM1/Media"


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[CloudServer]:
    async with running_cloud(tmp_path / "cloud") as server:
        yield server


@asynccontextmanager
async def _site(pages: dict[str, Any]) -> AsyncIterator[str]:
    app = web.Application()
    for path, page in pages.items():
        app.router.add_get(path, page)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def fetch(settings: TwilioSettings, folder: Path, address: str) -> bytes:
    fetcher, blobs = MediaFetcher(settings, Blobs(folder / "blobs")), Blobs(folder / "blobs")
    try:
        found = await fetcher.fetch(address)
    finally:
        await fetcher.stop()
    return blobs.path(found.sha256).read_bytes()


async def test_a_file_is_fetched_through_the_redirect(cloud: CloudServer, tmp_path: Path) -> None:
    file = cloud.cloud.files.put(PNG, "image/png")
    address = f"{cloud.url}{BASE}/{file.sid}"
    assert await fetch(cloud.settings(), tmp_path, address) == PNG


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "http://api.twilio.com/media",
        "https://api.twilio.com:8443/media",
        "https://api.twilio.com.attacker.example/media",
        "https://api.twilio.com@attacker.example/media",
        "file:///etc/passwd",
        "https://[::1]/",
        "//",
        "",
        "https://[",
    ],
)
async def test_nothing_else_is_asked(tmp_path: Path, address: str) -> None:
    settings = TwilioSettings(account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN)
    with pytest.raises(Rejected):
        await fetch(settings, tmp_path, address)


async def test_a_listed_name_that_leads_inside_is_not_dialled(tmp_path: Path) -> None:
    settings = TwilioSettings(
        account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, media_hosts=("localhost",)
    )
    with pytest.raises(Rejected, match="inside"):
        await fetch(settings, tmp_path, "https://localhost/media")


async def test_redirects_lead_to_listed_hosts_only_and_not_on_and_on(
    cloud: CloudServer, tmp_path: Path
) -> None:
    async def inside(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://169.254.169.254/"})

    async def around(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": str(request.url)})

    async with _site({"/inside": inside, "/around": around}) as url:
        settings = cloud.settings(api_url=url)
        for path in ("/inside", "/around"):
            with pytest.raises(Rejected):
                await fetch(settings, tmp_path, url + path)


async def test_too_large_and_gone(cloud: CloudServer, tmp_path: Path) -> None:
    file = cloud.cloud.files.put(PNG, "image/png")
    address = f"{cloud.url}{BASE}/{file.sid}"
    with pytest.raises(Rejected, match="larger"):
        await fetch(cloud.settings(media_limit=len(PNG) - 1), tmp_path, address)
    with pytest.raises(Rejected, match="any more"):
        await fetch(cloud.settings(), tmp_path, f"{cloud.url}{BASE}/ME1")
    with pytest.raises(Retry):
        await fetch(cloud.settings(auth_token="another"), tmp_path, address)
