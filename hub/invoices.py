"""What an invoice is, and how a customer pays."""

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from hub.interaction import Frozen
from hub.orders import HIGHEST_AMOUNT, Currency, Number


class Invoice(Frozen):
    """`amount` in the smallest unit of the currency; below zero it is a credit note."""

    id: str
    number: Number
    customer_id: str
    order_id: str | None = None
    currency: Currency
    amount: int = Field(ge=-HIGHEST_AMOUNT, le=HIGHEST_AMOUNT)
    issued_on: date | None = None
    due_on: date | None = None
    paid_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.paid_on is None

    def days_late(self, today: date) -> int:
        """How long after it was due it was paid, or is still open; 0 when that is in time."""
        if self.due_on is None:
            return 0
        return max(0, ((self.paid_on or today) - self.due_on).days)


class Behaviour(Frozen):
    """How a customer pays: of the invoices paid so far so many `in_time`, the others on average
    `days_late`. `open` by currency, of which `overdue`."""

    paid: int = 0
    in_time: int = 0
    days_late: int = 0
    open: dict[str, int] = Field(default_factory=dict)
    overdue: dict[str, int] = Field(default_factory=dict)


def behaviour(invoices: Iterable[Invoice], today: date) -> Behaviour:
    paid = in_time = days = 0
    still_open: dict[str, int] = {}
    overdue: dict[str, int] = {}
    for one in invoices:
        late = one.days_late(today)
        if one.is_open:
            still_open[one.currency] = still_open.get(one.currency, 0) + one.amount
            if late:
                overdue[one.currency] = overdue.get(one.currency, 0) + one.amount
        else:
            paid += 1
            in_time += not late
            days += late
    late_ones = paid - in_time
    return Behaviour(
        paid=paid,
        in_time=in_time,
        days_late=round(days / late_ones) if late_ones else 0,
        open=still_open,
        overdue=overdue,
    )
