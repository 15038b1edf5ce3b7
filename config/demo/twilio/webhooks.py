"""Posts webhooks as Twilio does: form parameters, signed, tried once more when nobody answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout
from twilio.request_validator import RequestValidator
from yarl import URL

SECONDS = 15
TRIES = 2


@dataclass(frozen=True)
class Answer:
    """`status` is 0 when nobody answered."""

    status: int
    content_type: str = ""
    body: bytes = b""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004


class Webhooks:
    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._session: ClientSession | None = None

    async def post(self, url: str, parameters: Mapping[str, str]) -> Answer:
        headers = {
            "X-Twilio-Signature": self._validator.compute_signature(url, dict(parameters)),
            "I-Twilio-Idempotency-Token": self._validator.compute_signature(url, {}),
            "User-Agent": "TwilioProxy/1.1",
        }
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=SECONDS))
        exact = URL(url, encoded=True)  # as it was signed
        session = self._session
        for _ in range(TRIES):
            if session.closed:  # Twilio's stand-in is being stopped
                break
            try:
                async with session.post(exact, data=parameters, headers=headers) as response:
                    body = await response.read()
                    return Answer(response.status, response.content_type, body)
            except (ClientError, TimeoutError, OSError):
                continue
        return Answer(0)

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
