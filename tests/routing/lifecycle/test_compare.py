"""What a comparison says is what is different, for every combination."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from hub.interaction import Channel, Direction
from interaction_models import HEAD, model_of, problems_of, text_of
from routing.entry import as_written
from routing.inherit import Cell
from routing.lifecycle.compare import Change, Comparison, compare
from routing.lifecycle.places import BELOW, ROOT, Place
from routing.lifecycle.shown import before_and_after, shown
from routing.model import Model
from routing.tree import ANY, covers, nearest

GROUPS = (ANY, "b2b", "b2b/key", "b2c")
TOPICS = (ANY, "bill", "bill/late", "order")
WAYS = {"email": Direction, "phone": Direction, "partner": (Direction.INBOUND,)}
MORE = HEAD.replace("  order: {", "  bill/late/again: {title: {en: A, nl: B}}\n  order: {")


def cells(topics: tuple[str, ...] = TOPICS) -> list[Cell]:
    return [
        Cell(group, direction, Channel(channel), topic)
        for group, (channel, directions), topic in product(GROUPS, WAYS.items(), topics)
        for direction in directions
    ]


def named(names: tuple[str, ...], known: tuple[str, ...]) -> set[str]:
    """What the short forms of a place stand for."""
    found: set[str] = set()
    for name in names:
        top = name.removesuffix(BELOW)
        if name == ROOT:
            found.add(ANY)
        elif name == ANY:
            found.update(known)
        else:
            found.update(one for one in known if one == top or (name != top and covers(top, one)))
    return found


def spelled_out(place: Place, topics: tuple[str, ...]) -> set[Cell]:
    groups, subjects = named(place.target_groups, GROUPS), named(place.topics, topics)
    return {
        cell
        for cell in cells(topics)
        if cell.target_group in groups
        and cell.topic in subjects
        and (place.channels == (ANY,) or cell.channel in place.channels)
        and (place.directions == (ANY,) or cell.direction in place.directions)
    }


def decided(model: Model, cell: Cell) -> dict[str, object]:
    known = cell._replace(
        target_group=nearest(cell.target_group, model.target_groups),
        topic=nearest(cell.topic, model.topics),
    )
    about = {"model_version", "target_group", "topic", "topic_title", "role_title", "triage"}
    values = model.handling(known).as_json
    return {name: value for name, value in values.items() if name not in {*about, "rows", "lost"}}


ROW = st.tuples(
    st.sampled_from(GROUPS),
    st.sampled_from((ANY, *WAYS)),
    st.sampled_from((ANY, "inbound")),
    st.sampled_from(TOPICS),
    st.sampled_from(("billing", "service", "sales")),
    st.integers(0, 2),
)
ROWS = st.lists(ROW, max_size=5, unique_by=lambda row: row[:4])


def written(row: tuple[object, ...]) -> str:
    group, channel, direction, topic, role, minutes = row
    return (
        f"target_group: {group}, channel: {channel}, direction: {direction}, topic: {topic},"
        f" role: {role}, priority_minutes: {minutes}"
    )


def made(rows: list[tuple[object, ...]], head: str) -> Model | None:
    lines = [written(row) for row in rows]
    return None if problems_of(text_of(*lines, head=head)) else model_of(*lines, head=head)


@given(ROWS, ROWS, st.sampled_from((HEAD, HEAD.replace(", backup: service", ""), MORE)))
@settings(max_examples=examples(60), deadline=None)
def test_each_combination_that_differs_is_in_one_place_with_what_brute_force_finds(
    old: list[tuple[object, ...]], new: list[tuple[object, ...]], head: str
) -> None:
    before, after = made(old, HEAD), made(new, head)
    if before is None or after is None:
        return
    topics = (*TOPICS, "bill/late/again") if head == MORE else TOPICS
    found = compare(before, after)
    assert found.combinations == len(cells(topics))
    told: dict[Cell, tuple[Change, ...]] = {}
    for difference in found.differences:
        area = [spelled_out(place, topics) for place in difference.places]
        assert sum(map(len, area)) == difference.count
        for cell in set().union(*area):
            assert cell not in told
            told[cell] = difference.changes
    for cell in cells(topics):
        one, other = decided(before, cell), decided(after, cell)
        expected = {name: (one[name], other[name]) for name in one if one[name] != other[name]}
        assert {c.field: (c.before, c.after) for c in told.get(cell, ())} == expected


def between(*rows: str, then: tuple[str, ...], head: str = HEAD) -> Comparison:
    return compare(model_of(*rows), model_of(*then, head=head))


def test_what_moves_comes_first_in_few_words() -> None:
    found = between(
        "role: service",
        "topic: order, role: sales",
        then=(
            "role: service",
            "topic: bill, role: billing",
            "topic: order, role: sales, sticky: yes",
        ),
    )
    first, second = found.differences
    assert first.moves == Change("role", "service", "billing")
    assert [(p.target_groups, p.directions, p.channels, p.topics) for p in first.places] == [
        (("any",), ("any",), ("any",), ("bill/*",))
    ]
    assert second.moves is None
    assert second.changes == (Change("sticky", False, True),)
    assert (found.moving, found.moving_otherwise, found.changing) == (40, 0, 20)


def test_a_backup_that_becomes_responsible_itself_is_no_backup_any_more() -> None:
    found = between(
        "role: sales, backup_role: billing",
        then=("role: sales, backup_role: billing", "topic: order, role: billing"),
    )
    (only,) = found.differences
    assert only.changes == (
        Change("backup_role", "billing", None),
        Change("role", "sales", "billing"),
    )
    assert found.moving == found.moving_otherwise > 0


def test_the_same_written_differently_is_no_difference() -> None:
    found = between(
        "role: service", then=("topic: any, sla: {}, role: service", "topic: bill, role: service")
    )
    assert found.is_empty


def test_entries_that_came_went_or_changed_are_named() -> None:
    head = HEAD.replace("b2c: {title: {en: Consumers", "vip: {title: {en: Very")
    head = head.replace("en: Late bill", "en: Very late bill")
    groups, topics = between("role: service", then=("role: service",), head=head).wordings
    assert (groups.section, groups.added, groups.removed) == ("target_groups", ("vip",), ("b2c",))
    assert (topics.section, topics.changed) == ("topics", ("bill/late",))


def test_values_read_as_people_write_them() -> None:
    assert [as_written(seconds) for seconds in (45, 5400, 90_000, 172_800)] == [
        "45s",
        "1h30m",
        "25h",
        "2d",
    ]
    assert shown("first_response", 3600, "en") == "1h"
    assert shown("priority_minutes", 3600, "en") == "3600"
    assert shown("allowed", False, "nl") == "nee"
    assert shown("backup_role", None, "en") == "-"
    items = [{"name": "n", "title": {"en": "Number", "nl": "Nummer"}}]
    assert shown("required_information", items, "nl") == "Nummer"
    assert shown("steps", {"before": items, "after": []}, "en") == "before Number"


def test_a_change_never_reads_as_none() -> None:
    one = {"name": "n", "title": {"en": "Number", "nl": "Nummer"}, "blocking": False}
    old, new = before_and_after(Change("steps", [one], [one | {"blocking": True}]), "en")
    assert old != new
