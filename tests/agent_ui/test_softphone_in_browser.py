"""The phone in the browser, with a stand-in for Twilio's script: rings, is answered, ends."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from agent_ui.softphone import Softphone
from console_browser import desk
from console_house import open_house
from servers.process import free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")

SDK = """
const told = (one) => Object.assign(one, {
  heard: {},
  on(name, what) { this.heard[name] = what; },
  tell(name, ...more) { this.heard[name]?.(...more); },
});
window.phones = [];
window.Twilio = { Device: class {
  constructor(token) { told(this).token = token; window.phones.push(this); }
  async register() { this.tell("registered"); }
  updateToken(token) { this.token = token; }
  destroy() { this.gone = true; }
} };
window.rings = () => {
  window.call = told({
    accept() { this.tell("accept"); },
    reject() { this.rejected = true; this.tell("reject"); },
    disconnect() { this.tell("disconnect"); },
  });
  window.phones.at(-1).tell("incoming", window.call);
};
"""


async def script(route: Route) -> None:
    await route.fulfill(body=SDK, content_type="text/javascript")


async def test_a_call_rings_in_the_browser_and_is_answered_there(
    browser: Browser, sqlite_url: str, tmp_path: Path
) -> None:
    port = free_port()
    phone = Softphone(
        f"http://127.0.0.1:{port}/twilio.min.js",
        ("wss://voice.example.org",),
        lambda agent_id: f"client:{agent_id}",
        lambda _login, own, agent_id: own or f"client:{agent_id}",
        lambda agent_id: f"token of {agent_id}",
        3600,
    )
    async with open_house(sqlite_url, tmp_path, softphone=phone, port=port) as house:
        anna = await house.hire("anna", "Anna de Wit")
        async with desk(browser, house) as at:
            await at.page.route("**/twilio.min.js", script)
            await at.sign_in("anna")
            await at.page.wait_for_function("() => Boolean(window.phones[0]?.heard.incoming)")
            assert await at.page.evaluate("phones[0].token") == f"token of {anna}"
            rung, answer = at.page.locator("#softphone"), at.page.locator("[data-answer]")
            await at.page.evaluate("rings()")
            await expect(answer).to_be_focused()
            await at.check_accessible()
            await at.page.evaluate("{ const one = call; rings(); second = call; call = one; }")
            assert await at.page.evaluate("second.rejected"), "one call at a time"
            await at.page.keyboard.press("Enter")
            await expect(rung).to_contain_text("You talk in this browser")
            await at.page.get_by_role("button", name="Hang up here").click()
            await expect(rung).to_be_hidden()
            await at.page.locator("#presence > summary").click()
            await expect(at.page.locator("[data-phone-state]")).to_have_text("Ready to ring")
            await at.page.fill(".my-phone [name=phone]", "06 12345678")
            await at.page.get_by_role("button", name="Keep this number").click()
            await at.page.wait_for_function("() => window.phones[0].gone")
