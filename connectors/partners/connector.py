"""Partners as the hub sees them: their doors, what follows from what they post, and its check."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce

from connectors.partners import contacts, notices
from connectors.partners.handling import Handling
from connectors.partners.receive import Doors
from connectors.partners.ring import KeyRing
from connectors.partners.settings import PartnerSettings, PartnersSettings
from hub.connector import Committing, ConnectorContext, Finding, OutgoingMessage, SendResult
from hub.deliveries import EventKind
from hub.errors import Unavailable
from hub.events import DeliveryChanged, Envelope
from hub.http import Route
from hub.interaction import Arrival, Channel
from hub.store import partner_keys, partner_posts
from hub.texts import Said

QUEUE = "partners"


class PartnersConnector:
    """Consumes from the bus: make it before the bus starts."""

    name = "partners"
    sends: Sequence[Channel] = ()
    problem = ""

    def __init__(self, settings: PartnersSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        self._titles = {name: one.title or name for name, one in settings.partners.items()}
        self._handling = Handling(context.database, context.wake)
        self._ring = KeyRing(context.database)
        self._doors = Doors(settings, context, self._handling.wake, self._ring)
        context.bus.subscribe(QUEUE, [DeliveryChanged.topic], self.handle)

    def routes(self) -> Sequence[Route]:
        return self._doors.routes()

    async def start(self) -> None:
        await self._ring.start()
        self._handling.start()

    async def stop(self) -> None:
        await self._handling.stop()
        await self._ring.stop()

    async def handle(self, envelopes: Sequence[Envelope]) -> None:
        """Parcels changed: what a person has to know of becomes a contact, and the customer is
        told. Doing it again changes nothing."""
        changed = [e.event.delivery_id for e in envelopes if isinstance(e.event, DeliveryChanged)]
        found = await self._context.database.read(
            lambda c: contacts.arrivals(c, changed, self._context.topic_of_event, self._titles)
        )
        newest: dict[str, tuple[Arrival, str]] = {}
        for arrival in found:
            accepted = await self._context.intake.accept(arrival)
            newest[arrival.details["delivery"]] = (arrival, accepted.conversation_id)
        for arrival, conversation_id in newest.values():
            await self._tell(arrival.details, arrival.sender.name, conversation_id)

    async def _tell(self, about: dict[str, str], carrier: str, conversation_id: str) -> None:
        expected = about.get("expected_until") or about.get("expected_from")
        news = notices.News(
            delivery_id=about["delivery"],
            kind=EventKind(about["event"]),
            conversation_id=conversation_id,
            carrier=carrier,
            expected=datetime.fromisoformat(expected) if expected else None,
        )
        accounts = self._context.default_accounts
        told = await self._context.database.write(
            lambda c: notices.tell(c, self._settings.notices, accounts, news)
        )
        if told is not None:
            self._context.wake()

    async def send(
        self,
        message: OutgoingMessage,  # noqa: ARG002 (the contract has them)
        committing: Committing,  # noqa: ARG002
    ) -> SendResult:
        raise Unavailable("partners", "Nothing is sent to partners; write to them by mail.")

    async def check(self) -> Sequence[Finding]:
        if not self._settings.partners:
            hint = Said(
                "Add [connectors.partners.partners.NAME] with a secret: see docs/partners.md."
            )
            return [Finding(_PART, ok=False, what=Said("no partner may post"), hint=hint)]
        made = await self._context.database.read(partner_keys.good)
        found = [
            _finding(name, one, made=name in made) for name, one in self._settings.partners.items()
        ]
        failed = await self._context.database.read(partner_posts.failures)
        return found + [
            Finding(
                _PART,
                ok=False,
                what=Said(
                    "what {name} posted (receipt {receipt}) could not be handled: {why}",
                    name=partner,
                    receipt=receipt,
                    why=reason,
                ),
                hint=Said(
                    "Report it with the log; the partner may send it again with a new webhook-id."
                ),
            )
            for partner, receipt, reason in failed
        ]


def _finding(name: str, partner: PartnerSettings, *, made: bool) -> Finding:
    ways = [Said("signs")] if partner.secrets else []
    ways += [Said("has a key")] if partner.api_key.get_secret_value() else []
    ways += [Said("has a key that was made in the console")] if made else []
    if not ways:
        hint = Said(
            "Set secret_env or api_key_env in [connectors.partners.partners.{name}], or make a "
            "key in the console, under Programs.",
            name=name,
        )
        what = Said("{name} cannot prove itself", name=name)
        return Finding(_PART, ok=False, what=what, hint=hint)
    told = reduce(lambda one, other: Said("{one}, {other}", one=one, other=other), ways)
    return Finding(_PART, ok=True, what=Said("{name}: {ways}", name=name, ways=told))


_PART = Said("partners")
