"""Which topics a contact fits, and which one is chosen."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.interaction import Channel, Direction
from interaction_models import HEAD, model_of
from routing.contact import Contact
from routing.decision import How
from routing.recognise import TEXT_LIMIT, Finding, chosen, sender_keys, words_of

MAIL = Contact(Direction.INBOUND, Channel.EMAIL)


def findings(contact: Contact, **rules: str) -> list[Finding]:
    """`bill="words: [x]"` gives the topic `bill` that rule; `bill__late` is `bill/late`."""
    head = HEAD
    for topic, rule in rules.items():
        start = f"  {topic.replace('__', '/')}: {{"
        head = head.replace(start, f"{start}rules: {{{rule}}}, ")
    return model_of(head=head).recogniser.findings(contact)


def topic_of(contact: Contact, **rules: str) -> str:
    return chosen(findings(contact, **rules))[-1].topic


FITS = {
    "capitals": ("words: [invoice]", "My INVOICE"),
    "accents in the text": ("words: [cafe]", "het café"),
    "accents in the rule": ("words: [café]", "the cafe"),
    "decomposed accents": ("words: [café]", "cafe\u0301"),
    "full width": ("words: [bill]", "\uff42\uff49\uff4c\uff4c"),
    "punctuation": ("words: [bill]", "(bill)!"),
    "underscores": ("words: [bill]", "your_bill_2"),
    "over a line end": ("words: [too late]", "much too\n  late."),
    "after a false start": ("words: [too late]", "too too late"),
    "at the very end": ("words: [late]", "late"),
    "eszett": ("words: [strasse]", "Straße"),
}


@pytest.mark.parametrize(("rule", "text"), FITS.values(), ids=FITS)
def test_words_fit_whatever_their_dress(rule: str, text: str) -> None:
    assert [one.topic for one in findings(replace(MAIL, text=text), bill=rule)] == ["bill"]


@pytest.mark.parametrize("text", ["later", "relate", "to late", "too", "too, very late", ""])
def test_parts_of_words_and_of_phrases_do_not_fit(text: str) -> None:
    assert findings(replace(MAIL, text=text), bill="words: [late too, too late]") == []


def test_words_in_the_name_of_an_attachment_fit() -> None:
    contact = replace(MAIL, attachments=("scan.png", "Invoice-2031.pdf"))
    assert topic_of(contact, bill="words: [invoice]") == "bill"


def test_a_phrase_does_not_run_over_from_one_attachment_to_the_next() -> None:
    contact = replace(MAIL, attachments=("too", "late"))
    assert findings(contact, bill="words: [too late]") == []


def test_more_words_outrank_fewer() -> None:
    contact = replace(MAIL, text="order order order, too late")
    assert topic_of(contact, order="words: [order]", bill="words: [too late]") == "bill"


def test_one_phrase_written_twice_counts_once() -> None:
    contact = replace(MAIL, text="late order")
    rules = {"bill": "words: [late]", "order": "words: [order, Order]"}
    assert [one.points for one in findings(contact, **rules)] == [1, 1]


def test_the_subject_counts_double() -> None:
    contact = replace(MAIL, subject="order", text="bill")
    assert topic_of(contact, bill="words: [bill]", order="words: [order]") == "order"


def test_an_address_of_ours_outranks_a_sender_and_a_sender_outranks_words() -> None:
    contact = replace(MAIL, account="bill@x", sender="a@shop.example", text="order order")
    found = findings(
        contact,
        bill="accounts: [bill@]",
        bill__late="senders: [shop.example]",
        order="words: [order]",
    )
    assert [one.how for one in found] == [How.ACCOUNT, How.SENDER, How.WORDS]


def test_a_finding_is_narrowed_down_only_under_itself() -> None:
    contact = replace(MAIL, account="bill@x", text="order order, late")
    rules = {"bill": "accounts: [bill@]", "bill__late": "words: [late]", "order": "words: [order]"}
    assert topic_of(contact, **rules) == "bill/late"


@pytest.mark.parametrize(
    ("rule", "sender"),
    [
        ("jan@shop.example", "Jan@Shop.example"),
        ("shop.example", "jan@shop.example"),
        ("Shop.example", "jan@mail.shop.example"),
    ],
)
def test_senders_fit_by_address_and_by_host(rule: str, sender: str) -> None:
    assert findings(replace(MAIL, sender=sender), bill=f"senders: [{rule}]")


@pytest.mark.parametrize(
    "sender", ["jan@myshop.example", "shop.example@other.example", "", "+316123"]
)
def test_other_senders_do_not(sender: str) -> None:
    assert not findings(
        replace(MAIL, sender=sender), bill="senders: [shop.example, jan@shop.example]"
    )


@pytest.mark.parametrize("account", ["bill@ours.example", "BILL@ours.example"])
@pytest.mark.parametrize("rule", ["bill@", "bill@ours.example"])
def test_accounts_fit_by_name_or_whole(rule: str, account: str) -> None:
    assert findings(replace(MAIL, account=account), bill=f"accounts: ['{rule}']")


def test_what_comes_after_the_limit_is_not_read() -> None:
    assert not findings(replace(MAIL, text=" " * TEXT_LIMIT + "bill"), bill="words: [bill]")


@given(st.text())
def test_words_are_the_same_however_they_are_set_apart(text: str) -> None:
    words = words_of(text)
    assert words_of(" ".join(words)) == words
    assert words_of("\u2003".join(words)) == words


@given(st.text())
def test_the_keys_of_a_sender_narrow_from_the_address_up(sender: str) -> None:
    keys = list(sender_keys(sender))
    assert len(keys) <= 202
    assert all(keys[0].endswith(key) for key in keys)
