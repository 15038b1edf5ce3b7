"""Which promise begins, pauses and is kept by what."""

from hub.promises import Event, Promise, What, begun_by_contact, effect


def test_moving_starts_nothing_again() -> None:
    assert {effect(promise, Event.MOVED) for promise in Promise} == {What.MOVED}


def test_only_the_resolution_waits_for_the_customer() -> None:
    assert effect(Promise.RESOLUTION, Event.PENDING) is What.PAUSED
    assert effect(Promise.RESOLUTION, Event.CONTINUED) is What.RESUMED
    assert effect(Promise.FIRST_RESPONSE, Event.PENDING) is None
    assert effect(Promise.NEXT_RESPONSE, Event.PENDING) is None


def test_an_answer_keeps_the_responses_and_not_the_resolution() -> None:
    assert effect(Promise.FIRST_RESPONSE, Event.ANSWER) is What.MET
    assert effect(Promise.NEXT_RESPONSE, Event.ANSWER) is What.MET
    assert effect(Promise.RESOLUTION, Event.ANSWER) is None
    assert {effect(promise, Event.RESOLVED) for promise in Promise} == {What.MET}


def test_what_a_contact_begins() -> None:
    first, following, resolution = Promise
    assert begun_by_contact(answered=False, running=()) == (first, resolution)
    assert begun_by_contact(answered=False, running=(first, resolution)) == ()
    assert begun_by_contact(answered=True, running=(resolution,)) == (following,)
    assert begun_by_contact(answered=True, running=(resolution, following)) == ()
