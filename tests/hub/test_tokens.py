"""Signed references: nobody without the secret can make one."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import SECRET
from hub.tokens import Tokens

TOKENS = Tokens(SECRET)


@given(st.text(min_size=1))
def test_what_we_signed_we_recognise(payload: str) -> None:
    assert TOKENS.verify("conversation", TOKENS.sign("conversation", payload)) == payload


@given(st.text())
def test_what_we_did_not_sign_is_nothing(token: str) -> None:
    assert TOKENS.verify("conversation", token) is None


def test_a_token_of_one_purpose_is_none_of_another() -> None:
    assert TOKENS.verify("visitor", TOKENS.sign("conversation", "c1")) is None


def test_another_secret_knows_nothing_of_it() -> None:
    other = Tokens(SECRET[::-1])
    assert other.verify("conversation", TOKENS.sign("conversation", "c1")) is None


@pytest.mark.parametrize(
    "change", [str.upper, lambda t: t[:-1], lambda t: t + "a", lambda t: t * 2]
)
def test_an_altered_token_is_nothing(change: Callable[[str], str]) -> None:
    token = TOKENS.sign("conversation", "c1")
    assert TOKENS.verify("conversation", change(token)) is None


@pytest.mark.parametrize("secret", ["", " ", "short", "x" * 31])
def test_a_weak_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="32 characters"):
        Tokens(secret)
