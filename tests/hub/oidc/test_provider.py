"""A provider may stand inside, where an operator wrote it down; what it names elsewhere may not."""

import pytest
from pydantic import SecretStr

from hub.errors import Unavailable
from hub.oidc.provider import Provider
from hub.oidc.settings import OidcSettings
from identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider


def told_by(provider: IdentityProvider, **more: bool) -> Provider:
    return Provider(
        OidcSettings(
            issuer=provider.issuer, client_id=CLIENT, client_secret=SecretStr(SECRET), **more
        )
    )


async def test_a_door_that_it_names_elsewhere_inside_is_not_asked() -> None:
    async with identity_provider() as other:
        for host in ("127.0.0.1", "localhost"):
            address = other.issuer.replace("127.0.0.1", host) + "/keys"
            async with identity_provider(document={"jwks_uri": address}) as provider:
                with pytest.raises(Unavailable, match="not on the internet"):
                    await told_by(provider).keys()
                assert other.asked == []
                assert await told_by(provider, doors_inside=True).keys()
                assert other.asked == ["keys"]
                other.asked.clear()


async def test_its_own_doors_may_be_inside() -> None:
    async with identity_provider() as provider:
        assert await told_by(provider).keys()
