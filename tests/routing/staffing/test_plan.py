"""People per role and half hour: live channels by Erlang C, the rest by its backlog."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.interaction import Channel
from routing.staffing.plan import SLOT, Rules, Traffic, people_needed

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
RULES = Rules()


def always(role: str, at: datetime) -> bool:
    return True


def calls(role: str = "service", arrivals: float = 100, handling: float = 180) -> Traffic:
    return Traffic(role, Channel.PHONE, NINE, arrivals, handling)


def test_calls_of_several_moments_share_their_agents() -> None:
    (need,) = people_needed([calls(arrivals=60), calls(arrivals=40)], RULES, always)
    assert (need.role, need.start, need.people, need.rostered) == ("service", NINE, 14, 20)
    assert need.live_within[Channel.PHONE] == pytest.approx(0.8884, abs=1e-4)


def test_an_agent_has_several_chats_in_hand() -> None:
    chats = Traffic("service", Channel.CHAT, NINE, 100, 600)
    (need,) = people_needed([chats], RULES, always)
    assert need.by_channel == {Channel.CHAT: 13}


def test_mail_is_spread_until_it_is_due() -> None:
    mail = Traffic("service", Channel.EMAIL, NINE, 51, 360, target=3600)
    nothing = Traffic("service", Channel.EMAIL, NINE + 3 * SLOT, 0, 360, target=3600)
    needs = people_needed([mail, nothing], RULES, always)
    assert [need.people for need in needs] == [0, 6, 6, 0]
    assert needs[1].rostered == 9


def test_mail_waits_for_the_opening() -> None:
    def closed_until_ten(role: str, at: datetime) -> bool:
        return at >= NINE + 2 * SLOT

    mail = Traffic("service", Channel.EMAIL, NINE, 51, 360, target=3600)
    nothing = Traffic("service", Channel.EMAIL, NINE + 3 * SLOT, 0, 360)
    needs = people_needed([mail, nothing], RULES, closed_until_ten)
    assert [need.people for need in needs] == [0, 0, 12, 0]


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.CHAT])
def test_who_calls_while_nobody_is_there_left_a_message_for_the_next_opening(
    channel: Channel,
) -> None:
    def closed_until_ten(role: str, at: datetime) -> bool:
        return at >= NINE + 2 * SLOT

    message = Traffic("service", channel, NINE, 51, 360, target=20)
    nothing = Traffic("service", channel, NINE + 3 * SLOT, 0, 360)
    needs = people_needed([message, nothing], RULES, closed_until_ten)
    assert [need.people for need in needs] == [0, 0, 12, 0]
    assert needs[0].live_within == needs[2].live_within == {}


def test_messages_and_calls_of_one_half_hour_are_added_up() -> None:
    def closed_until_ten(role: str, at: datetime) -> bool:
        return at >= NINE + 2 * SLOT

    message = Traffic("service", Channel.PHONE, NINE, 51, 360, target=20)
    called = Traffic("service", Channel.PHONE, NINE + 2 * SLOT, 100, 180)
    needs = people_needed([message, called], RULES, closed_until_ten)
    assert [need.people for need in needs] == [0, 0, 12 + 14]


def test_each_role_has_its_own_people() -> None:
    needs = people_needed([calls("sales"), calls("service")], RULES, always)
    assert [(need.role, need.people) for need in needs] == [("sales", 14), ("service", 14)]


def test_a_half_hour_without_traffic_needs_nobody() -> None:
    later = Traffic("service", Channel.PHONE, NINE + 2 * SLOT, 100, 180)
    needs = people_needed([calls(), later], RULES, always)
    assert [need.people for need in needs] == [14, 0, 14]
    assert people_needed([], RULES, always) == []


def test_a_start_between_half_hours_is_refused() -> None:
    odd = Traffic("service", Channel.PHONE, NINE + timedelta(minutes=5), 1, 180)
    with pytest.raises(ValueError, match="not whole half hours"):
        people_needed([calls(), odd], RULES, always)
