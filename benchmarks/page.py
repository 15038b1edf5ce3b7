"""Writes the figures into docs/benchmarks.md, between the marks that the page has for them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks import ROOT, chart
from benchmarks.memory import EVERY
from benchmarks.results import Results
from benchmarks.stacks import NAMES

PAGE = ROOT / "docs" / "benchmarks.md"
CHART = ROOT / "docs" / "benchmarks-memory.svg"
TITLES = {"embedded": "SQLite, local bus", "servers": "PostgreSQL + RabbitMQ"}
WRITERS = {"visitor": "visitor to console", "agent": "agent to visitor"}
CONSOLES = {"page": "a page in Chromium", "stream": "the live stream"}

Row = Mapping[str, Any]


def write(results: Results) -> None:
    text = PAGE.read_text()
    for name, lines in _sections(results).items():
        # What was not measured on this machine stays as it was written down.
        if name == "machine" or results.rows(name):
            text = _replaced(text, name, lines)
    PAGE.write_text(text)
    if memory := results.rows("memory"):
        CHART.write_text(chart.draw(memory, TITLES, EVERY))


def _sections(results: Results) -> dict[str, list[str]]:
    return {
        "machine": _machine(results.machine),
        "ingest": _ingest(results.rows("ingest")),
        "visible": _visible(results.rows("visible")),
        "webhooks": _webhooks(results.rows("webhooks")),
        "partners": _partners(results.rows("partners")),
        "chat": _chat(results.rows("chat")),
        "memory": _memory(results.rows("memory")),
        "assign": _assign(results.rows("assign")),
        "decide": [
            f"Median {row['p50']:.0f} µs, p99 {row['p99']:.0f} µs, {row['decisions']:,} decisions."
            for row in results.rows("decide")
        ],
        "model": _model(results.rows("model")),
        "topics": [line for row in results.rows("topics") for line in _topics(row)],
        "replay": _replay(results.rows("replay")),
        "imports": _imports(results.rows("imports")),
        "volume": _volume(results.rows("volume")),
    }


def _volume(rows: Sequence[Row]) -> list[str]:
    lines = []
    for stack in NAMES:
        mine = [row for row in rows if row["stack"] == stack]
        if mine:
            last = max(mine, key=lambda row: str(row["at"]))
            at, load = last["at"][:16], last["load_before"]
            lines += [
                "",
                f"**{TITLES[stack]}**, {at}, load {load:.1f} before it:",
                "",
                *_painted([row["values"] for row in mine if row["kind"] == "paint"]),
                "",
                *_beside(mine),
                "",
                *_pages([row["values"] for row in mine if row["kind"] == "page"]),
            ]
    return lines


def _painted(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    lines = _head("from the key to the screen", "times", "p50 ms", "p95 ms", "wanted")
    for row in sorted(rows, key=lambda row: str(row["name"])):
        figures = (f"{row['count']}", f"{row['p50']:.0f}", f"**{row['p95']:.0f}**", "100")
        lines.append(_line(row["name"], *figures))
    return lines


def _beside(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        values = row["values"]
        if row["kind"] == "load":
            size = f"**{values['kilobytes']:.0f} KB**"
            yield f"First load: {size} over the line; wanted: under 150 KB.\n"
        if row["kind"] == "live":
            yield (
                f"{values['agents']} consoles live, {values['mails']:,} mails at 50 a second: "
                f"**{values['cpu']:.2f}** of a processor, {values['told']:,} frames to consoles, "
                f"the work list meanwhile in {values['p50']:.0f} ms (p99 {values['p99']:.0f}), "
                f"{values['megabytes']:.0f} MB."
            )


def _pages(rows: Sequence[Row]) -> list[str]:
    lines = _head("page", "times", "p50 ms", "p95 ms", "wanted", "CPU ms", "KB")
    for row in sorted(rows, key=lambda row: str(row["name"])):
        lines.append(
            _line(
                row["name"],
                f"{row['count']}",
                f"{row['p50']:.0f}",
                f"**{row['p95']:.0f}**",
                f"{row['wanted']:.0f}",
                f"{row['cpu']:.0f}",
                f"{row['kilobytes']:.0f}",
            )
        )
    return lines


def _imports(rows: Sequence[Row]) -> list[str]:
    lines = _head("stack", "customers", "seconds", "rows/s", "again, seconds", "MB", "load")
    lines += [
        _line(
            TITLES[row["stack"]],
            f"{row['customers']:,}",
            f"{row['seconds']:.0f}",
            f"{row['customers'] / row['seconds']:,.0f}",
            f"{row['again_seconds']:.0f}",
            f"{row['megabytes']:.0f}",
            f"{row['load_before']:.1f}",
        )
        for row in rows
    ]
    return lines


def _replaced(text: str, name: str, lines: Sequence[str]) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{PAGE} has no place marked {begin}")
    content = "\n".join([begin, *lines, end])
    return pattern.sub(lambda _: content, text)


def _machine(machine: Row) -> list[str]:
    text = (
        f"{machine['cores']} cores of {machine['processor']}, {machine['memory_gb']} GB of memory, "
        f"{machine['system']}, Python {machine['python']}. The disk forces "
        f"{machine['syncs_per_second']:,} pages of 4 KB per second to the medium, one by one."
    )
    return [text]


def _ingest(rows: Sequence[Row]) -> list[str]:
    lines = _head(
        "stack", "backlog", "program", "door", "routed/s", "of the floor", "accepted/s",
        "p50 ms", "p99 ms", "CPU ms", "servers ms", "load", "when",
    )  # fmt: skip
    for row in sorted(rows, key=_order):
        floor = _floor_of(rows, row)
        ratio = f"**{row['rate'] / floor:.2f}**" if floor and row["program"] != "floor" else ""
        lines.append(
            _line(
                TITLES[row["stack"]],
                f"{row['backlog']:,}",
                row["program"],
                row["door"].upper(),
                f"{row['rate']:.0f}",
                ratio,
                f"{row['accepted_rate']:.0f}",
                f"{row['p50']:,.0f}",
                f"{row['p99']:,.0f}",
                f"{row['cpu']:.2f}",
                f"{row['servers_cpu']:.2f}" if row["stack"] == "servers" else "",
                f"{row['load_before']:.1f}",
                row["at"][:16],
            )
        )
    return lines


def _floor_of(rows: Sequence[Row], row: Row) -> float | None:
    """The floor's rate through the same door, for the same work."""
    for other in rows:
        same = all(other[name] == row[name] for name in ("stack", "backlog", "door", "mails"))
        if same and other["program"] == "floor":
            return float(other["rate"])
    return None


