"""Whether a request is from the partner that it says it is from.

Three ways: Standard Webhooks (standardwebhooks.com) over the body, the signatures of EasyPost and
AfterShip that those services make, or an API key, with a client certificate where one is asked for.
"""

import base64
import binascii
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from connectors.partners.settings import PartnerSettings, PartnersSettings
from hub.addresses import Network, is_one_of
from hub.errors import Rejected
from hub.store.partner_keys import Made, hashed

_TOLERANCE = "Sign again: the time must be within five minutes of ours."


class NotProved(Rejected):
    """Who asks did not show that they are the partner."""

    def __init__(self, detail: str) -> None:
        super().__init__("not_proved", detail, status=403)


class Proof:
    def __init__(self, settings: PartnersSettings, proxies: tuple[Network, ...]) -> None:
        self._settings = settings
        self._proxies = proxies

    def check(
        self, request: web.Request, partner: PartnerSettings, signed: bytes, made: Made
    ) -> None:
        """Raises NotProved. `signed` is what a signature is made over: the body, or of a request
        without one its path with the query. `made`: the keys of this partner that were made in the
        console, which are as good as those of the settings."""
        headers = request.headers
        secrets = [*partner.secrets, *made.secrets]
        if headers.get("Authorization"):
            self._check_key(request, partner, made)
        elif "X-Hmac-Signature" in headers:
            _check_any(secrets, lambda key: _easypost(key, signed), headers["X-Hmac-Signature"])
        elif "aftership-hmac-sha256" in headers:
            sent = headers["aftership-hmac-sha256"]
            _check_any(secrets, lambda key: _aftership(key, signed), sent)
        else:
            _check_standard(headers, secrets, signed)

    def _check_key(self, request: web.Request, partner: PartnerSettings, made: Made) -> None:
        kind, _, sent = request.headers["Authorization"].partition(" ")
        key = partner.api_key.get_secret_value()
        is_set = bool(key) and _same(sent.strip(), key)
        is_made = hashed(sent.strip()) in made.key_hashes
        if kind.casefold() != "bearer" or not (is_set or is_made):
            raise NotProved("The API key is not good. Send Authorization: Bearer KEY.")
        if partner.certificate and not self._has_certificate(request, partner.certificate):
            raise NotProved("The API key is good only with its client certificate.")

    def _has_certificate(self, request: web.Request, wanted: str) -> bool:
        """The header counts only where a proxy of ours set it."""
        transport = request.transport
        peer = transport.get_extra_info("peername") if transport else None
        if not peer or not is_one_of(self._proxies, str(peer[0])):
            return False
        return _same(request.headers.get(self._settings.certificate_header, ""), wanted)


def _check_standard(headers: Mapping[str, str], secrets: Sequence[str], signed: bytes) -> None:
    if not headers.get("webhook-signature"):
        raise NotProved("Sign the request (webhook-id, webhook-timestamp, webhook-signature).")
    why = "The signature does not fit the body. Sign the bytes that you send, with your secret."
    for secret in secrets:
        try:
            Webhook(secret).verify(signed, dict(headers), json_parse=False)
        except WebhookVerificationError as error:
            why = _TOLERANCE if "timestamp" in str(error) else why
        except (ValueError, LookupError):
            continue  # the library lets some malformed headers and bytes escape
        else:
            return
    raise NotProved(why)


def _check_any(secrets: Sequence[str], make: Callable[[bytes], str], sent: str) -> None:
    for secret in secrets:
        if any(_same(sent.strip(), make(key)) for key in _keys(secret)):
            return
    raise NotProved("The signature does not fit the body.")


def _keys(secret: str) -> tuple[bytes, ...]:
    """Services that sign in ways of their own take the secret as it is written."""
    try:
        decoded = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        decoded = b""
    written = unicodedata.normalize("NFKD", secret).encode()
    return (written, decoded) if decoded else (written,)


def _easypost(key: bytes, body: bytes) -> str:
    return "hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest()


def _aftership(key: bytes, body: bytes) -> str:
    return base64.b64encode(hmac.digest(key, body, "sha256")).decode()


def _same(sent: str, right: str) -> bool:
    return hmac.compare_digest(sent.encode("utf-8", "surrogateescape"), right.encode())
