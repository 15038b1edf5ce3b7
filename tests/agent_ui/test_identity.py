"""Who may be the same: agents say so, who oversees the work merges, and undoes it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from builders import email_party, mail_arrival
from console_house import House, Page, Person, open_house, person
from hub.store import customer_pairs
from hub.store.tables import customers

JAN = email_party("jan.jansen@example.org", "Jan Jansen")
DOUBLE = email_party("janjansen@work.example", "Jan Janssen")
BESIDE = ".double strong"


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, supervisor_roles=frozenset({"billing"})) as house:
        yield house


@pytest.fixture
async def lead(house: House) -> AsyncIterator[Person]:
    """Signed in, and oversees the work."""
    await house.hire("lena", "Lena Vos", ["service", "billing"])
    async with person(house) as one:
        await one.sign_in("lena")
        yield one


class Twice:
    """Jan, who wrote from two addresses."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def begin(self) -> None:
        self.paths, self.conversations = [], []
        for party in (JAN, DOUBLE):
            mail = mail_arrival(party.value).model_copy(update={"sender": party})
            accepted = await self.house.receive(mail)
            self.conversations.append(accepted.conversation_id)
            self.paths.append(f"/console/conversations/{accepted.conversation_id}")
        self.ids = [row.id for row in await self.house.rows(customers)]
        await self.house.write(lambda c: customer_pairs.look(c, self.ids))

    def fields(self, **more: str) -> dict[str, str]:
        return {"conversation": self.conversations[0], "other": self.ids[1], **more}


@pytest.fixture
async def twice(house: House) -> Twice:
    twice = Twice(house)
    await twice.begin()
    return twice


async def test_an_agent_sees_who_may_be_the_same_and_says_so(
    twice: Twice, anna: Person, lead: Person
) -> None:
    page = await anna.get(twice.paths[0])
    assert page.text(BESIDE) == "May be the same: Jan Janssen"
    assert "65 % alike: name nearly the same, mail addresses of one name" in page.text(".double")
    assert page.texts(".double button") == ["The same", "Not the same"]
    double = f"/console/customers/{twice.ids[0]}/double"
    page = await anna.post(double, **twice.fields(said="same"))
    assert "Anna de Wit says they are the same." in page.text(".double")
    merge = await anna.post(f"/console/customers/{twice.ids[0]}/merge", **twice.fields())
    assert merge.status == 403
    listed = await lead.get("/console/doubles")
    assert "Anna de Wit says they are the same" in listed.text(".pairs li")
    await anna.post(double, **twice.fields(said="different"))
    assert not (await anna.get(twice.paths[1])).has(".double")
    assert "Nobody is found twice." in (await lead.get("/console/doubles")).text("main")


async def test_of_somebody_who_is_not_before_them_an_agent_says_nothing(
    twice: Twice, anna: Person, house: House
) -> None:
    one, two = twice.ids
    double = f"/console/customers/{one}/double"
    await house.hire("eve", "Eve", [])
    async with person(house) as eve:
        await eve.sign_in("eve")
        assert (await eve.post(double, **twice.fields(said="same"))).status == 404
    elsewhere = twice.fields(said="same") | {"conversation": twice.conversations[1]}
    assert (await anna.post(double, **elsewhere)).status == 404
    themselves = twice.fields(said="same") | {"other": one}
    assert (await anna.post(double, **themselves)).status == 404
    assert (await anna.post(double, **twice.fields(said="merge"))).status == 404
    assert (await anna.get(twice.paths[0])).texts(BESIDE) == ["May be the same: Jan Janssen"], two


def addresses(page: Page) -> list[str]:
    """A line may break behind the @."""
    return [one.replace("@ ", "@") for one in page.texts(".points .point")]


