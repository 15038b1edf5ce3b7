"""Reading a model file: everything wrong is said, with its line, and nothing is half read."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from interaction_models import FILE, HEAD, problems_of, text_of
from routing.model_file import BrokenModel, load_model, read_model

EXAMPLE = Path(__file__).parents[2] / "config" / "interaction_model.yaml"


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def only_problem(text: str) -> tuple[int, str]:
    """The line of the one problem, and both of its sentences."""
    (problem,) = problems_of(text)
    return problem.line, f"{problem.what} {problem.what_to_do}"


def test_the_example_organisation_is_read() -> None:
    model = load_model(EXAMPLE)
    assert model.organisation == "Van Dalen Koffie"
    assert len(model.moments) > 30
    assert set(model.target_groups) == {"b2c", "b2b", "b2b/hospitality", "b2b/key-account"}


def test_a_row_knows_its_line() -> None:
    text = text_of("topic: order, role: sales", "topic: bill, role: billing")
    model = read_model(text, FILE)
    assert [row.line for row in model.moments] == [
        line_of(text, "role: sales"),
        line_of(text, "role: billing"),
    ]


def test_a_model_without_rows_is_a_model() -> None:
    assert read_model(HEAD, FILE).moments == ()


ROW_MISTAKES = {
    "unknown key": ("topc: order", "'topc'", "'topic'"),
    "unknown key inside": ("sla: {first_respons: 4h}", "'first_respons'", "'first_response'"),
    "unknown key in a list": (
        "steps: {before: [{name: a, title: {en: A, nl: A}, bloking: yes}]}",
        "'bloking'",
        "'blocking'",
    ),
    "unknown role": ("role: salse", "no role 'salse'", "'sales'"),
    "unknown backup": ("backup_role: bilings", "no role 'bilings'", "'billing'"),
    "unknown topic": ("topic: bill/lat", "no topic 'bill/lat'", "'bill/late'"),
    "unknown group": ("target_group: b2b/ky", "no target group 'b2b/ky'", "'b2b/key'"),
    "unknown channel": ("channel: fone", "'fone'", "'phone'"),
    "unused channel": ("channel: sms", "no channel in use 'sms'", "email, phone, partner"),
    "unused direction": (
        "channel: partner, direction: outbound",
        "not used outbound",
        "directions",
    ),
    "unknown direction": ("direction: inbond", "'inbond'", "'inbound'"),
    "no duration": ("sla: {resolution: 4}", "'4'", "30m, 4h, 2d or 1h30m"),
    "duration too long": ("sla: {resolution: 999d}", "'999d'", "31622400 or less"),
    "no number": ("priority_minutes: soon", "'soon'", "digits"),
    "number too low": ("priority_minutes: -1", "'-1'", "0 or more"),
    "skill level": ("skills: {dutch: 9}", "'9'", "5 or less"),
    "skill name": ("skills: {Dutch: 2}", "'Dutch' is not a name", "small letters"),
    "yes or no": ("allowed: perhaps", "'perhaps'", "yes or no"),
    "own backup": ("role: sales, backup_role: sales", "its own backup", "another role"),
    "text for a list": ("authority: anything", "'anything'", "begins with `- `"),
    "text for keys": ("steps: first", "'first'", "`key: value`"),
    "list for a text": ("role: [sales]", "A list", "one text"),
    "keys for a text": ("topic: {order: x}", "A group of keys", "one text"),
    "nothing": ("role: ", "Nothing", "one text"),
    "missing part": ("authority: [{en: All}]", "'nl' is missing", "`nl:`"),
    "empty text": ("authority: [{en: All, nl: ''}]", "empty", "Write it"),
    "limit": ("authority: [{en: All, nl: Alles, limits: {eur: lots}}]", "'lots'", "12.50"),
    "unknown source": (
        "required_information: [{name: a, title: {en: A, nl: A}, source: custmer}]",
        "'custmer'",
        "'customer'",
    ),
    "name used twice": (
        "results: [{name: a, title: {en: A, nl: A}}, {name: a, title: {en: B, nl: B}}]",
        "A list does not fit",
        "Choose another name: a is there 2 times",
    ),
    "unknown skill": ("skills: {duch: 2}", "no skill 'duch'", "'dutch'"),
    "unknown channel instead": ("instead: [fone]", "'fone'", "'phone'"),
    "unused channel instead": ("instead: [sms]", "no channel in use 'sms'", "email, phone"),
    "channel instead of itself": ("channel: phone, instead: [phone]", "'phone'", "another channel"),
    "channel instead twice": (
        "instead: [phone, phone]",
        "A list",
        "Write phone once: it is there 2 times",
    ),
    "unknown clock": ("sla: {clock: busines}", "'busines'", "'business'"),
    "too little capacity": ("capacity: 0", "'0'", "1 or more"),
    "too much capacity": ("capacity: 101", "'101'", "100 or less"),
    "unknown approver": (
        "authority: [{en: All, nl: Alles, approver: salse}]",
        "no role 'salse'",
        "'sales'",
    ),
    "nobody approves": ("authority: [{en: All, nl: Alles, within: 4h}]", "fit", "`approver`"),
    "unknown role of a step": (
        "steps: {after: [{name: a, title: {en: A, nl: A}, who: salse}]}",
        "no role 'salse'",
        "'sales'",
    ),
    "half an aid": (
        "steps: {after: [{name: a, title: {en: A, nl: A}, aid: {en: Manual}}]}",
        "'nl' is missing",
        "`nl:`",
    ),
    "field of another source": (
        "required_information: [{name: a, title: {en: A, nl: A}, source: ask, field: order.a}]",
        "A group of keys",
        "begin with `ask.`",
    ),
    "field without a dot": (
        "required_information: [{name: a, title: {en: A, nl: A}, source: order, field: order}]",
        "'order' does not fit",
        "order.number",
    ),
    "line number": ("line: 3", "'line'", "Known here"),
}


@pytest.mark.parametrize(("row", "what", "advice"), ROW_MISTAKES.values(), ids=ROW_MISTAKES)
def test_a_mistake_in_a_row_is_said_with_its_line(row: str, what: str, advice: str) -> None:
    text = text_of("topic: order, role: sales", row)
    line, said = only_problem(text)
    assert line == len(text.splitlines())
    assert what in said
    assert advice in said


HEAD_MISTAKES = {
    "unknown section": ("organisation: Test", "organisaton: Test", 2),
    "unknown triage role": ("triage_role: triage", "triage_role: triag", 1),
    "backup unknown": ("backup: service", "backup: servce", 1),
    "backup of itself": ("backup: service", "backup: sales", 1),
    "title missing": ("  billing: {title: {en: Billing, nl: Facturatie}}", "  billing: {}", 1),
    "role name": ("  billing:", "  Billing Dept:", 1),
    "channel name": ("  phone: {title", "  fone: {title", 1),
    "unknown mode": ("backup: service", "mode: offerd", 1),
    "unknown choice": ("backup: service", "choice: oldest", 1),
    "skill title missing": ("  dutch: {title: {en: Dutch, nl: Nederlands}}", "  dutch: {}", 1),
    "unknown hours": ("hours: office}", "hours: offce}", 1),
    "time zone": ("Europe/Amsterdam", "Europe/Amsterdm", 1),
    "span": ("09:00-17:00", "9 to 5", 1),
    "weekday": ("mon-fri", "mo-fr", 1),
    "parent missing": ("  b2b/key:", "  c2c/key:", 1),
    "any as a name": ("  b2c:", "  any:", 1),
    "tab": ("  b2c:", "\tb2c:", 1),
    "same key twice": ("  b2c:", "  b2b:", 1),
    "alias": ("organisation: Test", "organisation: &name Test", 1),
    "tag": ("organisation: Test", "organisation: !!python/name:os.system Test", 1),
    "second document": ("roles:", "---\nroles:", 1),
    "list as key": ("organisation: Test", "[organisation]: Test", 1),
    "control character": ("organisation: Test", "organisation: Te\x01st", 1),
}


@pytest.mark.parametrize(("right", "wrong", "count"), HEAD_MISTAKES.values(), ids=HEAD_MISTAKES)
def test_a_mistake_in_the_head_is_said_with_its_line(right: str, wrong: str, count: int) -> None:
    text = HEAD.replace(right, wrong)
    found = problems_of(text)
    assert len(found) == count
    changed = zip(HEAD.splitlines(), text.splitlines(), strict=False)
    line = next(n for n, (before, after) in enumerate(changed, 1) if before != after)
    assert line in {problem.line for problem in found}


def test_all_problems_are_said_at_once_in_the_order_of_the_file() -> None:
    text = text_of("role: salse", "topic: nothing-like-it", "sla: {first: 4h}").replace(
        "triage_role: triage", "triage_role: nobody"
    )
    found = problems_of(text)
    assert len(found) == 4
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)


def test_a_missing_section_does_not_bring_a_flood_of_unknown_names() -> None:
    text = text_of("role: sales, topic: order").replace("\nroles:", "\nrole:")
    assert {said.what for said in problems_of(text)} == {
        "'roles' is missing.",
        "The key 'role' is not known here.",
    }


def test_backups_in_a_circle_are_named_once() -> None:
    head = HEAD.replace(
        "nl: Service}, hours: office}",
        "nl: Service}, backup: billing}",
    ).replace("nl: Facturatie}}", "nl: Facturatie}, backup: sales}")
    _, said = only_problem(head)
    assert "sales, service, billing, sales" in said


def test_two_rows_for_the_same_contacts_are_refused_even_on_one_line() -> None:
    head = HEAD + "moments: [{topic: bill, role: sales}, {topic: bill, order: 1}]\n"
    _, said = only_problem(head)
    assert "same contacts" in said


def test_a_tie_is_said_in_the_words_of_who_made_the_model_with_a_row_that_ends_it() -> None:
    rows = ["target_group: b2b/key, role: sales, priority_minutes: 5"]
    rows.append("channel: phone, direction: inbound, topic: bill/late, role: billing")
    text = text_of(*rows)
    (problem,) = problems_of(text)
    line = len(text.splitlines())
    assert str(problem) == (
        f"model.yaml:{line}: The row for “all customers, Phone to us, Bill / Late bill”: It and "
        f"the row on line {line - 1}, for “Businesses / Key accounts, any channel, any topic”, "
        "settle who is responsible (role) differently, for instance for “Businesses / Key "
        "accounts, Phone to us, Bill / Late bill”; neither outranks the other. "
        "Give one of them a higher `order`, "
        "or add a row for “Businesses / Key accounts, Phone to us, Bill / Late bill”: it is more "
        "specific than both."
    )
    assert "en die op regel" in problem.told("nl")
    assert "voor “Bedrijven / Grote klanten, elk kanaal, elk onderwerp”" in problem.told("nl")
    rows.append("target_group: b2b/key, channel: phone, direction: inbound, topic: bill/late")
    rows[-1] += ", role: billing"
    assert problems_of(text_of(*rows)) == (), "the row that was proposed"


@pytest.mark.parametrize(
    ("right", "wrong", "entry"),
    [
        ("hours: office}", "hours: offic}", "The role “Service”, hours: There is no entry"),
        ("Europe/Amsterdam", "Europe", "The hours “Office hours”, time_zone: 'Europe' does not"),
        ("directions: [inbound]", "directions: x", "The channel “Partner”, directions: 'x' stands"),
        ("en: Key accounts", "de: Konto", "The target group “Businesses / b2b/key”, title.en: "),
        ("  bill: {", "  bil: {", "The topic “bill / Late bill”: 'bill/late' lies under 'bill'"),
    ],
)
def test_a_mistake_names_the_entry_that_it_is_in(right: str, wrong: str, entry: str) -> None:
    assert any(entry in problem.what for problem in problems_of(HEAD.replace(right, wrong)))


def test_without_a_section_skills_any_skill_will_do() -> None:
    head = HEAD.replace("skills:\n  dutch: {title: {en: Dutch, nl: Nederlands}}\n", "")
    assert problems_of(text_of("skills: {german: 1}", head=head)) == ()


RULE_MISTAKES = {
    "no word": ("words: ['?!']", "never fits"),
    "too many words": ("words: [a b c d e f g h i]", "at most 8"),
    "no sender": ("senders: ['everyone']", "example.com"),
    "address of another topic": ("accounts: [Invoice@]", "already leads to the topic 'bill'"),
}


@pytest.mark.parametrize(("rule", "said"), RULE_MISTAKES.values(), ids=RULE_MISTAKES)
def test_a_rule_that_cannot_work_is_refused(rule: str, said: str) -> None:
    text = HEAD.replace("nl: Rekening}", "nl: Rekening}, rules: {accounts: [invoice@]}").replace(
        "nl: Bestelling}", f"nl: Bestelling}}, rules: {{{rule}}}"
    )
    line, what = only_problem(text)
    assert line == line_of(text, "order:")
    assert said in what


def test_scalars_stay_what_they_were_written_as() -> None:
    model = read_model(HEAD.replace('"7"', "1.10").replace(": Test", ": no"), FILE)
    assert model.version == "1.10"
    assert model.organisation == "no"


def test_a_file_that_is_not_there_is_a_problem_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel) as error:
        load_model(tmp_path / "absent.yaml")
    (problem,) = error.value.problems
    assert problem.line == 0
    assert str(problem).startswith(f"{tmp_path}/absent.yaml: The file cannot be read")


def test_a_file_that_is_not_utf8_says_where(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_bytes(HEAD.encode() + b"# caf\xe9\n")
    with pytest.raises(BrokenModel, match="UTF-8") as error:
        load_model(path)
    assert error.value.problems[0].line == len(HEAD.splitlines()) + 1


BOMBS = {
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    "an alias of itself": "a: &a [*a]\n",
    "depth": "[" * 100_000,
    "depth in blocks": "".join("  " * n + "a:\n" for n in range(200)),
    "size": "#" * (8 * 1024 * 1024 + 1),
    "values": "[" + "1," * 500_001 + "]",
    "a long number": text_of(f"priority_minutes: {'9' * 10_000}"),
    "a long path": text_of(f"topic: {'a/' * 50_000}a"),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_file_made_to_do_harm_is_only_a_problem(text: str) -> None:
    assert problems_of(text)
    assert all(len(str(problem)) < 1000 for problem in problems_of(text))


@given(st.one_of(st.text(), st.binary()))
def test_any_content_is_read_or_has_problems(content: str | bytes) -> None:
    assert problems_of(content)


PIECES = ("", " ", "\n", "\t", ":", "- ", "{", "}", "[", "]", "&a ", "*a", "!!int ", "'", '"', "#")
WORDS = ("any", "null", "no", "-1", "1e9", "b2b", "delivery", "role", "é", "\x00", "\ufeff", "|")
CHANGES = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 12),
        st.sampled_from(PIECES + WORDS),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=examples(80), deadline=None)
@given(CHANGES)
def test_a_changed_example_is_read_or_has_problems_with_lines(
    changes: list[tuple[float, int, str]],
) -> None:
    text = EXAMPLE.read_text()
    for where, removed, piece in changes:
        place = int(where * len(text))
        text = text[:place] + piece + text[place + removed :]
    lines = text.count("\n") + 1
    assert all(1 <= problem.line <= lines for problem in problems_of(text))
    assert all(problem.what and problem.what_to_do for problem in problems_of(text))


@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_the_example_with_lines_moved_is_read_or_has_problems_with_lines(
    data: st.DataObject,
) -> None:
    lines = EXAMPLE.read_text().splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        line = lines.pop(data.draw(st.integers(0, len(lines) - 1)))
        lines.insert(data.draw(st.integers(0, len(lines))), line)
    for problem in problems_of("\n".join(lines)):
        assert 1 <= problem.line <= len(lines)
