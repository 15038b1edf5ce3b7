"""What customers and the carrier write at the first start, through the doors as always."""

import random

import structlog

from config.demo import example
from config.demo.addresses import MOBILE
from config.demo.carrier import Carrier
from config.demo.example import FirstEvent, FirstMail, FirstText
from config.demo.letters import PostOffice, Refused, draft_of
from config.demo.trade import tracking_of
from config.demo.twilio.cloud import Cloud
from config.demo.twilio.message import WHATSAPP

log = structlog.get_logger(__name__)


class FirstPost:
    def __init__(self, post: PostOffice, cloud: Cloud, carrier: Carrier) -> None:
        self._post = post
        self._cloud = cloud
        self._carrier = carrier
        self._chance = random.Random(1)  # noqa: S311 (nothing is secret here)

    async def bring(self) -> None:
        """All of it. A door that is shut is no reason not to start: it is logged."""
        first = example.messages().first
        try:
            for mail in first.mails:
                await self._mail(mail)
        except Refused as error:
            log.warning("demo.first_mail_refused", error=str(error))
        for text in first.texts:
            await self._text(text)
        for event in first.events:
            await self._tell(event)

    async def _mail(self, mail: FirstMail) -> None:
        letter = next(one for one in example.messages().mails if one.subject == mail.subject)
        writer = next(one for one in example.writers() if one.mail == mail.writer)
        await self._post.send(draft_of(letter, writer, self._chance))

    async def _text(self, text: FirstText) -> None:
        prefix = WHATSAPP if text.whatsapp else ""
        extra = {"ProfileName": text.phone} if text.whatsapp else {}
        await self._cloud.text(prefix + text.phone, prefix + MOBILE, text.text, extra=extra)

    async def _tell(self, event: FirstEvent) -> None:
        orders = example.sales().orders.values()
        sold = next(one for some in orders for one in some if one.number == event.order)
        await self._carrier.tell(tracking_of(sold), event.kind, text=event.text)
