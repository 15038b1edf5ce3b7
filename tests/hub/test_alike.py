"""Who may be one and the same, and why; and who meets whom to be compared at all."""

import pytest

from hub.alike import Reason, Traits, compare, is_for_many, keys_of


def who(
    name: str, *mails: str, phone: str = "", org: str = "", kind: str = "person", **attributes: str
) -> Traits:
    phones = (phone,) if phone else ()
    number = attributes.pop("number", "")
    return Traits(name, kind, name, number, org, mails, phones, attributes)


SAME = [
    (who("Jan Jansen", "jan.jansen@a.example"), who("Jan Janssen", "janjansen@b.example")),
    (who("J. Jansen", phone="+31612345678"), who("Jan Jansen", mobile_phone="06 12345678")),
    (who("Anna de Vries", "annadevries@a.nl"), who("Vries, Anna de", "anna.devries@b.nl")),
    (
        who("Mevr. A. de Vries", postcode="1234 AB", address="Dorpsstraat 5"),
        who("Anna de Vries", postcode="1234ab", address="Dorpsstr. 5"),
    ),
    (who("jan.jansen@acme.nl", "jan.jansen@acme.nl"), who("Jan Jansen", "jan@acme.nl")),
    (who("Zoë Müller", "zoemuller@a.nl"), who("Zoe Muller", "zoe.muller@b.nl")),
    (
        who("Acme B.V.", "jan@acme.nl", kind="organisation"),
        who("ACME bv", "piet@acme.nl", kind="organisation"),
    ),
    (who("Jan Jansen", "jan@a.nl", org="o"), who("Jan Jansen", "jj@a.nl", org="o")),
]


@pytest.mark.parametrize("pair", SAME, ids=lambda pair: f"{pair[0].name} and {pair[1].name}")
def test_who_may_be_one_meets_and_is_likely(pair: tuple[Traits, Traits]) -> None:
    one, other = pair
    likeness = compare(one, other)
    assert likeness.is_likely, likeness
    assert likeness == compare(other, one)
    assert keys_of(one) & keys_of(other)


OTHERS = [
    # A family behind one door, with one phone.
    (
        who("Jan Jansen", postcode="1234 AB", address="Dorpsstraat 5", phone="+31201234567"),
        who("Anna Jansen", postcode="1234 AB", address="Dorpsstraat 5", phone="0201234567"),
    ),
    # The same name is no more than that: many are called so.
    (who("Jan Jansen"), who("Jan Jansen")),
    (who("Jan Jansen", "info@a.nl"), who("Piet Smit", "info@b.nl")),
    (who("Jan Jansen", "info@a.nl", org="o"), who("info@a.nl", "info@c.nl", org="o")),
    (who("Jan Jansen", "jan@gmail.com"), who("Jan Pietersen", "jan@gmail.com")),
    (who("Acme", kind="organisation"), who("Acme")),
    (who("", "visitor@a.nl"), who("")),
]


@pytest.mark.parametrize("pair", OTHERS, ids=lambda pair: f"{pair[0].name} and {pair[1].name}")
def test_who_is_somebody_else_is_not_likely(pair: tuple[Traits, Traits]) -> None:
    assert not compare(*pair).is_likely, compare(*pair)


def test_what_counts_most_is_said_first_and_a_second_number_counts_against_it() -> None:
    one, other = (who("Jan Jansen", "jan.jansen@a.nl", number=n) for n in ("1", "2"))
    assert compare(one, other).reasons == (Reason.NAME, Reason.LOCAL, Reason.DOMAIN, Reason.NUMBERS)
    same = who("Jan Jansen", "jan.jansen@a.nl", number="1")
    assert compare(one, same).score > compare(one, other).score


@pytest.mark.parametrize("mail", ["info@x.nl", "INFO+a@x.nl", "no-reply@x.nl", "boekhouding@x.nl"])
def test_an_address_that_many_read_is_no_key(mail: str) -> None:
    assert is_for_many(mail)
    assert keys_of(who(mail, mail)) == set()
    assert not is_for_many(f"jan.{mail}")
