"""The demo organisation in the store: complete, once, and in step with the interaction model."""

import asyncio
import random
import shutil
import stat
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from agent_ui.places import PLACES, filled_in, unknown_in
from builders import TOKENS, mail_arrival
from config.demo import Demo, DemoContext, example, history
from config.demo.carrier import carrier_secret
from config.demo.demo import PASSWORDS
from config.demo.example import PastConversation, PastMessage
from config.demo.letters import numbers_of
from config.settings import DEFAULT_MODEL
from hub import clock
from hub.deliveries import EventKind
from hub.interaction import Channel, Direction
from hub.orders import terms_of
from hub.store import Database, agents, handled
from hub.store.agents import password_fits
from hub.store.arrivals import store_arrivals
from hub.store.tables import (
    agent_roles,
    agreements,
    contact_points,
    conversations,
    customers,
    deliveries,
    invoices,
    metadata,
    orders,
    outbox,
    topic_corrections,
    unrouted,
    work_items,
)
from hub.store.tables import agents as agents_table
from routing.contact import Contact
from routing.decide import decide
from routing.model import Model
from routing.model_file import load_model
from stores import count, opened, rows


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(DEFAULT_MODEL)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, model: Model) -> Path:
    """The folder of an installation, loaded once: hashing passwords is slow on purpose."""
    folder = tmp_path_factory.mktemp("installed")

    async def install() -> None:
        async with opened(f"sqlite:///{folder}/loket.db") as database:
            await load(database, folder, model)

    asyncio.run(install())
    return folder


@pytest.fixture
def folder(installed: Path, tmp_path: Path) -> Path:
    """A copy of it, for this test alone."""
    return Path(shutil.copytree(installed, tmp_path / "var"))


