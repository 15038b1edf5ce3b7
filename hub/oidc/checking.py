"""What `loket check` says about an identity provider."""

from collections.abc import Sequence

from hub.connector import Finding
from hub.errors import LoketError
from hub.oidc.provider import Provider
from hub.oidc.settings import OidcSettings
from hub.texts import Said


async def check(part: str, settings: OidcSettings, back: str) -> Sequence[Finding]:
    """Whether it answers and fits; `back` is what it must be told about us."""
    provider = Provider(settings)
    try:
        doors, keys = await provider.doors(), await provider.keys()
    except LoketError as error:
        hint = Said("Compare issuer with what the provider's own pages say.")
        what = Said("sign-in by {what}", what=str(error))
        return [Finding(part, ok=False, what=what, hint=hint)]
    hint = Said("There, {address} must be registered as a redirect URI.", address=back)
    what = Said("sign-in by {name}: answers, {n} keys", name=doors.issuer, n=len(keys))
    return [Finding(part, ok=True, what=what, hint=hint)]
