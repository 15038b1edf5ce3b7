"""Where parcels were: one row for each thing that happened to one."""

from collections.abc import Sequence

from sqlalchemy import Connection

from hub.deliveries import EventKind, NewEvent
from hub.imports import fields
from hub.imports.fields import Reading
from hub.imports.kind import ACCEPTED, UNCHANGED, Cells, Column, Kind, Outcome
from hub.imports.refusal import Refused
from hub.store import tracking

_STATES = {kind.value.replace("_", " "): kind.value for kind in EventKind} | {
    "aangekondigd": "announced", "aangenomen": "accepted", "opgehaald": "accepted",
    "onderweg": "in_transit", "douane": "customs", "in bezorging": "out_for_delivery",
    "niet thuis": "attempted", "vertraagd": "exception", "uitzondering": "exception",
    "beschadigd": "damaged", "kwijt": "lost", "vermist": "lost", "bezorgd": "delivered",
    "afgeleverd": "delivered", "retour": "returned", "informatie": "information",
}  # fmt: skip


def _read(rows: Sequence[Cells], reading: Reading) -> NewEvent:
    cells = rows[0]
    kind = EventKind(fields.choice(cells["state"], "state", _STATES))
    at = fields.moment(cells["at"], "at", reading)
    if at is None:
        raise Refused("empty", "at")
    begin = fields.moment(cells["expected_from"], "expected_from", reading)
    end = fields.moment(cells["expected_until"], "expected_until", reading)
    if begin is not None and end is not None and end < begin:
        raise Refused("order_of_days", "expected_until", other="expected_from")
    number = fields.number(cells["tracking"], "tracking")
    return NewEvent(
        partner=fields.text(cells["carrier"], "carrier", 100, required=True),
        tracking=number,
        external_id=f"import:{number}:{kind}:{at.isoformat()}",
        kind=kind,
        occurred_at=at,
        expected_from=begin,
        expected_until=end,
        place=fields.text(cells["place"], "place", 200),
        text=fields.text(cells["text"], "text", 2_000),
        order_number=fields.number(cells["order"], "order", required=False),
    )


def _write(connection: Connection, records: Sequence[NewEvent]) -> list[Outcome]:
    kept = tracking.record(connection, records)
    return [ACCEPTED if one.new else UNCHANGED for one in kept]


DELIVERIES = Kind(
    name="deliveries",
    columns=(
        Column(
            "tracking",
            ("tracking code", "tracking number", "volgcode", "zendingnummer"),
            required=True,
        ),
        Column("carrier", ("vervoerder", "partner"), required=True),
        Column("state", ("status", "event", "gebeurtenis"), required=True),
        Column("at", ("date", "time", "datum", "tijd", "tijdstip", "moment"), required=True),
        Column("order", ("order number", "bestelnummer", "bestelling", "ordernummer")),
        Column("place", ("plaats", "location", "locatie")),
        Column("text", ("tekst", "description", "omschrijving")),
        Column("expected_from", ("verwacht van", "expected")),
        Column("expected_until", ("verwacht tot",)),
    ),
    read=_read,
    keys=lambda event: (event.external_id,),
    write=_write,
)