@pytest.fixture
async def loaded(folder: Path) -> AsyncIterator[Database]:
    async with opened(f"sqlite:///{folder}/loket.db") as database:
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, folder: Path) -> str:
    """That store, and an empty one on the other engine."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/loket.db"
    empty: str = request.getfixturevalue("postgres_url")
    return empty


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with opened(url) as database:
        yield database


async def load(database: Database, folder: Path, model: Model) -> Demo:
    context = DemoContext(
        organisation="Van Dalen Koffie",
        public_url="http://127.0.0.1:8080",
        smtp_port=1,
        sink_port=0,
        folder=folder,
        carrier_secret=carrier_secret("made up"),
        auth_token="made up",
        model=model,
    )
    demo = Demo(context)
    await demo.load_organisation(database)
    return demo


async def test_there_are_customers_with_agreements_and_a_past(
    loaded: Database, model: Model
) -> None:
    found = await rows(loaded, customers)
    groups = {row.target_group for row in found}
    assert groups >= set(model.target_groups)
    assert {row.kind for row in found} == {"person", "organisation"}
    assert {row.kind for row in await rows(loaded, agreements)} == {
        "contract",
        "sla",
        "price",
        "promise",
    }
    past = await rows(loaded, conversations)
    assert {row.channel for row in past} == {"email", "chat"}
    assert {row.state for row in past} == {"resolved"}


async def test_a_second_load_changes_nothing_and_new_mail_follows_the_past(
    database: Database, folder: Path, model: Model
) -> None:
    await load(database, folder, model)
    before = {table.name: await count(database, table) for table in metadata.sorted_tables}
    await load(database, folder, model)
    after = {table.name: await count(database, table) for table in metadata.sorted_tables}
    assert after == before
    arrival = mail_arrival("ruud@cafe-dewaag.example")
    [accepted] = await database.write(lambda c: store_arrivals(c, [arrival], TOKENS))
    assert await count(database, customers) == before["customers"]
    numbers = {row.id: row.number for row in await rows(database, conversations)}
    assert numbers.pop(accepted.conversation_id) == 10001
    assert max(numbers.values()) == 10000


async def test_the_past_makes_no_work_and_sends_nothing(loaded: Database) -> None:
    assert await count(loaded, outbox) == 0
    assert await count(loaded, unrouted) == 0
    assert {row.state for row in await rows(loaded, work_items)} == {"done"}


async def test_what_an_agent_knew_better_in_the_past_is_a_correction(
    loaded: Database, model: Model
) -> None:
    written = PastConversation(
        customer="sanne.devries@postvak.example",
        channel=Channel.EMAIL,
        account="info",
        subject="My parcel was delivered",
        topic="complaint",
        days=2,
        taken=10,
        messages=(
            PastMessage(text="And it rattles."),
            PastMessage(text="Sorry.", agent="anna", after=14),
        ),
    )
    await loaded.write(
        lambda c: history.add_conversations(c, model, clock.now(), [written], number=9000)
    )
    [corrected] = await rows(loaded, topic_corrections)
    assert (corrected.former, corrected.how, corrected.topic) == ("delivery", "words", "complaint")
    items = {row.id: row for row in await rows(loaded, work_items)}
    item = items[corrected.work_item_id]
    assert (item.topic, item.role) == ("complaint", corrected.role)
    resolved = {item.id: item.resolved_at}
    assert await loaded.read(lambda c: handled.seconds(c, resolved)) == {item.id: 4 * 60}


async def test_who_answered_in_the_past_holds_the_role_that_had_to(loaded: Database) -> None:
    held = {(row.agent_id, row.role) for row in await rows(loaded, agent_roles)}
    items = await rows(loaded, work_items)
    assert [item.topic for item in items if (item.agent_id, item.role) not in held] == []


async def test_a_colleague_of_a_known_contact_belongs_to_the_organisation(loaded: Database) -> None:
    address = "nieuw@hotel-zeezicht.example"
    await loaded.write(lambda c: store_arrivals(c, [mail_arrival(address)], TOKENS))
    by_id = {row.id: row for row in await rows(loaded, customers)}
    [new] = [row for row in by_id.values() if row.name == address]
    assert by_id[new.organisation_id].name == "Hotel Zeezicht"


async def test_agents_sign_in_with_the_password_that_is_shown(
    loaded: Database, folder: Path, model: Model
) -> None:
    demo = await load(loaded, folder, model)
    assert len({sign_in.password for sign_in in demo.sign_ins}) == len(demo.sign_ins)
    for sign_in in demo.sign_ins[:3]:
        found = await loaded.read(lambda c, s=sign_in: agents.find_by_login(c, s.login))
        assert found is not None
        assert password_fits(found[1], sign_in.password)
    [supervisor] = [s for s in demo.sign_ins if s.login == "sam"]
    found = await loaded.read(lambda c: agents.find_by_login(c, supervisor.login))
    assert found is not None
    assert found[0].roles == set(model.roles)


async def test_the_passwords_are_for_the_owner_alone_stay_and_are_made_anew_when_lost(
    loaded: Database, folder: Path, model: Model
) -> None:
    first = await load(loaded, folder, model)
    file = folder / PASSWORDS
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (await load(loaded, folder, model)).sign_ins == first.sign_ins
    file.unlink()
    anew = await load(loaded, folder, model)
    assert {one.password for one in first.sign_ins}.isdisjoint(x.password for x in anew.sign_ins)
    [stored] = [row for row in await rows(loaded, agents_table) if row.login == "anna"]
    assert password_fits(stored.password_hash, anew.sign_ins[0].password)


async def test_a_promise_is_due_soon(loaded: Database, model: Model) -> None:
    promises = await loaded.read(
        lambda c: c.execute(select(agreements).where(agreements.c.kind == "promise")).all()
    )
    assert promises
    assert all(row.due_at > row.valid_from and row.owner in model.roles for row in promises)


async def test_chat_visitors_of_the_past_are_known(loaded: Database) -> None:
    kinds = {row.kind for row in await rows(loaded, contact_points)}
    assert kinds == {"email", "phone", "domain", "visitor"}


def test_what_the_agreements_name_is_in_the_model(model: Model) -> None:
    owners = {a.owner for c in example.customers() for a in c.agreements} - {""}
    assert owners <= set(model.roles)
    roles = {role for agent in example.agents() for role in agent.roles}
    assert roles - {example.ALL_ROLES} == set(model.roles)


def test_nearly_every_letter_has_a_topic(model: Model) -> None:
    """One is about nothing that the model knows, so that triage has something to do."""
    topics = [decide(_contact(letter), model).topic for letter in example.messages().mails]
    assert topics.count("any") == 1
    assert len(set(topics)) > 10


_NUMBERS = {"order": "480001", "invoice": "VK-11001", "serial": "BO-1001"}


def _contact(letter: example.Letter, numbers: Mapping[str, str] = _NUMBERS) -> Contact:
    numbers = {"name": "Sanne", **numbers}
    arrival = mail_arrival()
    return Contact(
        direction=Direction.INBOUND,
        channel=arrival.channel,
        account=f"{letter.to}@vandalenkoffie.example",
        subject=letter.subject.format_map(numbers),
        text=letter.text.format_map(numbers),
    )


async def test_what_customers_ordered_is_there_and_its_letters_name_it(
    loaded: Database, model: Model
) -> None:
    sold = example.sales().orders
    assert {w.mail for w in example.writers()} == set(sold), "everybody who mails ordered something"
    kept = {row.number: row for row in await rows(loaded, orders)}
    assert set(kept) == {one.number for ordered in sold.values() for one in ordered}
    parcels = await rows(loaded, deliveries)
    assert {row.state for row in parcels} >= {"delivered", "exception", "damaged", "lost"}
    assert all(row.order_id and row.customer_id for row in parcels)
    assert {row.state for row in kept.values()} >= {"placed", "shipped", "delivered", "returned"}
    paid = {row.paid_on is None for row in await rows(loaded, invoices)}
    assert paid == {True, False}
    for writer in example.writers():
        numbers = numbers_of(writer, random.SystemRandom())
        assert numbers["order"] in kept
        contact = _contact(example.messages().mails[0], numbers)
        [mention] = model.recogniser.mentions(contact)
        assert mention.value == numbers["order"]


def test_parcels_that_met_their_end_have_met_it_at_any_hour_of_the_day() -> None:
    """At midnight an order of four days ago, placed at nine, is 87 hours old."""
    sales = example.sales()
    for sold in (one for ordered in sales.orders.values() for one in ordered if one.parcel):
        last = sales.parcels[sold.parcel][-1]
        ends = (EventKind.LOST, EventKind.DAMAGED, EventKind.DELIVERED, EventKind.RETURNED)
        if last.kind in ends:
            assert last.hours < 24 * sold.days - 9, sold.number


def test_a_problem_with_a_parcel_says_what_it_is() -> None:
    happenings = [one for story in example.sales().parcels.values() for one in story]
    assert all(one.text for one in happenings if one.kind is EventKind.EXCEPTION)


def test_what_agreements_say_about_orders_can_be_read() -> None:
    details = [a.details for c in example.customers() for a in c.agreements if a.details]
    assert any(terms_of(one).prices for one in details)


def test_canned_replies_of_the_demo_name_what_there_is_and_greet_who_has_no_name() -> None:
    for reply in example.rules().replies:
        assert unknown_in(reply.texts.values(), PLACES) == []
        for language, text in reply.texts.items():
            greeting = filled_in(text, language, {}).partition("\n")[0]
            assert greeting == {"en": "Dear customer,", "nl": "Beste klant,"}[language]