def _order(row: Row) -> tuple[int, int, bool, str]:
    return NAMES.index(row["stack"]), row["backlog"], row["door"] != "smtp", row["program"].lower()


def _visible(rows: Sequence[Row]) -> list[str]:
    lines = _head(
        "stack", "console", "mails timed", "p50 ms", "p99 ms", "longest ms", "load", "when"
    )
    for row in rows:
        lines.append(
            _line(
                TITLES[row["stack"]],
                CONSOLES[row["console"]],
                f"{row['mails']:,}",
                f"{row['p50']:.0f}",
                f"**{row['p99']:.0f}**",
                f"{row['longest']:.0f}",
                f"{row['load_before']:.1f}",
                row["at"][:16],
            )
        )
    return lines


def _webhooks(rows: Sequence[Row]) -> list[str]:
    lines = _head(
        "stack", "program", "texts", "texts/s", "p50 ms", "p99 ms", "longest ms", "load", "when"
    )
    for row in rows:
        lines.append(
            _line(
                TITLES[row["stack"]],
                row["program"],
                f"{row['texts']:,}",
                f"{row['rate']:.0f}",
                f"{row['p50']:.0f}",
                f"**{row['p99']:.0f}**",
                f"{row['longest']:.0f}",
                f"{row['load_before']:.1f}",
                row["at"][:16],
            )
        )
    return lines


def _partners(rows: Sequence[Row]) -> list[str]:
    lines = _head(
        "stack", "posts", "events in each", "p50 ms", "longest ms", "known after, p50 ms",
        "longest ms", "load", "when",
    )  # fmt: skip
    for row in rows:
        lines.append(
            _line(
                TITLES[row["stack"]],
                f"{row['posts']}",
                f"{row['events']:,}",
                f"{row['p50']:.0f}",
                f"**{row['longest']:.0f}**",
                f"{row['known_p50']:.0f}",
                f"{row['known_longest']:.0f}",
                f"{row['load_before']:.1f}",
                row["at"][:16],
            )
        )
    return lines


def _chat(rows: Sequence[Row]) -> list[str]:
    lines = _head(
        "stack", "from", "visitors", "messages", "p50 ms", "p99 ms", "longest ms",
        "KB for each visitor", "load", "when",
    )  # fmt: skip
    for row in rows:
        lines.append(
            _line(
                TITLES[row["stack"]],
                WRITERS[row["direction"]],
                f"{row['visitors']:,}",
                f"{row['messages']:,}",
                f"{row['p50']:.0f}",
                f"**{row['p99']:.0f}**",
                f"{row['longest']:.0f}",
                f"**{row['kilobytes']:.0f}**",
                f"{row['load_before']:.1f}",
                row["at"][:16],
            )
        )
    return lines


