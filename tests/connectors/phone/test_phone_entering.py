"""From the greeting to the queue: speech, questions, consent, and who hangs up on the way."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from config.demo.twilio.call import Call
from connectors.phone import twiml
from hub import clock
from hub.store.tables import calls, customers, work_items
from phone_house import GROUP, THEIRS, House, said
from twilio_cloud import OURS
from waiting import eventually


async def dial(house: House) -> Call:
    call = house.cloud.calls.dial(THEIRS, OURS)
    await eventually(lambda: call.expects == "keys")
    return call


async def test_what_is_said_is_a_topic_by_its_title_or_its_words(house: House) -> None:
    for number, (words, topic) in enumerate(
        [("Ik bel over een bestelling.", "order"), ("mijn factuur is te LÁÁT, denk ik", "bill")], 1
    ):
        call = await dial(house)
        assert call.hears
        house.cloud.calls.speak(call, words)
        await eventually(lambda call=call: call.waiting or call.problem)
        assert (await house.received())[-1].topic == topic
        assert len(await house.received()) == number


async def test_what_nobody_understands_is_asked_again_and_then_put_through(house: House) -> None:
    call = await dial(house)
    house.cloud.calls.speak(call, "Goedemorgen")
    await eventually(lambda: "Die keuze is er niet." in said(call) and call.expects == "keys")
    house.cloud.calls.speak(call, "Goedemorgen!")
    await eventually(lambda: call.waiting)
    assert ((await house.received())[0].topic, (await house.call()).chosen) == ("", "Goedemorgen!")


async def test_information_that_is_needed_is_asked_for(house: House) -> None:
    call = await dial(house)
    house.cloud.calls.press(call, "3")
    await eventually(lambda: "nog weten: ordernummer." in said(call) and call.expects == "keys")
    for key in "2026":
        house.cloud.calls.press(call, key)
    house.cloud.calls.press(call, "#")
    await eventually(lambda: call.expects == "keys" and "nog weten: woonplaats." in said(call))
    house.cloud.calls.press(call, "")  # who does not know it just waits
    await eventually(lambda: call.waiting)
    [kept] = await house.received()
    assert (kept.topic, kept.details) == ("repair", {"answer.number": "2026"})
    assert call.problem == ""


async def test_who_hangs_up_in_the_menu_is_called_back(house: House) -> None:
    call = await dial(house)
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    await eventually(lambda: called_back(house))
    [kept] = await house.received()
    assert (kept.external_id, kept.sender["value"]) == (call.sid, THEIRS)
    assert [event["outcome"] for event in await house.events()] == ["missed"]


async def test_who_withholds_their_number_and_hangs_up_in_the_menu_is_kept(house: House) -> None:
    """As a contact that was missed, with nothing to call back."""
    for sid in ("CA7", "CA8"):
        form = house.form(CallSid=sid, From="+266696687")
        assert (await house.post(twiml.CALL, form))[0] == 200
        assert (await house.post(twiml.STATUS, form | {"CallStatus": "completed"}))[0] == 204

    async def both() -> Any:
        rows = await house.rows(select(calls.c.state))
        return len(rows) == 2 and {row.state for row in rows} == {"over"}

    await eventually(both)
    kept = await house.received()
    assert {row.external_id for row in kept} == {"CA7", "CA8"}
    assert len({row.customer_id for row in kept}) == 2, "two of whom nothing is known"
    events = await house.events()
    assert [(one["outcome"], one["withheld"]) for one in events] == [("missed", "yes")] * 2
    items = await house.rows(select(work_items))
    assert {item.callback_to for item in items} == {""}


async def called_back(house: House) -> Any:
    item = await house.item()
    return item is not None and item.callback_to == THEIRS


async def test_a_hang_up_that_is_told_before_the_choice_ends_the_call_all_the_same(
    house: House,
) -> None:
    form = house.form(CallSid="CA7")
    over = form | {"CallStatus": "completed"}
    assert (await house.post(twiml.STATUS, over))[0] == 204
    path = f"{twiml.MENU}?topics=bill,order&again=0"
    assert (await house.post(path, form | {"Digits": "2"}))[0] == 200
    await house.reaches("over")
    await eventually(lambda: called_back(house))


async def test_callers_whom_we_know_are_greeted_by_their_group(house: House) -> None:
    call = await dial(house)
    assert GROUP not in said(call)
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    await house.write(lambda c: c.execute(update(customers).values(target_group="b2b/key")))
    again = await dial(house)
    assert said(again).startswith(f"Welkom bij Van Dalen. {GROUP} Voor Rekening")


async def test_the_menu_is_that_of_the_group_that_routing_finds(house: House) -> None:
    """By a rule of the model, from what is known of the organisation that the caller works for."""
    call = await dial(house)
    assert "Bezoek" not in said(call)
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    await house.write(_is_of_a_key_account)
    again = await dial(house)
    assert said(again).startswith(f"Welkom bij Van Dalen. {GROUP} Voor Rekening")
    assert "Bezoek" in said(again)


def _is_of_a_key_account(connection: Connection) -> None:
    firm = {"id": "firm", "kind": "organisation", "name": "Firm", "target_group": ""}
    known = {"language": "", "attributes": {"segment": "Key account"}, "created_at": clock.now()}
    connection.execute(insert(customers), [firm | known])
    people = update(customers).where(customers.c.kind == "person")
    connection.execute(people.values(organisation_id="firm"))


async def test_who_waits_hears_how_long_that_usually_takes(house: House) -> None:
    await house.helped_lately(minutes=4, how_often=3)
    call = await house.wait_in_line()
    await eventually(lambda: "Dat duurt waarschijnlijk 4 minuten." in said(call))
