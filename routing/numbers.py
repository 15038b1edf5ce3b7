"""The numbers in contacts, looked up: one query for all contacts that are routed together, and only
when there are numbers in them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from hub.references import Whose, normal
from hub.store import links
from hub.store.links import Found, Link, Number
from hub.store.unrouted import Unrouted
from routing.contact import Contact
from routing.model import Model


class Numbers:
    """`contacts`: what is routed, each with what is known of it so far."""

    def __init__(
        self, connection: Connection, model: Model, contacts: Sequence[tuple[Unrouted, Contact]]
    ) -> None:
        self._facts = {unrouted.id: contact for unrouted, contact in contacts}
        self._mentioned: dict[str, list[Number]] = {}
        for unrouted, contact in contacts:
            if mentions := model.recogniser.mentions(contact):
                numbers = [(one.reference, normal(one.value)) for one in mentions]
                self._mentioned[unrouted.id] = numbers
        wanted = {number for numbers in self._mentioned.values() for number in numbers}
        self._found = links.look_up(connection, wanted)

    def facts(self, contact: Unrouted) -> Contact:
        """What is known of it now: also whose each number in it is."""
        facts, mentioned = self._facts[contact.id], self._mentioned.get(contact.id)
        if not mentioned:
            return facts
        return replace(facts, known={one: self._whose(one, contact) for one in mentioned})

    def link(self, connection: Connection, contacts: Sequence[Unrouted]) -> None:
        """Link conversations with what their numbers refer to, whosever it is."""
        links.add(
            connection,
            [
                Link(contact.conversation_id, number[0], found.object_id)
                for contact in contacts
                for number in self._mentioned.get(contact.id, ())
                for found in self._found.get(number, ())
            ],
            by="router",
        )

    def _whose(self, number: Number, contact: Unrouted) -> Whose:
        found: Sequence[Found] = self._found.get(number, ())
        if not found:
            return Whose.UNKNOWN
        house = contact.customer_id, contact.organisation_id
        return Whose.THEIRS if any(one.belongs_to(*house) for one in found) else Whose.OTHERS