def _assign(rows: Sequence[Row]) -> list[str]:
    lines = _head(
        "agents", "waiting", "dispatchers", "offers", "offers/s", "decision p50 ms", "p99 ms",
        "freed to offered p50 ms", "p99 ms", "CPU ms", "given twice", "load", "when",
    )  # fmt: skip
    for row in rows:
        lines.append(
            _line(
                f"{row['agents']:,}",
                f"{row['waiting']:,}",
                f"{row['dispatchers']}",
                f"{row['offers']:,}",
                f"{row['rate']:.0f}",
                f"{row['decision_p50']:.0f}",
                f"**{row['decision_p99']:.0f}**",
                f"{row['freed_p50']:.0f}",
                f"**{row['freed_p99']:.0f}**",
                f"{row['cpu']:.1f}",
                f"{row['twice']}",
                f"{row['load_before']:.1f}",
                row["at"][:16],
            )
        )
    return lines


def _memory(rows: Sequence[Row]) -> list[str]:
    lines = _head("stack", "after", "Loket MB", "mail readers MB", "together MB", "when")
    for row in rows:
        for number, (own, workers) in enumerate(zip(row["own"], row["workers"], strict=True), 1):
            if number == 1 or number % 5 == 0:
                after = f"{number * EVERY:,}"
                sizes = (f"{own:.0f}", f"{workers:.0f}", f"{own + workers:.0f}")
                lines.append(_line(TITLES[row["stack"]], after, *sizes, row["at"][:16]))
    return lines


def _model(rows: Sequence[Row]) -> list[str]:
    lines = _head(
        "rows",
        "load s",
        "CPU s",
        "first decision µs",
        "later p50 µs",
        "later p99 µs",
        "of which CPU µs",
        "mail of 2 KB p50 µs",
        "load",
    )
    for row in sorted((row for row in rows if "load" in row), key=lambda row: int(row["rows"])):
        times = [f"{row[name]:.0f}" for name in ("first", "p50", "p99")]
        times += [f"{row[name]:.0f}" if row.get(name) else "" for name in ("p99_cpu", "mail")]
        times.append(f"{row.get('load_before', 0):.1f}")
        load = (f"{row['load']:.1f}", f"{row['cpu']:.1f}")
        lines.append(_line(f"{row['rows']:,}", *load, *times))
    proofs = (
        f"\nProved with {row['rows']:,} rows in **{row['seconds']:.2f} s** "
        f"({row['cpu']:.2f} s of processor time), {row['findings']:,} findings."
        for row in rows
        if "findings" in row
    )
    return [*lines, *proofs]


def _topics(row: Row) -> list[str]:
    return [
        *_head("what", "figure"),
        _line(
            f"right, of {row['topics']} topics, {row['examples'] // row['topics']} examples each",
            f"**{row['accuracy']:.1%}**",
        ),
        _line("the same, as the report of the training estimates it", f"{row['estimated']:.1%}"),
        _line("right by naive Bayes over words, as a comparison", f"{row['baseline']:.1%}"),
        _line("right where every turn of phrase is new", f"{row['turns']:.1%}"),
        _line(
            f"with the proposed threshold ({row['threshold']:.2f}): right, of what is suggested",
            f"{row['surest_precision']:.1%}",
        ),
        _line("the same: suggested, of all", f"{row['surest_coverage']:.1%}"),
        _line("confidence is off by, on average", f"{row['calibration_error']:.1%}"),
        _line("learning, with measuring", f"{row['training_seconds']:.0f} s of one core"),
        _line("one suggestion, median", f"{row['guess_microseconds']:.0f} µs"),
        _line("kept in the store", f"{row['megabytes']:.1f} MB"),
    ]


def _replay(rows: Sequence[Row]) -> list[str]:
    head = ("contacts", "the draft differs in", "moved", "seconds", "CPU seconds", "load", "when")
    lines = _head(*head)
    for row in rows:
        numbers = [f"{row['moved']:,}", f"**{row['seconds']:.1f}**", f"{row['cpu']:.1f}"]
        numbers += [f"{row['load_before']:.1f}", row["at"][:16]]
        lines.append(_line(f"{row['contacts']:,}", row["draft"], *numbers))
    return lines


def _head(*names: str) -> list[str]:
    return [_line(*names), _line(*("---" for _ in names))]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
