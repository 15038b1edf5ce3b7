"""How a customer pays."""

from datetime import date, timedelta

from hub.invoices import Behaviour, Invoice, behaviour

TODAY = date(2026, 11, 20)


def invoice(due: int, paid: int | None, amount: int = 100) -> Invoice:
    return Invoice(
        id="i", number="f-1", customer_id="k", currency="EUR", amount=amount,
        due_on=TODAY + timedelta(days=due),
        paid_on=None if paid is None else TODAY + timedelta(days=paid),
    )  # fmt: skip


def test_what_is_paid_late_and_what_is_still_open() -> None:
    given = [
        invoice(-30, -31),
        invoice(-30, -30),
        invoice(-30, -20),
        invoice(-30, -26),
        invoice(-1, None, 250),
        invoice(0, None, 50),
        invoice(9, None, -20),
    ]
    expected = Behaviour(paid=4, in_time=2, days_late=7, open={"EUR": 280}, overdue={"EUR": 250})
    assert behaviour(given, TODAY) == expected
    assert behaviour([], TODAY) == Behaviour()
