"""The door of an API: who asks, may they, what do they say; then the operation, and its answer.

What was asked with an `Idempotency-Key` is done once: a change and the answer that is kept are one
transaction. What changes a thing that others may change names the version it saw (`If-Match`).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from aiohttp import hdrs, web
from pydantic import BaseModel
from sqlalchemy import Connection

from hub import clock
from hub.api.operation import Answer, Call, Operation
from hub.api.reading import Invalid, body_of, query_of
from hub.api.upload import Upload
from hub.errors import Rejected
from hub.http import Handler, Route, problem
from hub.limits import Buckets
from hub.shared_limits import SharedBuckets
from hub.store import Database, api_requests, api_tokens
from hub.store.api_requests import Kept
from hub.store.api_tokens import Token
from hub.store.inserting import digest

Caller = TypeVar("Caller")

KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 255
GUESSES_PER_MINUTE = 60
"""Of tokens that are none, from one address."""
_LONGEST_ID = 100
_ETAG_LENGTH = 32
_UNKNOWN = "This token is not known, was revoked, or has expired. Ask an administrator for another."


@dataclass(frozen=True)
class Request(Generic[Caller]):
    """A call, with what its answer needs besides. `once`: the key under which the answer is kept,
    empty for none."""

    call: Call[Caller]
    once: str
    fingerprint: str
    match: str | None


class Door(Generic[Caller]):
    """`base`: the path under which the operations are. `caller_of`: for whom a token acts; None
    when it is not for this API. `wake`: told after each change."""

    def __init__(
        self,
        base: str,
        database: Database,
        caller_of: Callable[[Connection, Token], Caller | None],
        wake: Callable[[], None],
        *,
        per_minute: int,
    ) -> None:
        self._base = base
        self._database = database
        self._caller_of = caller_of
        self._wake = wake
        # The same token must not be worth more where more processes serve; who guesses tokens
        # gets nowhere in any number of them, and must cost the store nothing.
        self._requests = SharedBuckets(database, f"api {base}", per_minute)
        self._guesses = Buckets(GUESSES_PER_MINUTE)

    def routes(self, operations: Sequence[Operation[Caller]]) -> list[Route]:
        return [
            Route(one.method, self._base + one.path, self._handler(one), body_limit=one.body_limit)
            for one in operations
        ]

    def _handler(self, operation: Operation[Caller]) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            answer: web.StreamResponse
            try:
                answer = await self._answer(operation, request)
            except Invalid as error:
                answer = _with_errors(error)
            except Rejected as error:
                answer = problem(
                    error.status, _title(error), error.detail, code=error.code, after=error.after
                )
                if error.status == HTTPStatus.UNAUTHORIZED:
                    answer.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
            answer.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
            return answer

        return handler

    async def _answer(
        self, operation: Operation[Caller], request: web.Request
    ) -> web.StreamResponse:
        token, caller = await self._who(request)
        if operation.scope not in token.scopes:
            detail = f"This token may not do that: it lacks the scope {operation.scope}."
            raise Rejected("scope", detail, status=HTTPStatus.FORBIDDEN)
        asked = await _read(operation, request, token, caller)
        if operation.serve is not None:
            return await operation.serve(asked.call)
        if operation.is_read:
            found = await self._look(operation, asked.call)
            return _unless_known(request, _kept(operation, Answer(found), self._base))
        if operation.write is not None:
            kept = await self._database.write(lambda c: self._change(c, operation, asked))
        elif operation.upload:
            kept = await self._take_in(operation, asked)
        else:
            kept = await self._do(operation, asked)
        self._wake()
        return _response(kept)

    async def _look(self, operation: Operation[Caller], call: Call[Caller]) -> BaseModel:
        read, look = operation.read, operation.look
        if read is not None:
            return await self._database.read(lambda c: read(c, call))
        assert look is not None  # noqa: S101 (who calls this looked)
        return await look(call)

    async def _who(self, request: web.Request) -> tuple[Token, Caller]:
        scheme, _, secret = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        address, now = request.remote or "", asyncio.get_running_loop().time()
        if scheme.lower() != "bearer" or not secret:
            detail = "Send a token: Authorization: Bearer TOKEN."
            raise Rejected("no_token", detail, status=HTTPStatus.UNAUTHORIZED)
        found = await self._database.read(lambda c: self._find(c, secret.strip()))
        if found is None:
            if wait := self._guesses.take(address, now):
                raise _too_often(wait)
            raise Rejected("unknown_token", _UNKNOWN, status=HTTPStatus.UNAUTHORIZED)
        token, caller = found
        if wait := await self._requests.take(token.id):
            raise _too_often(wait)
        if api_tokens.is_to_note(token):
            await self._database.write(lambda c: api_tokens.used(c, token))
        return token, caller

    def _find(self, connection: Connection, secret: str) -> tuple[Token, Caller] | None:
        token = api_tokens.find(connection, secret)
        caller = self._caller_of(connection, token) if token is not None else None
        return None if token is None or caller is None else (token, caller)

    def _change(
        self, connection: Connection, operation: Operation[Caller], asked: Request[Caller]
    ) -> Kept:
        assert operation.write is not None  # noqa: S101 (who calls this looked)
        if asked.once:
            known = api_requests.begin(connection, asked.once, asked.fingerprint)
            if known is not None:
                return known
        if operation.state is not None:
            _must_match(operation.state(connection, asked.call), asked.match)
        kept = _kept(operation, operation.write(connection, asked.call), self._base)
        if asked.once:
            api_requests.finish(connection, asked.once, kept)
        return kept

    async def _take_in(self, operation: Operation[Caller], asked: Request[Caller]) -> Kept:
        """A file: what it was asked with is known when all of it is here, and the same bytes are
        kept once however often they come. So it is taken first, and compared then."""
        assert operation.deed is not None  # noqa: S101 (an operation is one of three)
        taken = _kept(operation, await operation.deed(asked.call), self._base)
        if not asked.once:
            return taken
        fingerprint = digest(asked.fingerprint, asked.call.body.sha256)

        def remember(connection: Connection) -> Kept:
            known = api_requests.begin(connection, asked.once, fingerprint)
            if known is None:
                api_requests.finish(connection, asked.once, taken)
            return known or taken

        return await self._database.write(remember)

    async def _do(self, operation: Operation[Caller], asked: Request[Caller]) -> Kept:
        """What is more than a transaction: a crash in between lets the same key do it again."""
        assert operation.deed is not None  # noqa: S101 (an operation is one of three)
        once, database = asked.once, self._database
        if once:
            known = await database.write(lambda c: api_requests.begin(c, once, asked.fingerprint))
            if known is not None:
                return known
        try:
            kept = _kept(operation, await operation.deed(asked.call), self._base)
        except BaseException:
            if once:
                await database.write(lambda c: api_requests.forget(c, once))
            raise
        if once:
            await database.write(lambda c: api_requests.finish(c, once, kept))
        return kept


def etag_of(body: BaseModel) -> str:
    """The same for the same answer."""
    return f'"{digest(body.model_dump_json())[:_ETAG_LENGTH]}"'


async def _read(
    operation: Operation[Caller], request: web.Request, token: Token, caller: Caller
) -> Request[Caller]:
    path = dict(request.match_info)
    if any(len(part) > _LONGEST_ID for part in path.values()):
        raise Rejected("not_found", "There is nothing here.", status=HTTPStatus.NOT_FOUND)
    query = query_of(request.query, operation.asks)
    # A file is read as it comes, by who keeps it.
    has_body = not (operation.is_read or operation.upload)
    raw = await _bytes_of(request) if has_body else b""
    body: Any = body_of(raw, request.content_type, operation.takes)
    if operation.upload:
        body = Upload(request.content)
    key = request.headers.get(KEY_HEADER, "").strip()
    if len(key) > LONGEST_KEY:
        raise Rejected("key", f"{KEY_HEADER} has at most {LONGEST_KEY} characters.")
    match = request.headers.get(hdrs.IF_MATCH)
    if operation.state is not None and match is None:
        detail = "Read it first, and send its ETag as If-Match."
        raise Rejected("no_match", detail, status=HTTPStatus.PRECONDITION_REQUIRED)
    return Request(
        call=Call(caller, token, path, query, body, key or clock.new_id()),
        once="" if operation.is_read or not key else digest("api request", token.id, key),
        fingerprint=digest(request.method, request.path_qs, raw.decode("latin-1")),
        match=match,
    )


async def _bytes_of(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise Rejected("too_large", error.text or "", status=error.status) from error


def _must_match(state: BaseModel, match: str | None) -> None:
    tags = [tag.strip().removeprefix("W/") for tag in (match or "").split(",")]
    if "*" not in tags and etag_of(state) not in tags:
        detail = "It was changed since you read it. Read it again, and decide anew."
        raise Rejected("changed", detail, status=HTTPStatus.PRECONDITION_FAILED)


def _kept(operation: Operation[Caller], answer: Answer, base: str) -> Kept:
    if answer.body is None:
        return Kept(HTTPStatus.NO_CONTENT, {}, "")
    headers = {"ETag": etag_of(answer.body)}
    if answer.location:
        headers["Location"] = base + answer.location
    return Kept(operation.status, headers, answer.body.model_dump_json())


def _response(kept: Kept) -> web.Response:
    if not kept.body:
        return web.Response(status=kept.status)
    headers = dict(kept.headers)
    return web.Response(
        text=kept.body, status=kept.status, content_type="application/json", headers=headers
    )


def _unless_known(request: web.Request, kept: Kept) -> web.Response:
    known = request.headers.get(hdrs.IF_NONE_MATCH, "")
    tag = kept.headers["ETag"]
    if tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers={hdrs.ETAG: tag})
    return _response(kept)


def _too_often(wait: float) -> Rejected:
    return Rejected(
        "too_often", "Too many requests. Wait as long as Retry-After says.",
        status=HTTPStatus.TOO_MANY_REQUESTS, after=wait,
    )  # fmt: skip


def _title(error: Rejected) -> str:
    return HTTPStatus(error.status).phrase


def _with_errors(error: Invalid) -> web.Response:
    answer = {
        "type": "about:blank",
        "title": _title(error),
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "errors": error.errors,
    }
    return web.json_response(answer, status=error.status, content_type="application/problem+json")
