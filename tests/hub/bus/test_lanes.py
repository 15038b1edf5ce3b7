"""Whatever happens to messages, every subject keeps its order and is in one pair of hands."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from examples import examples
from hub.bus.lanes import Lanes, Message


class LanesMachine(RuleBasedStateMachine):
    """Adds, takes, finishes, postpones and gives back messages in any order."""

    hands = Bundle("hands")

    def __init__(self) -> None:
        super().__init__()
        self.lanes = Lanes()
        self.now = 0.0
        self.added: list[Message] = []
        self.finished: list[Message] = []
        self.held: list[list[Message]] = []

    @rule(subjects=st.lists(st.sampled_from("abc"), max_size=6), suspect=st.booleans())
    def add(self, subjects: list[str], suspect: bool) -> None:
        new = [self.message(subject, index) for index, subject in enumerate(subjects)]
        for message in new:
            message.suspect = suspect
        self.lanes.add(new)
        self.added += new

    @rule(target=hands, limit=st.integers(1, 5))
    def take(self, limit: int) -> list[Message]:
        taken = self.lanes.take(limit, self.now)
        assert len(taken) <= limit
        assert all(message.due <= self.now for message in taken)
        assert len(taken) == 1 or not any(message.suspect for message in taken)
        others = {message.lane for hand in self.held for message in hand}
        assert not others & {message.lane for message in taken}
        for message in taken:
            assert message in self.first_of_its_lane(message.lane, len(taken))
        self.held.append(taken)
        return taken

    @rule(hand=consumes(hands), outcome=st.lists(st.sampled_from(["done", "later", "left"])))
    def give_back(self, hand: list[Message], outcome: list[str]) -> None:
        """Some are finished; one that must wait keeps the ones behind it waiting, too."""
        closed: set[str] = set()
        unfinished = []
        fates = outcome + ["done"] * len(hand)
        for message, fate in zip(hand, fates, strict=False):
            if fate == "done" and message.lane not in closed:
                self.finished.append(message)
                continue
            unfinished.append(message)
            if fate == "later" and message.lane not in closed:
                message.due, message.suspect = self.now + 5, True
            closed.add(message.lane)
        self.held.remove(hand)
        self.lanes.give_back(hand, unfinished)

    @rule(seconds=st.integers(1, 6))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @invariant()
    def nothing_is_lost(self) -> None:
        assert len(self.lanes) == len(self.added) - len(self.finished)

    @invariant()
    def each_subject_is_finished_in_order(self) -> None:
        for lane in "abc":
            finished = [m.tag for m in self.finished if m.lane == lane]
            added = [m.tag for m in self.added if m.lane == lane]
            assert finished == added[: len(finished)]

    @invariant()
    def the_next_moment_is_when_something_is_due(self) -> None:
        due = self.lanes.next_due(self.now)
        assert due is None or due > self.now

    def teardown(self) -> None:
        """With everything given back and time enough, all of it comes."""
        for hand in self.held:
            self.lanes.give_back(hand, hand)
        while taken := self.lanes.take(3, self.now + 100):
            self.lanes.give_back(taken, [])
        assert len(self.lanes) == 0

    def message(self, subject: str, index: int) -> Message:
        return Message(len(self.added) + index, "e", "t", subject, "")

    def first_of_its_lane(self, lane: str, count: int) -> list[Message]:
        """What is next in line: the oldest that are neither finished nor in somebody's hands."""
        waiting = [m for m in self.added if m.lane == lane and m not in self.finished]
        return waiting[:count]


TestLanes = LanesMachine.TestCase
TestLanes.settings = settings(deadline=None, max_examples=examples(100), stateful_step_count=30)


def test_a_message_without_a_subject_has_a_lane_of_its_own() -> None:
    lanes = Lanes()
    lanes.add([Message(1, "one", "t", "", "", suspect=True), Message(2, "two", "t", "", "")])
    assert [message.tag for message in lanes.take(2, 0)] == [1]
    assert [message.tag for message in lanes.take(2, 0)] == [2]
