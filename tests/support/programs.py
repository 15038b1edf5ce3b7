"""Programs that use an API: each with a token of its own."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

from hub.store import Database, api_tokens


@dataclass(frozen=True)
class Said:
    """An answer. `body`: None without one."""

    status: int
    headers: Mapping[str, str]
    body: Any = None

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def etag(self) -> str:
        return self.headers["ETag"]

    @property
    def code(self) -> str:
        """Of a problem."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.body
        return str(self.body["code"])

    @property
    def refused(self) -> tuple[int, str]:
        return self.status, self.code


@dataclass
class Program:
    http: ClientSession
    base: str
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        match: str = "",
        **headers: str,
    ) -> Said:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= {"Idempotency-Key": key} if key else {}
        sent |= {"If-Match": match} if match else {}
        kind = "data" if isinstance(body, bytes) else "json"
        given: dict[str, Any] = {} if body is None else {kind: body}
        async with self.http.request(
            method, self.base + path, headers=sent | headers, **given
        ) as response:
            has_json = "json" in response.content_type
            content = await response.json(content_type=None) if has_json else None
            return Said(response.status, response.headers, content)

    async def get(self, path: str, **headers: str) -> Said:
        return await self.ask("GET", path, **headers)

    async def post(self, path: str, body: Any = None, *, key: str = "", match: str = "") -> Said:
        return await self.ask("POST", path, {} if body is None else body, key=key, match=match)

    async def patch(self, path: str, body: Any, *, match: str = "", key: str = "") -> Said:
        return await self.ask("PATCH", path, body, key=key, match=match)

    async def all(self, path: str, **query: str | int) -> list[Any]:
        """The items of every page."""
        found: list[Any] = []
        cursor = ""
        while True:
            asked = "&".join(f"{name}={value}" for name, value in query.items())
            page = await self.get(f"{path}?{asked}&cursor={cursor}")
            assert page.status == 200, page.body
            found += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return found


async def token_for(
    database: Database, scopes: Sequence[str], *, agent_id: str | None = None,
    customer_id: str | None = None, name: str = "test",
) -> str:  # fmt: skip
    made = await database.write(
        lambda c: api_tokens.make(
            c, name=name, scopes=scopes, by="test", agent_id=agent_id, customer_id=customer_id
        )
    )
    return made[1]


@asynccontextmanager
async def program(base: str, token: str = "") -> AsyncIterator[Program]:
    async with ClientSession() as http:
        yield Program(http, base, token)
