"""Which rules corrections ask for."""

from routing.learned.examples import Example
from routing.learned.proposals import proposals

CORRECTED = [Example("order", "", f"mijn kapotte melkkan {n}", former="bill") for n in "abc"]
OTHERS = [Example("bill", "", "mijn factuur"), Example("order", "", "mijn bestelling")]


def test_a_word_of_corrected_contacts_that_others_do_not_have_is_proposed() -> None:
    (found,) = proposals([*CORRECTED, *OTHERS], {})
    assert (found.topic, found.former) == ("order", "bill")
    assert found.words in ("kapotte", "melkkan", "kapotte melkkan")
    assert (found.fits, found.misses, found.corrected) == (3, 0, 3)


def test_what_is_a_rule_already_or_fits_others_as_well_is_not_proposed() -> None:
    (found,) = proposals([*CORRECTED, *OTHERS], {"order": ("Kapotte",)})
    assert found.words == "melkkan"
    assert "mijn" not in {one.words for one in proposals([*CORRECTED, *OTHERS], {})}
    spoilt = [*CORRECTED, *OTHERS, Example("bill", "", "mijn kapotte melkkan d")]
    assert proposals(spoilt, {}) == ()


def test_fewer_than_three_corrections_are_chance() -> None:
    assert proposals([*CORRECTED[:2], *OTHERS], {}) == ()


def test_what_nobody_corrected_asks_for_nothing() -> None:
    found = [Example(one.topic, one.subject, one.text) for one in CORRECTED]
    assert proposals([*found, *OTHERS], {}) == ()


def test_a_word_that_any_mail_may_have_is_not_proposed_even_where_few_have_it() -> None:
    asked = ("What is right?", "Wat zou toch moeten?", "Something went away. Please help.")
    for words in asked:
        corrected = [Example("order", "", f"{words} {n}", former="bill") for n in "abc"]
        assert proposals([*corrected, *OTHERS], {}) == (), words
    with_it = [Example("order", "", f"the right melkkan {n}", former="bill") for n in "abc"]
    (found,) = proposals([*with_it, *OTHERS], {})
    assert "melkkan" in found.words
