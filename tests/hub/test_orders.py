"""What an order comes to, and what becomes of it by where its parcels are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from hub.deliveries import ParcelState
from hub.errors import Rejected
from hub.orders import OrderState, OrderTerms, Wanted, priced, state_after, terms_of, total_of

S, P = OrderState, ParcelState
PROGRESS: list[OrderState] = [s for s in OrderState if s is not OrderState.CANCELLED]
TERMS = OrderTerms.model_validate(
    {"prices": {"A": {"unit_price": 1750}, "B": {"description": "Bean", "unit_price": 1}}}
)


@settings(max_examples=examples(100))
@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 50)), min_size=1))
def test_a_total_is_the_sum_of_what_each_article_costs(wanted: list[tuple[str, int]]) -> None:
    lines = priced([Wanted(sku=sku, quantity=number) for sku, number in wanted], TERMS)
    costs = {"A": 1750, "B": 1}
    assert total_of(lines) == sum(costs[sku] * number for sku, number in wanted)
    assert len({line.sku for line in lines}) == len(lines)


@settings(max_examples=examples(100))
@given(st.sampled_from(OrderState), st.lists(st.sampled_from(ParcelState)))
def test_an_order_never_goes_back(state: OrderState, parcels: list[ParcelState]) -> None:
    after = state_after(state, parcels)
    assert state_after(after, parcels) is after
    assert state_after(state, parcels[::-1]) is after
    if state is OrderState.CANCELLED:
        assert after is state
    else:
        assert PROGRESS.index(after) >= PROGRESS.index(state)


def test_an_order_follows_its_parcels() -> None:
    assert state_after(S.PLACED, [P.ANNOUNCED]) is S.PLACED
    assert state_after(S.PLACED, [P.ANNOUNCED, P.ACCEPTED]) is S.SHIPPED
    assert state_after(S.SHIPPED, [P.DELIVERED, P.IN_TRANSIT]) is S.SHIPPED
    assert state_after(S.SHIPPED, [P.DELIVERED, P.DELIVERED]) is S.DELIVERED
    assert state_after(S.DELIVERED, [P.RETURNED]) is S.RETURNED


def test_what_was_not_agreed_cannot_be_ordered() -> None:
    with pytest.raises(Rejected, match="No price was agreed for C"):
        priced([Wanted(sku="A", quantity=1), Wanted(sku="C", quantity=1)], TERMS)
    with pytest.raises(Rejected):
        priced([], TERMS)
    with pytest.raises(Rejected, match="at most 100,000"):
        priced([Wanted(sku="A", quantity=100_000), Wanted(sku="A", quantity=1)], TERMS)


def test_terms_that_cannot_be_read_are_not_guessed() -> None:
    assert terms_of(None) == OrderTerms()
    assert terms_of({"serial_number": "EP2-1"}) == OrderTerms()
    with pytest.raises(Rejected, match="max_order_total"):
        terms_of({"max_order_total": "a lot"})
