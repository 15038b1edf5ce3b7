"""What is said on the phone is written out in its language, where Twilio is asked to."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connectors.phone import transcripts
from hub.store.tables import parked
from phone_house import SHUT, THEIRS, House, complain, open_house, talk
from twilio_cloud import DUTCH, OURS, CloudServer
from waiting import eventually

WRITTEN = "- Met Anna van Van Dalen.\n- Dag, mijn machine lekt. Alweer."


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twilio is quick here."""
    monkeypatch.setattr(transcripts, "PAUSES", (timedelta(),) * 5)
    monkeypatch.setattr(transcripts, "LOOK_EVERY", 0.05)


@pytest.fixture
async def writing(sqlite_url: str, tmp_path: Path, cloud: CloudServer) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, cloud, intelligence={"nl": DUTCH}) as house:
        yield house


async def written(house: House) -> list[dict[str, Any]]:
    return [one for one in await house.events() if one["event"] == "transcript"]


async def all_done(house: House) -> bool:
    wanted = select(parked).where(parked.c.kind == transcripts.KIND)
    return not await house.rows(wanted)


async def test_a_recorded_call_is_written_out_and_then_removed_at_twilio(writing: House) -> None:
    call = await complain(writing)
    await talk(writing, call)
    recording = await eventually(lambda: call.recording)
    await writing.cloud.calls.hang_up(call)
    [event] = await eventually(lambda: written(writing))
    assert (event["text"], event["of"], event["recording"]) == (WRITTEN, "call", recording.sid)
    await eventually(lambda: writing.cloud.files.content(f"ME{recording.sid[2:]}") is None)
    assert writing.cloud.intelligence.transcripts == {}


async def test_a_message_in_dutch_is_written_out(writing: House) -> None:
    writing.at = SHUT
    call = writing.cloud.calls.dial(THEIRS, OURS)
    await eventually(lambda: call.expects == "message")
    writing.cloud.calls.leave_message(call)
    [event] = await eventually(lambda: written(writing))
    assert event["text"] == WRITTEN
    assert "of" not in event


async def test_what_cannot_be_written_out_is_given_up(
    sqlite_url: str, tmp_path: Path, cloud: CloudServer
) -> None:
    unknown = {"nl": "GA" + "f" * 32}
    async with open_house(sqlite_url, tmp_path, cloud, intelligence=unknown) as house:
        call = await complain(house)
        await talk(house, call)
        recording = await eventually(lambda: call.recording)
        await house.cloud.calls.hang_up(call)
        await eventually(lambda: house.cloud.files.content(f"ME{recording.sid[2:]}") is None)
        await eventually(lambda: all_done(house))
        assert await written(house) == []


async def test_a_language_without_a_service_is_not_written_out(
    sqlite_url: str, tmp_path: Path, cloud: CloudServer
) -> None:
    async with open_house(sqlite_url, tmp_path, cloud, intelligence={"en": DUTCH}) as house:
        call = await complain(house)
        await talk(house, call)
        recording = await eventually(lambda: call.recording)
        await house.cloud.calls.hang_up(call)
        await eventually(lambda: house.cloud.files.content(f"ME{recording.sid[2:]}") is None)
        assert await written(house) == []
        assert house.cloud.intelligence.transcripts == {}
