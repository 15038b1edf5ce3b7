"""A replay that was kept reads back the same, without what customers wrote."""

from dataclasses import replace
from datetime import timedelta

from interaction_models import model_of
from recorded_work import AT, EVERYBODY, SINCE, UNTIL, work
from routing.replay import Replayer
from routing.replay.packed import pack, read_summary, summary_of, unpack
from routing.staffing.arrivals import Arrivals


def test_what_is_packed_is_what_is_unpacked_but_for_the_subjects() -> None:
    before, after = model_of("role: billing"), model_of("role: service, sla: {resolution: 1h}")
    found = [
        work(n, subject="Secret", at=AT + timedelta(microseconds=n), topic="bill" if n % 3 else "")
        for n in range(9)
    ]
    replayer = Replayer(before, after, EVERYBODY, since=SINCE, until=UNTIL)
    replayer.take(replayer.tallied(found))
    result = replayer.result()
    assert len(result.changes) == 9
    packed = pack(result.changes)
    assert b"Secret" not in packed
    assert tuple(unpack(packed)) == tuple(replace(one, subject="") for one in result.changes)
    assert read_summary(summary_of(result)) == replace(result, changes=(), arrived=Arrivals())
    assert tuple(unpack(pack(()))) == ()
