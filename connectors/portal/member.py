"""A customer, what they may do for their organisation, and so whose things they see."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import NoReturn

from sqlalchemy import Connection

from hub.errors import Rejected
from hub.orders import Order
from hub.store import customers, portal_rights
from hub.store.customers import Customer
from hub.store.portal_rights import Right
from hub.store.portal_views import Sight


@dataclass(frozen=True)
class Member:
    """`household`: their organisation and everybody in it, if they may see colleagues' requests."""

    customer: Customer
    rights: frozenset[Right] = frozenset()
    household: frozenset[str] = frozenset()

    @property
    def organisation_id(self) -> str | None:
        return portal_rights.organisation_of(self.customer)

    @property
    def parties(self) -> list[str]:
        """Whose orders, parcels and agreements they see."""
        organisation = self.customer.organisation_id
        return [self.customer.id, *([organisation] if organisation else [])]

    @property
    def payers(self) -> list[str]:
        """Whose invoices they see."""
        return self.parties if self.may(Right.INVOICES) else self._own

    @property
    def sight(self) -> Sight:
        """Whose conversations they see."""
        return Sight(self.customer.id, self.household)

    def may(self, right: Right) -> bool:
        return right in self.rights

    def must(self, right: Right) -> str:
        """Gives the organisation for which they may. Raises Rejected where they may not."""
        if self.organisation_id is None:
            raise Rejected("no_organisation", "You act for no organisation here.", status=404)
        if not self.may(right):
            refuse_right()
        return self.organisation_id

    def may_order_under(self, agreement_id: str | None) -> bool:
        """Whether that is up to them, not to colleagues."""
        theirs = {one.id for one in self.customer.agreements if one.with_organisation}
        return self._is_free or agreement_id not in theirs

    def may_change(self, order: Order) -> bool:
        if not self._is_free and order.customer_id not in self._own:
            return False
        return self.may_order_under(order.agreement_id)

    def may_receive(self, customer_id: str | None) -> bool:
        """Whether they say how a parcel of this customer is brought."""
        return self._is_free or customer_id in self._own

    @property
    def _is_free(self) -> bool:
        return self.customer.organisation_id is None or self.may(Right.ORDER)

    @property
    def _own(self) -> list[str]:
        return [self.customer.id]


def member(connection: Connection, customer_id: str) -> Member:
    who = customers.customer(connection, customer_id)
    rights = portal_rights.held(connection, who)
    household: list[str] = []
    if Right.CONVERSATIONS in rights:
        household = customers.household(connection, customer_id)
    return Member(who, rights, frozenset(household))


def refuse_right() -> NoReturn:
    detail = "You may not do this for your organisation. Ask a colleague who manages it here."
    raise Rejected("no_right", detail, status=HTTPStatus.FORBIDDEN)
