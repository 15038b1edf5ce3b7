"""What Twilio could not bring is fetched, once."""

from datetime import timedelta

from hub import clock
from messaging_house import THEIRS, House
from servers.process import free_port
from waiting import eventually


async def test_a_text_that_twilio_could_not_hand_over_is_fetched(house: House) -> None:
    await house.text("Came by itself")
    real = house.cloud.number.sms_url
    house.cloud.number.sms_url = f"http://127.0.0.1:{free_port()}/"
    picture = house.cloud.cloud.files.put(b"\x89PNG....", "image/png")
    assert (await house.text("Lost")).status == 0
    await house.whatsapp("Lost too", files=[picture])
    house.cloud.number.sms_url = real
    assert len(await house.received()) == 1

    look = house.connector._reconciler.look
    assert await look(clock.now()) == 0  # they may still be on their way
    later = clock.now() + timedelta(minutes=3)
    assert await look(later) == 2
    await eventually(lambda: _all_three(house))
    assert await look(later) == 0

    [late] = [m for m in house.cloud.cloud.of(THEIRS) if m.body == "Lost"]
    await house.cloud.cloud.deliver(late, real, {})
    assert sorted(row.text for row in await house.received()) == [
        "Came by itself",
        "Lost",
        "Lost too",
    ]


async def _all_three(house: House) -> bool:
    return len(await house.received()) == 3
