"""Who a customer may be besides who we think they are, as their pane shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.store import customer_pairs, merging, regrouping
from hub.store.agents import Agent
from hub.store.customer_pairs import Double
from hub.store.customers import Customer
from hub.store.regrouping import Regrouping


@dataclass(frozen=True)
class Identity:
    """`doubles`: who may be the same. `merges`: what was put together and can be undone, for who
    may do that."""

    doubles: Sequence[Double]
    merges: Sequence[Regrouping]


def read_identity(connection: Connection, customer: Customer, agent: Agent) -> Identity:
    merges = []
    if agent.oversees:
        merges = [
            one
            for one in regrouping.standing(connection, merging.KIND, [customer.id])
            if one.kept_id == customer.id
        ]
    return Identity(customer_pairs.of_customer(connection, customer.id), merges)