async def test_a_supervisor_merges_and_undoes_it_beside_the_conversation(
    twice: Twice, lead: Person
) -> None:
    page = await lead.get(twice.paths[0])
    assert page.texts(".double button") == ["Merge the two", "Not the same"]
    page = await lead.post(f"/console/customers/{twice.ids[0]}/merge", **twice.fields())
    assert page.path == twice.paths[0]
    assert addresses(page) == [JAN.value, DOUBLE.value]
    assert "Merged with another customer by Lena Vos" in page.text(".merged")
    assert "/console/conversations/" + twice.conversations[1] in page.body
    undo = page.value(".merged", "action")
    page = await lead.post(undo, conversation=twice.conversations[0])
    assert addresses(page) == [JAN.value]
    assert not page.has(".double")
    page = await lead.post(undo, conversation=twice.conversations[0])
    assert (page.status, page.text(".notice")) == (409, "This was undone already.")


async def test_a_supervisor_goes_through_the_list(twice: Twice, lead: Person) -> None:
    page = await lead.get("/console/doubles")
    assert [" ".join(text.split()[:2]) for text in page.texts(".pair-of p")] == [
        "Jan Jansen",
        "Jan Janssen",
    ]
    page = await lead.post(page.value(".pairs form", "action"), other=twice.ids[1])
    assert page.path == "/console/doubles"
    assert page.texts(".pair-done strong") == ["Jan Jansen"]
    page = await lead.post(page.value(".pair-done form", "action"))
    assert not page.has(".pair-done")
    assert (await lead.post("/console/merges/none/undo")).status == 404


# Addresses that several people use

HOME = email_party("jansen@home.example", "Jan Jansen")


async def test_an_agent_says_that_an_address_is_shared_and_who_it_is(
    house: House, anna: Person
) -> None:
    mail = mail_arrival(HOME.value).model_copy(update={"sender": HOME})
    first = await house.receive(mail)
    path = f"/console/conversations/{first.conversation_id}"
    page = await anna.get(path)
    assert page.texts("form[action$='/share'] button") == ["jansen@home.example is shared"]
    share = page.value("form[action$='/share']", "action")
    point = page.value("form[action$='/share'] button")
    page = await anna.post(share, conversation=first.conversation_id, point=point)
    assert page.text(".shared-addresses") == "Uses with others: jansen@home.example"
    second = await house.receive(mail_arrival(HOME.value))
    path = f"/console/conversations/{second.conversation_id}"
    page = await anna.get(path)
    assert page.text("[data-one-of] p") == ("Several people use jansen@home.example. Who is this?")
    assert page.texts("[data-one-of] button") == ["Jan Jansen"]
    page = await anna.post(f"{path}/person", name="Eva Smit")
    assert page.text(".who").endswith("Eva Smit")
    assert "Somebody else after all?" in page.text(".one-of summary")
    assert page.texts("[data-one-of] button") == ["Jan Jansen", "Nobody knows"]
    page = await anna.post(f"{path}/person", customer=page.value("[data-one-of] button"))
    assert page.text(".who").endswith("Jan Jansen")
    assert [r.text("li .row-name") for r in [await anna.get("/console")]] == ["Jan Jansen"]


async def test_a_shared_address_that_is_one_person_s_is_theirs(
    house: House, anna: Person, lead: Person
) -> None:
    first = await house.receive(mail_arrival(HOME.value).model_copy(update={"sender": HOME}))
    page = await anna.get(f"/console/conversations/{first.conversation_id}")
    share = page.value("form[action$='/share']", "action")
    fields = {"conversation": first.conversation_id}
    await anna.post(share, **fields, point=f"email:{HOME.value}")
    assert (await anna.post(share, **fields, point=f"email:{HOME.value}")).status == 404
    second = await house.receive(mail_arrival(HOME.value))
    fields = {"conversation": second.conversation_id}
    page = await anna.get(f"/console/conversations/{second.conversation_id}")
    unshare = page.value("form[action$='/unshare']", "action")
    jan = page.value("form[action$='/unshare'] button")
    assert (await anna.post(unshare, **fields, customer=fields["conversation"])).status == 404
    page = await anna.post(unshare, **fields, customer=jan)
    assert page.text(".who").endswith("Jan Jansen")
    assert not page.has("[data-one-of]")
    page = await lead.get(page.path)
    page = await lead.post(page.value(".merged", "action"), **fields)
    assert page.has("[data-one-of]")


