"""Who a customer may be besides who we think they are, as their pane shows it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub import links_out
from hub.links_out import LinkOut
from hub.store import customer_pairs, hints, household, merging, regrouping, sharing, timeline
from hub.store.agents import Agent
from hub.store.customer_pairs import Double
from hub.store.customers import ContactPoint, Customer
from hub.store.hints import Hint
from hub.store.household import Colleague, OpenWork
from hub.store.regrouping import Regrouping
from hub.store.sharing import OneOf
from hub.store.timeline import Conversation


@dataclass(frozen=True)
class Identity:
    """`doubles`: who may be the same. `merges`: what was put together and can be undone, for who
    may do that. `one_of`: who it may be, where it came from an address that several people use;
    `shared_addresses`: such addresses that this customer uses; `not_shared`: those of their own
    that may turn out to be one. `elsewhere`: other open work of them and their organisation, of
    which the agent may open what is `readable`; `colleagues`: some of the others there, of so many
    (`colleague_count`). `hints`: what is wrong or missing; `links`: to other systems."""

    doubles: Sequence[Double]
    merges: Sequence[Regrouping]
    one_of: OneOf | None
    shared_addresses: Sequence[str]
    not_shared: Sequence[ContactPoint]
    elsewhere: Sequence[OpenWork]
    readable: Collection[str]
    colleagues: Sequence[Colleague]
    colleague_count: int
    hints: Sequence[Hint]
    links: Sequence[LinkOut]


def read_identity(
    connection: Connection, conversation: Conversation, customer: Customer, agent: Agent
) -> Identity:
    merges = []
    if agent.oversees:
        merges = [
            one
            for one in regrouping.standing(connection, (merging.KIND,), customer.id)
            if one.kept_id == customer.id
        ]
    may_be_of_many = customer.kind == sharing.SHARED or conversation.shared_id is not None
    elsewhere = household.open_work(connection, customer, besides=conversation.id)
    colleagues, count = household.colleagues(connection, customer)
    there = {one.conversation_id for one in elsewhere}
    return Identity(
        elsewhere=elsewhere,
        readable=timeline.visible(connection, there, agent) if there else frozenset(),
        colleagues=colleagues,
        colleague_count=count,
        hints=hints.of_customer(connection, customer),
        links=links_out.of_customer(connection, customer),
        doubles=customer_pairs.of_customer(connection, customer.id),
        merges=merges,
        one_of=sharing.one_of(connection, conversation.id) if may_be_of_many else None,
        shared_addresses=sharing.addresses_of(connection, customer.id),
        not_shared=[
            point
            for point in customer.points
            if not point.shared and point.kind in sharing.SHAREABLE
        ],
    )
