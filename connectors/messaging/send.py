"""Sends one message by Twilio's API, within what the number and the channel allow."""

from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, select, text

from connectors.messaging.composing import LONGEST_TEXT, TEMPLATE, VARIABLES, window_ends
from connectors.messaging.links import Links
from connectors.messaging.receive import STATUS_PATH
from connectors.messaging.settings import MessagingSettings
from connectors.messaging.turns import Turns
from connectors.messaging.wishes import ANSWERS
from connectors.shared.twilio.client import TwilioApi
from connectors.shared.twilio.errors import WORDS
from connectors.shared.twilio.numbers import WHATSAPP
from connectors.shared.twilio.webhook import Guard
from hub import clock
from hub.errors import Rejected, Retry, Unavailable, Uncertain
from hub.interaction import Channel, DeliveryState, Interaction, PointKind
from hub.outgoing import Committing, OutgoingMessage, SendResult
from hub.segments import count
from hub.store import Database, consents
from hub.store.consents import Purpose
from hub.store.tables import HAS_PROVIDER_ID, outbound

log = structlog.get_logger(__name__)

_LOOKED_AT = 20
_CLOCKS_DIFFER = timedelta(seconds=30)


class Sender:
    def __init__(
        self,
        settings: MessagingSettings,
        *,
        database: Database,
        api: TwilioApi,
        guard: Guard,
        links: Links,
    ) -> None:
        self._settings = settings
        self._database = database
        self._api = api
        self._guard = guard
        self._links = links
        self._turns = {n.number: Turns(n.per_second) for n in settings.numbers.values()}

    async def send(self, message: OutgoingMessage, committing: Committing) -> SendResult:
        """`sent` when Twilio took it; what becomes of it comes by webhook."""
        interaction = message.interaction
        request = await self._database.read(partial(self._request, message))
        turns = self._turns.get(interaction.account)
        if turns is None:
            raise Unavailable(
                f"{interaction.account} is none of our numbers", "add it to connectors.messaging"
            )
        await turns.take(_segments(interaction), bulk=message.bulk)
        await committing()
        began = clock.now()
        try:
            created = await self._api.do(self._api.client.messages.create_async(**request))
        except Uncertain:
            sid = await self._look_up(interaction, request, began)
            if not sid:
                raise
            return SendResult(DeliveryState.SENT, provider_id=sid)
        return SendResult(DeliveryState.SENT, provider_id=str(created.sid))

    def _request(self, message: OutgoingMessage, connection: Connection) -> dict[str, Any]:
        """What Twilio is asked, or Rejected: the reason, before anything is sent."""
        interaction = message.interaction
        to = next((p for p in interaction.recipients if p.kind is PointKind.PHONE), None)
        if to is None:
            raise Rejected("no_number", "There is no phone number to send this to.")
        purpose = Purpose.MARKETING if message.bulk else Purpose.SERVICE
        is_last_word = ANSWERS in interaction.details
        if not is_last_word and not consents.allows(
            connection, interaction.channel, to.key, purpose
        ):
            raise Rejected("no_consent", "The customer does not want messages this way.")
        is_whatsapp = interaction.channel is Channel.WHATSAPP
        prefix = WHATSAPP if is_whatsapp else ""
        callback = self._guard.address(f"{STATUS_PATH}?interaction={interaction.id}")
        request: dict[str, Any] = {
            "to": prefix + to.value,
            "status_callback": callback,
        } | self._sender_of(interaction)
        if TEMPLATE in interaction.details:
            return request | self._by_template(interaction)
        if len(interaction.text) > LONGEST_TEXT:
            raise Rejected("too_long", f"A message has {LONGEST_TEXT} characters at most.")
        if is_whatsapp:
            ends = window_ends(connection, interaction.account, to, interaction.customer_id)
            if ends is None or clock.now() >= ends:
                raise Rejected("window_closed", WORDS[63016])
        if interaction.text.strip():
            request["body"] = interaction.text
        if interaction.attachments:
            request["media_url"] = [self._links.address(f) for f in interaction.attachments]
        return request

    def _sender_of(self, interaction: Interaction) -> dict[str, str]:
        """Our number, or the service that chooses one."""
        number = self._settings.number(interaction.account)
        if interaction.channel is Channel.WHATSAPP:
            return {"from_": WHATSAPP + interaction.account}
        if number is not None and number.messaging_service:
            return {"messaging_service_sid": number.messaging_service}
        return {"from_": interaction.account}

    def _by_template(self, interaction: Interaction) -> dict[str, Any]:
        template = self._settings.templates.get(interaction.details[TEMPLATE])
        if template is None:
            raise Rejected("no_template", "The template is not in the settings any more.")
        variables = interaction.details.get(VARIABLES, "{}")
        return {
            "content_sid": template.content_sid,
            "content_variables": variables if template.variables else None,
        }

    async def _look_up(self, interaction: Interaction, request: dict[str, Any], began: Any) -> str:
        """The message that Twilio took without telling us, if it is surely this one."""
        sender = {"from_": request["from_"]} if "from_" in request else {}
        listing = self._api.client.messages.list_async(to=request["to"], limit=_LOOKED_AT, **sender)
        try:
            found = await self._api.ask(listing)
        except (Retry, Unavailable, Rejected):
            return ""
        since = began - _CLOCKS_DIFFER
        alike = [
            str(one.sid)
            for one in found
            if one.body == interaction.text and one.date_created and one.date_created >= since
        ]
        known = await self._database.read(lambda c: _known(c, alike))
        new = [sid for sid in alike if sid not in known]
        if len(new) == 1:
            log.info("messaging.found_after_doubt", interaction_id=interaction.id, sid=new[0])
            return new[0]
        return ""


def _segments(interaction: Interaction) -> int:
    if interaction.channel is Channel.WHATSAPP:
        return 1
    return max(1, count(interaction.text).segments)


def _known(connection: Connection, sids: list[str]) -> set[str]:
    """Those that belong to another message."""
    rows = connection.execute(
        select(outbound.c.provider_id).where(
            text(HAS_PROVIDER_ID), outbound.c.provider_id.in_(sids)
        )
    )
    return set(rows.scalars())