# What is wrong or missing, and what is elsewhere


async def test_an_agent_mends_what_is_missing_with_one_click(house: House, anna: Person) -> None:
    mail = mail_arrival("info@acme.example")
    first = await house.receive(mail)
    path = f"/console/conversations/{first.conversation_id}"
    page = await anna.get(path)
    assert page.texts(".mend p") == [
        "Several people read info@acme.example, by its name.",
        "The name of this customer is not known.",
        "In which language do they want to be answered?",
    ]
    repair = page.value(".mend form[action$='/repair']", "action")
    fields = {"conversation": first.conversation_id}
    page = await anna.post(repair, **fields, kind="no_language", value="nl")
    page = await anna.post(repair, **fields, kind="nameless", value="Jan Jansen")
    assert (page.path, page.text(".who")) == (path, "J Jan Jansen")
    assert page.texts(".mend p") == ["Several people read info@acme.example, by its name."]
    page = await anna.post(repair, **fields, kind="nameless", value="")
    assert (page.status, page.text(".notice")) == (422, "Write who it is.")
    assert (await anna.post(repair, **fields, kind="other", value="x")).status == 404
    elsewhere = fields | {"conversation": "none"}
    assert (await anna.post(repair, **elsewhere, kind="nameless", value="x")).status == 404
    share = page.value(".mend form[action$='/share'] button")
    page = await anna.post(repair.replace("/repair", "/share"), **fields, point=share)
    assert not page.has(".mend form[action$='/share']")


async def test_open_work_elsewhere_is_one_click_away(house: House, anna: Person) -> None:
    first = await house.receive(mail_arrival(subject="Order 1"))
    other = await house.receive(mail_arrival(subject="Order 2"))
    await house.receive(mail_arrival(subject="Invoice 3"))
    page = await anna.get(f"/console/conversations/{first.conversation_id}")
    assert page.texts("[data-elsewhere] .past-what") == ["Order 2", "Invoice 3"]
    assert page.texts("[data-elsewhere] .past-when") == [
        "#10003 · Customer service · waits",
        "#10004 · Billing · waits",
    ]
    assert page.value("[data-elsewhere] a", "href").endswith(other.conversation_id)
    assert len(page.texts("[data-elsewhere] a")) == 1, "the other is of a role she does not hold"


async def test_administrators_own_the_links_to_other_systems(
    house: House, anna: Person, ina: Person
) -> None:
    links = "/console/admin/links"
    assert (await anna.post(links, title="CRM", url="https://crm.example/")).status == 403
    page = await ina.post(links, title="CRM", url="https://crm.example/?q={email}")
    assert (page.path, page.text("code.faint")) == (links, "https://crm.example/?q={email}")
    page = await ina.post(links, title="Evil", url="javascript:alert('{name}')")
    assert (page.status, page.value("input[name=url]")) == (422, "javascript:alert('{name}')")
    assert "https:// or http://" in page.text(".notice")
    first = await house.receive(mail_arrival("jan+a&b@example.org"))
    page = await anna.get(f"/console/conversations/{first.conversation_id}")
    assert page.value(".links-out a", "href") == "https://crm.example/?q=jan%2Ba%26b%40example.org"
    assert page.value(".links-out a", "rel") == "noopener noreferrer"
    await ina.post(links + "/remove", place="0", url="https://other.example/")
    await ina.post(links + "/remove", place="0", url="https://crm.example/?q={email}")
    assert not (await anna.get(page.path)).has(".links-out")
