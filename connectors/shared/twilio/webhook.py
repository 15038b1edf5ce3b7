"""The guard before every webhook: is it Twilio's, is it whole, does it come too often.

A signature covers the public address and the parameters, so both are taken as Twilio signed them,
whatever proxies stand between.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from twilio.request_validator import RequestValidator

from connectors.shared.twilio.settings import TwilioSettings
from hub.errors import Rejected
from hub.http import Handler, Route, problem
from hub.limits import Bucket
from hub.metrics import Metrics

log = structlog.get_logger(__name__)

SIGNATURE = "X-Twilio-Signature"
BODY_HASH = "bodySHA256"
BODY_BYTES = 65_536
"""Far above any webhook: a text has 1600 characters at most."""
_DIGEST_CHARACTERS = 28  # of a SHA-1 in base64
_MOST_PARAMETERS = 400


class Webhook(Mapping[str, str]):
    """The parameters of a webhook that Twilio signed; `query` is what stood in its address."""

    def __init__(self, parameters: Mapping[str, str], query: Mapping[str, str], body: str) -> None:
        self._parameters = parameters
        self.query = query
        self.body = body

    def __getitem__(self, name: str) -> str:
        return self._parameters[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def needed(self, name: str) -> str:
        """A parameter that must be there; Rejected, naming it, when it is not."""
        value = self._parameters.get(name, "")
        if not value:
            raise malformed(name, "is missing")
        return value


Answer = Callable[[Webhook], Awaitable[web.StreamResponse]]


class Guard:
    """Makes doors for Twilio alone. `channel` is whose count of refusals they add to."""

    def __init__(
        self, settings: TwilioSettings, public_url: str, metrics: Metrics, *, channel: str
    ) -> None:
        self._base = settings.reached_at(public_url)
        self._account = settings.account_sid
        self._validator = RequestValidator(settings.auth_token.get_secret_value())
        self._metrics = metrics
        self._channel = channel
        self._flood = Bucket(settings.webhooks_per_minute)

    def route(self, path: str, answer: Answer, *, needs: Sequence[str] = ()) -> Route:
        """A door at `path`. `needs`: parameters that Twilio always sends there."""
        return Route("POST", path, self._guarded(answer, needs), body_limit=BODY_BYTES)

    def address(self, path: str) -> str:
        """How Twilio reaches this path."""
        return f"{self._base}{path}"

    def _guarded(self, answer: Answer, needs: Sequence[str]) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            webhook = self._verified(request, await request.read(), needs)
            # After the signature: forgers must not use up what Twilio may do.
            wait = self._flood.take(asyncio.get_running_loop().time())
            if wait:
                return problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many webhooks", after=wait)
            return await answer(webhook)

        return handler

    def _verified(self, request: web.Request, body: bytes, needs: Sequence[str]) -> Webhook:
        is_form = request.content_type == "application/x-www-form-urlencoded"
        pairs = _pairs(body) if is_form else []
        parameters = dict(pairs)
        text = "" if is_form else body.decode("utf-8", "replace")
        why = self._forgery(request, pairs, body, needs, is_form=is_form)
        if why:
            self._metrics.refused.labels(self._channel, "forged").inc()
            log.warning("twilio.forged", path=request.path, why=why, peer=request.remote)
            raise Rejected("forged", "This is not signed by Twilio.", status=HTTPStatus.FORBIDDEN)
        webhook = Webhook(parameters, dict(request.query), text)
        for name in needs:
            if name not in parameters:
                raise malformed(name, "is missing")
        account = parameters.get("AccountSid", self._account)
        if account != self._account:
            raise malformed("AccountSid", "is another account's")
        return webhook

    def _forgery(
        self,
        request: web.Request,
        pairs: Sequence[tuple[str, str]],
        body: bytes,
        needs: Sequence[str],
        *,
        is_form: bool,
    ) -> str:
        """Why this is not Twilio's; empty when it is."""
        signature = request.headers.get(SIGNATURE, "")
        if len(signature) != _DIGEST_CHARACTERS or not signature.isascii():
            return "no signature" if not signature else "not a signature"
        if len({name for name, _ in pairs}) != len(pairs):
            return "a parameter stands there twice"  # signs like once
        address = self._base + request.raw_path
        if not self._validator.validate(address, dict(pairs), signature):
            return "another signature"
        if not is_form and not _hashes(request.query.get(BODY_HASH, ""), body):
            return "another body"
        given = {name for name, _ in pairs}
        signed = "".join(name + value for name, value in sorted(pairs))
        if any(name not in given and name in signed for name in needs):
            # What is signed has no boundaries: {A: "BC"} signs like {AB: "C"}.
            return "parameters were cut elsewhere"
        return ""


def malformed(field: str, what: str) -> Rejected:
    """A webhook of Twilio's that we cannot take: it names the field."""
    return Rejected("malformed", f"{field} {what}.")


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError:
        return [("", ""), ("", "")]  # nobody signs this


def _hashes(expected: str, body: bytes) -> bool:
    return hmac.compare_digest(sha256(body).hexdigest().encode(), expected.lower().encode())
