"""What a reply's mail says besides its text: its subject, and where an answer goes."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.compose import answer_subject
from connectors.email.reply_address import reply_address, unpack
from hub.tokens import Tokens

TOKENS = Tokens("mail-tests-mail-tests-mail-tests-mail")


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Where is my order?", "Re: Where is my order? [#12]"),
        ("Re: Where is my order?", "Re: Where is my order? [#12]"),
        ("RE: FW: Antw: Where?", "Re: Where? [#12]"),
        ("Re[2]: Where?", "Re: Where? [#12]"),
        ("Re: Where? [#12]", "Re: Where? [#12]"),
        ("[#12] Where? [#11]", "Re: Where? [#12]"),
        ("Re: AW : Wo?", "Re: Wo? [#12]"),
        ("Regarding: my order", "Re: Regarding: my order [#12]"),
        ("", "Re: [#12]"),
        ("Re:", "Re: [#12]"),
    ],
)
def test_the_subject_of_an_answer(subject: str, answer: str) -> None:
    assert answer_subject(subject, 12, first=False) == answer


def test_a_mail_that_answers_nothing_has_no_re() -> None:
    assert answer_subject("Your order", 12, first=True) == "Your order [#12]"


@given(st.text(), st.integers(1, 10**9))
def test_answering_an_answer_changes_nothing(subject: str, number: int) -> None:
    once = answer_subject(subject, number, first=False)
    assert answer_subject(once, number, first=False) == once


@given(st.uuids())
def test_a_reply_address_gives_its_token_back(conversation: uuid.UUID) -> None:
    token = TOKENS.sign("conversation", str(conversation))
    address = reply_address("klantenservice@acme.example", token, "+")
    local, _, domain = address.upper().rpartition("@")
    assert domain == "ACME.EXAMPLE"
    assert len(local) <= 64
    assert unpack(local.lower().partition("+c-")[2]) == token


def test_an_account_with_a_very_long_name_has_no_reply_address() -> None:
    token = TOKENS.sign("conversation", str(uuid.UUID(int=7)))
    assert reply_address(f"{'x' * 20}@acme.example", token, "+") == ""


@given(st.text("abcdefghijklmnopqrstuvwxyz234567.-", max_size=80))
def test_what_is_no_packed_token_never_passes(text: str) -> None:
    assert TOKENS.verify("conversation", unpack(text)) is None
