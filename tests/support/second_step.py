"""The second step of signing in, as somebody with an authenticator app does it."""

import base64
import re

from console_house import Page, Person
from hub import clock, one_time

ACCOUNT = "/console/account"
CODE = "/console/sign-in/code"
KEY = re.compile(r"secret=([A-Z2-7]+)")


def secret_on(page: Page) -> bytes:
    found = KEY.search(page.body)
    assert found
    return base64.b32decode(found[1] + "=" * (-len(found[1]) % 8))


def code_now(secret: bytes, ahead: int = 0) -> str:
    return one_time.code(secret, one_time.step_at(clock.now()) + ahead)


async def switched_on(anna: Person) -> tuple[bytes, list[str]]:
    """The secret in her app, and her spare codes."""
    secret = secret_on(await anna.post(f"{ACCOUNT}/factor"))
    page = await anna.post(f"{ACCOUNT}/factor/confirm", code=code_now(secret, -1))
    return secret, page.texts(".spare-codes code")
