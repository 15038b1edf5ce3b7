"""Names that are written from right to left: what stands beside one in a line stays in its place,
and is read in the order in which it was written."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from sqlalchemy import insert

from builders import chat_arrival, mail_arrival
from console_browser import desk
from console_house import House, open_house
from hub import clock
from hub.facts import Facts
from hub.interaction import Party, PointKind
from hub.store import customer_pairs, presence, reviewing, searchable
from hub.store.leader import open_leadership
from hub.store.tables import audit_log, customers

pytestmark = pytest.mark.asyncio(loop_scope="session")

ARABIC, HEBREW = "محمد الفاسي", "דוד כהן"
SUBJECT = "طلب (12)"
NAMES = re.compile("[\u0590-\u08ff]")
_OUT_OF_PLACE = """
() => {
  const rtl = /[\\u0590-\\u08ff]/;
  const lines = new Map();
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const within = node.parentElement;
    if (within.closest("script, style, template, select, textarea, .unseen")) continue;
    if (!within.checkVisibility()) continue;
    let block = within;
    while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
    if (getComputedStyle(block).direction === "rtl") continue;
    const apart = within.closest("bdi, [dir]");
    const isApart = apart && block !== apart && block.contains(apart);
    for (const word of node.data.matchAll(/[^\\s]+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const box = range.getBoundingClientRect();
      if (!box.width) continue;
      if (!lines.has(block)) lines.set(block, []);
      lines.get(block).push({ box, rtl: isApart || rtl.test(word[0]) });
    }
  }
  for (const [block, words] of lines) {
    if (!words.some((one) => one.rtl) || !words.some((one) => !one.rtl)) continue;
    const runs = [];
    for (const one of words) {
      const last = runs.at(-1);
      const same = last && Math.abs(last.top - one.box.top) < 4;
      if (same && last.rtl && one.rtl) last.left = Math.min(last.left, one.box.left);
      else runs.push({ rtl: one.rtl, left: one.box.left, top: one.box.top, same });
    }
    const turned = runs.some((run, n) => run.same && run.left < runs[n - 1].left);
    if (turned) found.push(block.innerText.replace(/\\s+/g, " ").trim());
  }
  return found;
}
"""
"""The lines in which a word stands left of one that was written before it. What is kept apart from
its line counts as one word, in which order is its own affair."""

_OPEN_ALL = "document.querySelectorAll('details').forEach((one) => (one.open = true))"


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    roles = frozenset({"billing"})
    async with open_house(sqlite_url, tmp_path, supervisor_roles=roles) as opened:
        yield opened


async def test_the_check_finds_a_line_that_is_turned(browser: Browser) -> None:
    page = await browser.new_page()
    for name, found in ((ARABIC, [f"{ARABIC} 12 mails"]), (f"<bdi>{ARABIC}</bdi>", [])):
        await page.set_content(f"<p>{name} 12 mails</p>")
        assert await page.evaluate(_OUT_OF_PLACE) == found
    await page.close()


async def test_lists_keep_their_order_beside_such_a_name(house: House, browser: Browser) -> None:
    lea = await house.hire("lea", HEBREW, ["billing", "service"], administrator=True)
    await house.write(lambda c: presence.say(c, lea, presence.AVAILABLE))
    party = Party(kind=PointKind.EMAIL, value="m.fassi@example.org", name=ARABIC)
    came = mail_arrival("m.fassi@example.org", subject=SUBJECT)
    mail = await house.receive(came.model_copy(update={"sender": party}))
    visitor = Party(kind=PointKind.VISITOR, value="v1", name=ARABIC)
    await house.receive(chat_arrival(sender=visitor, text=f"{SUBJECT} order"))
    item = await house.work_of(mail.conversation_id)
    known = [one.id for one in await house.rows(customers)]
    rows = [
        {"id": clock.new_id(), "at": clock.now(), "actor": lea, "action": "x", "object": one,
         "details": {"n": 12, "of": one, "to": lea}}
        for one in known
    ]  # fmt: skip
    await house.write(lambda c: c.execute(insert(audit_log), rows))
    double = Party(kind=PointKind.EMAIL, value="m.fassi@example.net", name=ARABIC)
    came = mail_arrival("m.fassi@example.net", subject=SUBJECT, text="x", message_id="double@x")
    await house.receive(came.model_copy(update={"sender": double}))
    known = [one.id for one in await house.rows(customers)]
    await house.write(lambda c: customer_pairs.look(c, known))
    await house.write(lambda c: searchable.take_in(c, clock.now() + timedelta(minutes=1)))
    who = {"agent_id": lea, "reviewer_id": lea}
    talk = mail.conversation_id
    await house.write(lambda c: reviewing.add(c, talk, **who, scores={"Kind": 4}, remark=""))
    async with desk(browser, house) as at:
        await at.sign_in("lea")
        turned: dict[str, list[str]] = {}

        async def look(path: str) -> None:
            await at.page.goto(f"{house.origin}{path}")
            assert await at.page.locator("main").filter(has_text=NAMES).count() == 1, path
            await at.page.evaluate(_OPEN_ALL)
            turned[path] = await at.page.evaluate(_OUT_OF_PLACE)

        for path in ("/console", "/console/wall", "/console/wall/items?figure=waiting"):
            await look(path)
        await at.open(mail.conversation_id)
        await at.page.get_by_role("button", name="Take", exact=False).first.click()
        await at.done()
        await at.page.evaluate("document.activeElement.blur()")
        await look(f"/console/conversations/{mail.conversation_id}")
        await Facts(house.database, open_leadership(house.database, "facts")).round(clock.now())
        for path in (
            "/console",
            "/console/wall",
            "/console/wall/items?figure=held",
            "/console/reports",
            "/console/reports/came?open=1",
            f"/console/reports/reviews?whose={lea}",
            "/console/reviews",
            f"/console/reviews/{item.conversation_id}",
            "/console/reviews/mine",
            "/console/doubles",
            "/console/search?q=12&days=",
            f"/console/search?q={quote(ARABIC)}",
            "/console/admin/people",
            "/console/admin/audit?action=x",
            "/console/admin/ledger/items?state=work_assigned&days=7",
        ):
            await look(path)
        assert {path: lines for path, lines in turned.items() if lines} == {}
        await at.check_traps()
