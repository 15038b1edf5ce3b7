"""The same Loket on PostgreSQL and RabbitMQ, a process for each role: only two URLs differ."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from loket_process import Deployment, LoketProcess, deploy, run
from mta import Mta, mail
from servers.smtp import SmtpSink

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOGIN, PASSWORD = "sam", "a long password of Sam"
HELD = ("triage", "customer-service", "logistics")
ROLES = ("connectors", "router", "dispatcher", "console")


@pytest_asyncio.fixture(loop_scope="session")
async def sink() -> AsyncIterator[SmtpSink]:
    """The mail server of the customer, in the loop of the browser."""
    server = SmtpSink()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def deployment(postgres_url: str, rabbitmq_url: str, tmp_path: Path, sink: SmtpSink) -> Deployment:
    made = deploy(tmp_path, store_url=postgres_url, bus_url=rabbitmq_url, sink_port=sink.port)
    words = ["agents", "add", LOGIN, "--name", "Sam"]
    for role in HELD:
        words += ["--role", role]
    run(made, *words, extra={"LOKET_AGENT_PASSWORD": PASSWORD})
    return made


@pytest.fixture
def console(deployment: Deployment) -> Iterator[LoketProcess]:
    """The process with the console; the other roles run beside it."""
    processes = [LoketProcess(deployment, role).start(wait=False) for role in ROLES]
    try:
        for process in processes:
            process.wait_until_ready()
        yield processes[-1]
    finally:
        for process in processes:
            if process.running:
                process.terminate()


@pytest.mark.timeout(180)
async def test_a_mail_is_answered_across_four_processes(
    deployment: Deployment, console: LoketProcess, browser: Browser, sink: SmtpSink
) -> None:
    page = await browser.new_page()
    await page.goto(f"http://127.0.0.1:{console.port}/console")
    await page.fill("input[name=login]", LOGIN)
    await page.fill("input[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()

    question = mail(1, "two-urls")
    await asyncio.wait_for(Mta(deployment.smtp_port).deliver([question]), 60)
    row = page.get_by_text(question["Subject"]).first
    await expect(row).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="Take next").click()
    await expect(page.get_by_role("heading", name=question["Subject"], level=2)).to_be_visible()
    # The model wants this done before an answer goes.
    await page.get_by_role("button", name="Done Look up where the parcel is").click()
    await expect(page.locator("[data-steps] .step-said").first).to_contain_text("done Sam")
    await page.fill("textarea[name=text]", "It comes tomorrow.")
    await page.get_by_role("button", name="Send", exact=True).click()
    # It goes by itself when the seconds to take it back are over.
    await expect(page.locator(".entry-outbound .delivery")).to_have_text("Sent", timeout=60_000)

    answer = await sink.next_mail()
    assert b"It comes tomorrow." in answer.content
    assert question["Message-ID"].encode() in answer.content
