"""The cards of a session that goes on from a model. Whatever the session has no field for is
carried along in `rest`, so that no part of the model is lost."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.workshop import Kind, Where, Write, row_id
from hub.workshop.vocabulary import ANY, MEETING, TAKEN_BACK
from routing.definition import Definition
from routing.forms.plain import plain
from routing.workshop import values
from routing.workshop.fitting import Plain

Fields = dict[str, Any]
_TIMES = {"first": "first_response", "next": "next_response", "resolution": "resolution"}


def cards_of(definition: Definition) -> list[Write]:
    """Everything that must be written on an empty board."""
    return [
        Write(card, field, value)
        for card, fields in _Reader(plain(definition)).cards.items()
        for field, value in fields.items()
        if value not in (None, "", [], {}, False)
    ]


class _Reader:
    def __init__(self, sections: Plain) -> None:
        self._sections = sections
        self.cards: dict[str, Fields] = {}
        self._ids = {
            (kind, name): f"{kind}.{number}"
            for kind, section in _SECTIONS.items()
            for number, name in enumerate(sections.get(section, {}), 1)
        }
        self._parts = 0
        self._meeting()
        self._words()
        for number, row in enumerate(sections["moments"], 1):
            self._row(dict(row), number)

    def _id(self, kind: Kind, name: Any) -> str:
        return self._ids.get((kind, name), "") if name and name != ANY else ""

    def _key(self, kind: Kind, name: Any) -> str:
        return self._id(kind, name).partition(".")[2] or ANY

    def _meeting(self) -> None:
        sections = self._sections
        known = {"version", "organisation", "triage_role", "channels", "moments"}
        known |= set(_SECTIONS.values())
        self.cards[MEETING] = {
            "triage": self._id(Kind.ROLE, sections["triage_role"]),
            "organisation": sections["organisation"],
            "version": sections["version"],
            "rest": {name: value for name, value in sections.items() if name not in known},
        }

    def _words(self) -> None:
        readers = {
            Kind.ROLE: self._role,
            Kind.SKILL: lambda _entry: {},
            Kind.HOURS: _hours,
            Kind.GROUP: lambda _entry: {},
            Kind.TOPIC: _rules,
        }
        for (kind, name), card in self._ids.items():
            entry = dict(self._sections[_SECTIONS[kind]][name])
            above, _, last = name.rpartition("/")
            fields = _titled(entry) | {"name": last, "under": self._id(kind, above)}
            self.cards[card] = _placed(len(self.cards), fields | readers[kind](entry), entry)
        for channel, use in self._sections["channels"].items():
            entry = dict(use)
            directions = entry.pop("directions", ("inbound", "outbound"))
            fields = _titled(entry) | dict.fromkeys(directions, True)
            fields["hours"] = self._id(Kind.HOURS, entry.pop("hours", None))
            fields["address"] = entry.pop("address", "")
            self.cards[f"{Kind.CHANNEL}.{channel}"] = _placed(0, fields, entry)

    def _role(self, entry: Plain) -> Fields:
        return {
            "backup": self._id(Kind.ROLE, entry.pop("backup", None)),
            "hours": self._id(Kind.HOURS, entry.pop("hours", None)),
            **{name: entry.pop(name, "") for name in ("owner", "mode", "choice")},
        }

    def _row(self, row: Plain, number: int) -> None:
        card = row_id(
            Where(
                self._key(Kind.GROUP, row.pop("target_group", ANY)),
                row.pop("direction", None) or ANY,
                row.pop("channel", None) or ANY,
                self._key(Kind.TOPIC, row.pop("topic", ANY)),
            )
        )
        fields: Fields = {"role": self._id(Kind.ROLE, row.pop("role", None))}
        if "backup_role" in row:
            fields["backup"] = self._id(Kind.ROLE, row.pop("backup_role")) or TAKEN_BACK
        order = row.pop("order", 0)
        fields["order"] = str(order) if order else ""
        fields |= _switches(row) | self._urgency(row)
        fields["instead"] = row.pop("instead") if row.get("instead") else []
        for field, kind, none in (
            ("required_information", Kind.INFO, "no_info"),
            ("results", Kind.RESULT, "no_results"),
            ("authority", Kind.AUTHORITY, "no_authority"),
        ):
            if field in row:
                fields[none] = not self._add_parts(kind, card, row.pop(field))
        steps = row.pop("steps", {})
        for when, entries in steps.items():
            more = {"when": when}
            fields[f"no_{when}"] = not self._add_parts(Kind.STEP, card, entries, more)
        self.cards[card] = _placed(number, fields, row)

    def _urgency(self, row: Plain) -> Fields:
        sla = row.pop("sla", {})
        fields = {field: _or_taken_back(sla[name]) for field, name in _TIMES.items() if name in sla}
        fields["clock"] = sla.get("clock", "")
        if "skills" in row:
            skills = row.pop("skills")
            named = [f"{self._id(Kind.SKILL, name)} {level}" for name, level in skills.items()]
            if all(self._id(Kind.SKILL, name) for name in skills):
                fields["skills"] = ", ".join(named) or TAKEN_BACK
            else:
                row["skills"] = skills
        if "priority_minutes" in row:
            fields["priority"] = str(row.pop("priority_minutes"))
        if "capacity" in row:
            fields["capacity"] = _or_taken_back(row.pop("capacity"))
        return fields

    def _add_parts(
        self, kind: Kind, of: str, entries: Sequence[Plain], more: Mapping[str, Any] | None = None
    ) -> bool:
        """Whether there are any."""
        for number, given in enumerate(entries, 1):
            entry, card = dict(given), self._next(kind)
            titles = {"title": entry.pop("title")} if "title" in entry else _pop_titles(entry)
            fields = _titled(titles) | {"of": of, "name": entry.pop("name", ""), **(more or {})}
            fields |= dict(self._part(kind, card, entry))
            self.cards[card] = _placed(number, fields, entry)
        return bool(entries)

    def _part(self, kind: Kind, card: str, entry: Plain) -> Iterator[tuple[str, Any]]:
        match kind:
            case Kind.INFO:
                yield "source", entry.pop("source")
                yield "field", entry.pop("field", None) or ""
            case Kind.RESULT:
                self._add_parts(Kind.CHOICE, card, entry.pop("choices", ()))
            case Kind.STEP:
                yield "blocking", entry.pop("blocking", False)
                yield "who", self._id(Kind.ROLE, entry.pop("who", None))
                aid = entry.pop("aid", None) or {}
                yield from ((f"aid_{language}", text) for language, text in aid.items())
            case Kind.AUTHORITY:
                limits = entry.pop("limits", {})
                written = values.written_limits(limits)
                read = values.limits(written) if written else {}
                if read == {name: str(value) for name, value in limits.items()}:
                    yield "limits", written
                else:
                    entry["limits"] = limits
                yield "approver", self._id(Kind.ROLE, entry.pop("approver", None))
                yield "within", entry.pop("within", None) or ""

    def _next(self, kind: Kind) -> str:
        self._parts += 1
        return f"{kind}.{self._parts}"


_SECTIONS = {
    Kind.ROLE: "roles",
    Kind.SKILL: "skills",
    Kind.HOURS: "hours",
    Kind.GROUP: "target_groups",
    Kind.TOPIC: "topics",
}


def _placed(rank: int, fields: Fields, rest: Plain) -> Fields:
    return fields | {"rank": rank, "rest": rest}


def _titled(entry: Plain) -> Fields:
    titles, about = entry.pop("title", {}), entry.pop("description", None) or {}
    return {f"title_{language}": text for language, text in titles.items()} | {
        f"about_{language}": text for language, text in about.items()
    }


def _pop_titles(entry: Plain) -> Plain:
    return {"title": {language: entry.pop(language) for language in ("en", "nl")}}


def _switches(row: Plain) -> Fields:
    words = {True: "yes", False: "no"}
    return {name: words[row.pop(name)] for name in ("allowed", "sticky") if name in row}


def _or_taken_back(value: Any) -> str:
    return TAKEN_BACK if value is None else str(value)


def _hours(entry: Plain) -> Fields:
    fields: Fields = {"time_zone": entry.pop("time_zone"), "holidays": entry.pop("holidays", "")}
    for name, read in (("week", values.week), ("exceptions", values.exceptions)):
        by = entry.get(name, {})
        written = values.written_spans(by)
        if read(written) == {key: _unlisted(spans) for key, spans in by.items()}:
            entry.pop(name, None)
            fields[name] = written
    return fields


def _unlisted(spans: Any) -> Any:
    if not spans:
        return "closed"
    return spans[0] if len(spans) == 1 else spans


def _rules(entry: Plain) -> Fields:
    rules = dict(entry.pop("rules", {}))
    fields: Fields = {}
    for name in ("words", "senders", "accounts", "attachments", "events"):
        written = ", ".join(rules.get(name, ()))
        if written and values.lines(written) == rules[name]:
            fields[name] = written
            del rules[name]
    patterns = rules.get("patterns", [])
    written = ", ".join(map(_pattern, patterns))
    if patterns and values.patterns(written) == list(map(_pattern, patterns)):
        fields["patterns"] = written
        del rules["patterns"]
    rules = {name: value for name, value in rules.items() if value}
    if rules:
        entry["rules"] = rules
    if not fields and not rules:
        fields["words"] = TAKEN_BACK
    return fields


def _pattern(pattern: Plain) -> str:
    reference = pattern.get("reference")
    return f"{pattern['pattern']} = {reference}" if reference else str(pattern["pattern"])
