"""What an order is, and what becomes of it: lines, states, and what an agreement allows.

Amounts are whole numbers in the smallest unit of the currency (cents).
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from hub.deliveries import ParcelState
from hub.errors import Rejected
from hub.interaction import Channel, Frozen
from hub.references import LONGEST_NUMBER, normal
from hub.texts import Said

MOST_LINES = 500
HIGHEST_AMOUNT = 10**12
"""With so many lines of so much, a total still fits the column."""
_NEVER_FILLED = (ParcelState.ANNOUNCED,)

Number = Annotated[str, Field(min_length=1, max_length=LONGEST_NUMBER), AfterValidator(normal)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Amount = Annotated[int, Field(ge=0, le=HIGHEST_AMOUNT)]
Quantity = Annotated[int, Field(ge=1, le=100_000)]
Sku = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class OrderState(StrEnum):
    PLACED = "placed"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


CHANGEABLE = (OrderState.PLACED, OrderState.CONFIRMED)
"""While it is in one of these, nothing has left yet."""
ENDED = (OrderState.DELIVERED, OrderState.RETURNED, OrderState.CANCELLED)
_PROGRESS = (
    OrderState.PLACED,
    OrderState.CONFIRMED,
    OrderState.SHIPPED,
    OrderState.DELIVERED,
    OrderState.RETURNED,
)


class Line(Frozen):
    sku: Sku
    description: str = Field("", max_length=500)
    quantity: Quantity
    unit_price: Amount

    @property
    def amount(self) -> int:
        return self.quantity * self.unit_price


Lines = Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_LINES)]


def total_of(lines: Iterable[Line]) -> int:
    return sum(line.amount for line in lines)


class Order(Frozen):
    """`version` grows with every change: who changes it says which one they saw.

    `reference` is the customer's own number for it, `address` where it goes.
    """

    id: str
    number: Number
    customer_id: str
    agreement_id: str | None = None
    placed_at: AwareDatetime
    channel: Channel
    state: OrderState
    currency: Currency
    lines: tuple[Line, ...]
    total: int
    reference: str = ""
    address: str = ""
    note: str = ""
    version: int = 1
    updated_at: AwareDatetime

    @property
    def is_changeable(self) -> bool:
        return self.state in CHANGEABLE


class Wanted(Frozen):
    """One line that somebody asks for; what it costs is not theirs to say."""

    sku: Sku
    quantity: Quantity


class Price(Frozen):
    description: str = Field("", max_length=500)
    unit_price: Amount


class OrderTerms(BaseModel):
    """What an agreement says about orders, from its `details`; those may say more than this.

    `cancel_until`: hours after an order was placed in which it may be changed or cancelled, without
    it as long as nothing was shipped. `prices`: what may be ordered under it, by article.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    currency: Currency = "EUR"
    cancel_until: Annotated[int, Field(ge=0, le=100_000)] | None = None
    max_order_total: Amount | None = None
    prices: dict[Sku, Price] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _of_nothing(cls, given: Any) -> Any:
        return {} if given is None else given

    @property
    def changeable_for(self) -> timedelta | None:
        return None if self.cancel_until is None else timedelta(hours=self.cancel_until)


def terms_of(details: Any) -> OrderTerms:
    """Raises Rejected for an agreement whose terms cannot be read: they must not be guessed."""
    try:
        return OrderTerms.model_validate(details)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
        raise Rejected(
            "unreadable_terms",
            Said(
                "The terms of this agreement cannot be read ({where}). Ask who keeps it to mend "
                "them.",
                where=where,
            ),
            status=409,
        ) from error


def priced(wanted: Iterable[Wanted], terms: OrderTerms) -> tuple[Line, ...]:
    """The lines at the agreed prices; the same article twice is one line. Raises Rejected."""
    quantities: dict[str, int] = {}
    for one in wanted:
        quantities[one.sku] = quantities.get(one.sku, 0) + one.quantity
    if not 1 <= len(quantities) <= MOST_LINES:
        detail = Said("Order from 1 to {n} articles.", n=MOST_LINES)
        raise Rejected("no_lines", detail, status=422)
    unknown = [sku for sku in quantities if sku not in terms.prices]
    if unknown:
        raise Rejected(
            "not_agreed",
            Said(
                "No price was agreed for {articles}. Leave it out, or ask for a quote.",
                articles=", ".join(unknown[:5]),
            ),
            status=422,
        )
    try:
        return tuple(
            Line(sku=sku, quantity=quantity, **terms.prices[sku].model_dump())
            for sku, quantity in quantities.items()
        )
    except ValidationError as error:
        detail = Said("Order at most 100,000 of an article.")
        raise Rejected("too_many", detail, status=422) from error


def state_after(state: OrderState, deliveries: Collection[ParcelState]) -> OrderState:
    """What an order becomes by where its parcels are. It never goes back."""
    if state is OrderState.CANCELLED or not deliveries:
        return state
    if all(one is ParcelState.RETURNED for one in deliveries):
        reached = OrderState.RETURNED
    elif all(one in (ParcelState.DELIVERED, ParcelState.RETURNED) for one in deliveries):
        reached = OrderState.DELIVERED
    elif any(one not in _NEVER_FILLED for one in deliveries):
        reached = OrderState.SHIPPED
    else:
        return state
    return max(state, reached, key=_PROGRESS.index)
