"""What `loket check` says of Twilio's answers, for each connector that stands on it."""

from urllib.parse import urlsplit

from connectors.shared.twilio.settings import TwilioSettings
from connectors.shared.twilio.webhook import Guard
from hub.connector import Finding
from hub.errors import Rejected, Retry, Unavailable
from hub.texts import Said

Refusal = Unavailable | Retry | Rejected


def trouble(part: str, error: Refusal, hint: str) -> Finding:
    """Twilio did not answer, or refused; `hint` where it does not say what to do."""
    if isinstance(error, Unavailable):
        return Finding(part, ok=False, what=error.what, hint=error.hint)
    return Finding(part, ok=False, what=error.detail, hint=hint)


def address(part: str, settings: TwilioSettings, guard: Guard, path: str) -> Finding:
    """Whether Twilio can reach us."""
    ours = guard.address("")
    if urlsplit(ours).scheme != "https" and not settings.is_stand_in:
        hint = Said(
            "Set hub.http.public_url or twilio.public_url to the https address of this Loket."
        )
        what = Said("{address} is not https", address=ours)
        return Finding(part, ok=False, what=what, hint=hint)
    return Finding(part, ok=True, what=Said("come to {address}", address=guard.address(path)))
