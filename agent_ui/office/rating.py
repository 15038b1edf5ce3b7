"""The page behind the link by which customers say what they think of how they were helped."""

from http import HTTPStatus

from aiohttp import web

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.visit import Guest, number
from hub import rating_requests
from hub.errors import Rejected
from hub.store import ratings

_LONGEST = 2_000


class RatingViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, guest: Guest) -> web.StreamResponse:
        """Saves nothing: what opens links in mails to look at them must not rate."""
        return await self._show(guest, number(guest.request.query.get("score", "")))

    async def rate(self, guest: Guest) -> web.StreamResponse:
        token, score = guest.request.match_info["token"], number(await guest.field("score"))
        comment = (await guest.field("comment")).replace("\r\n", "\n").strip()[:_LONGEST]
        tokens = self._context.tokens
        asked = await self._context.database.read(
            lambda c: rating_requests.asked_by(c, tokens, token)
        )
        if asked is None or asked.closed:
            return await self._show(guest)
        try:
            await self._context.database.write(
                lambda c: ratings.rate(
                    c,
                    asked.conversation_id,
                    channel=asked.channel,
                    score=score,
                    comment=comment,
                    name=asked.name,
                )
            )
        except Rejected as error:
            return await self._show(guest, score, error, comment)
        self._context.wake()
        return self._pages.page(guest, "office/rate.html", asked=asked, done=True)

    async def _show(
        self, guest: Guest, score: int = 0, refused: Rejected | None = None, comment: str = ""
    ) -> web.Response:
        token, tokens = guest.request.match_info["token"], self._context.tokens
        asked = await self._context.database.read(
            lambda c: rating_requests.asked_by(c, tokens, token)
        )
        status = HTTPStatus.GONE if asked is None or asked.closed else HTTPStatus.OK
        return self._pages.page(
            guest,
            "office/rate.html",
            status=refused.status if refused else status,
            asked=asked,
            token=token,
            score=score,
            comment=comment,
            done=False,
            problem=words.reason(guest.texts, refused) if refused else "",
        )
