"""What `loket check` says about an identity provider."""

from collections.abc import Sequence

from hub.connector import Finding
from hub.errors import LoketError
from hub.oidc.provider import Provider
from hub.oidc.settings import OidcSettings


async def check(part: str, settings: OidcSettings, back: str) -> Sequence[Finding]:
    """Whether it answers and fits; `back` is what it must be told about us."""
    provider = Provider(settings)
    try:
        doors, keys = await provider.doors(), await provider.keys()
    except LoketError as error:
        hint = "Compare issuer with what the provider's own pages say."
        return [Finding(part, ok=False, what=f"sign-in by {error}", hint=hint)]
    hint = f"There, {back} must be registered as a redirect URI."
    what = f"sign-in by {doors.issuer}: answers, {len(keys)} keys"
    return [Finding(part, ok=True, what=what, hint=hint)]
