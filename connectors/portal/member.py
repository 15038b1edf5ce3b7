"""A customer, and whose orders and agreements they see."""

from dataclasses import dataclass

from hub.store.customers import Customer


@dataclass(frozen=True)
class Member:
    customer: Customer

    @property
    def parties(self) -> list[str]:
        """Their own, and those of their organisation."""
        organisation = self.customer.organisation_id
        return [self.customer.id, *([organisation] if organisation else [])]
