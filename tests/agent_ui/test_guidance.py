"""What the model says about this work: how far an agent may decide, who decides above that, and who
does a step."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_ui.context import Escalation
from console_house import MODEL, House, Person, open_house

LIMITED = (
    MODEL.replace(
        "blocking: yes}\n",
        """blocking: yes}
        - {name: book, title: {en: Book it, nl: Boek het}, who: billing}
        - {name: tell, title: {en: Tell them, nl: Meld het}, who: service}
""",
    )
    .replace(
        "authority: [",
        """authority:
      - {en: Replace it, nl: Vervangen, approver: billing}
      - """,
    )
    .replace(
        'terugbetalen."}]',
        'terugbetalen.", limits: {refund_eur: 12.50}, approver: billing, within: 36h}',
    )
)


UP = Escalation(supervisors="supervisors")


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=LIMITED, escalation=UP) as opened:
        yield opened


async def test_what_an_agent_may_decide_and_who_decides_above_it(
    house: House, anna: Person
) -> None:
    await house.receive(subject="My order 12")
    page = await anna.take_next()
    side = page.text("#side")
    assert "Replace it Above that Billing decides." in side
    assert "EUR 50. refund eur: at most 12.50 Above that Billing decides, within 36 hours." in side
    assert "Book it Billing does this" in side
    assert "Tell them" in side
    assert "Customer service does this" not in side
    await anna.post("/console/language", language="nl")
    side = (await anna.get(page.path)).text("#side")
    assert "refund eur: hoogstens 12,50 Daarboven beslist Facturatie, binnen 36 uur." in side
    assert "Boek het Facturatie doet dit" in side


async def test_who_approves_is_asked_and_not_the_supervisors(house: House, anna: Person) -> None:
    accepted = await house.receive(subject="My order 12")
    page = await anna.take_next()
    assert page.texts("[data-give] [name=escalate]") == ["Ask Billing to decide"]
    item = await house.work_of(accepted.conversation_id)
    path = f"/console/work/{item.id}/transfer"
    refused = await anna.post(path, escalate="service")
    assert (refused.status, "This role does not exist" in refused.text("main")) == (400, True)
    await anna.post(path, escalate="billing", note="Refund 80 euro?")
    moved = await house.work_of(accepted.conversation_id)
    assert (moved.state, moved.role, moved.backup_role) == ("waiting", "billing", "service")


async def test_where_the_model_names_nobody_a_supervisor_is_asked(
    house: House, anna: Person
) -> None:
    await house.receive(subject="Hello", text="Are you there?")
    page = await anna.take_next()
    assert page.texts("[data-give] [name=escalate]") == ["Ask a supervisor"]
