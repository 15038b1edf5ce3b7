"""What agents may write just now: within WhatsApp's day free text, after it templates only."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic_core import to_json
from sqlalchemy import Connection, select

from connectors.messaging.settings import MessagingSettings
from hub import clock
from hub.composing import FREE, Rules, Segments, Template
from hub.errors import Rejected
from hub.interaction import Channel, Direction, Party
from hub.store.tables import interactions

WINDOW = timedelta(hours=24)
LONGEST_TEXT = 1600
TEMPLATE, VARIABLES = "template", "template_variables"
"""Details of a message that goes by template."""


class MessagingComposing:
    def __init__(self, settings: MessagingSettings) -> None:
        self._settings = settings
        self._templates = [
            Template(
                name,
                {"en": each.title, "nl": each.title_nl or each.title},
                each.text,
                each.variables,
            )
            for name, each in settings.templates.items()
        ]

    def rules(
        self, connection: Connection, channel: Channel, account: str, to: Party, customer_id: str
    ) -> Rules:
        if channel is Channel.SMS:
            price, currency = self._settings.price_per_segment, self._settings.currency
            return Rules(longest=LONGEST_TEXT, segments=Segments(price, currency))
        if channel is not Channel.WHATSAPP:
            return FREE
        ends = window_ends(connection, account, to, customer_id)
        is_free = ends is not None and clock.now() < ends
        return Rules(free=is_free, free_until=ends, templates=self._templates, longest=LONGEST_TEXT)

    def template(
        self, channel: Channel, name: str, values: Sequence[str]
    ) -> tuple[str, dict[str, str]]:
        template = self._settings.templates.get(name)
        if template is None or channel is not Channel.WHATSAPP:
            raise Rejected("no_template", "There is no such template.", status=422)
        given = tuple(value.strip() for value in values[: len(template.variables)])
        if len(given) < len(template.variables) or not all(given):
            raise Rejected("template_values", "Fill in every value of the template.", status=422)
        variables = {str(place): value for place, value in enumerate(given, start=1)}
        return template.filled(given), {TEMPLATE: name, VARIABLES: to_json(variables).decode()}


def window_ends(
    connection: Connection, account: str, to: Party, customer_id: str
) -> datetime | None:
    """Until when WhatsApp lets us write freely to this number; None when they never wrote."""
    columns = interactions.c
    newest = connection.execute(
        select(columns.received_at)
        .where(
            columns.customer_id == customer_id,
            columns.channel == Channel.WHATSAPP.value,
            columns.direction == Direction.INBOUND.value,
            columns.account == account,
            columns.sender["value"].as_string() == to.value,
        )
        .order_by(columns.received_at.desc())
        .limit(1)
    ).scalar()
    return newest + WINDOW if newest is not None else None
