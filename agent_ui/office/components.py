"""The living page of components: each part of the pages in each state, for who makes them."""

from aiohttp import web

from agent_ui.office.charts import Bar, Chart
from agent_ui.pages import Pages
from agent_ui.visit import Visit

_BARS = (3, 0, 5, 1, 4)
CHIPS = ("", "mine", "held", "near", "failed", "delivered", "note", "open", "line")
TONES = ("bad", "near", "good")


class ComponentViews:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        bars = [
            Bar(x=60 + 180 * n, y=190 - 30 * count, width=120, height=30 * count, count=count,
                label=str(n))
            for n, count in enumerate(_BARS)
        ]  # fmt: skip
        chart = Chart(bars, up=[(190, 0), (40, 5)], marks=[], bottom=190, hourly=False)
        return self._pages.page(
            visit, "office/components.html", chips=CHIPS, tones=TONES, chart=chart
        )
