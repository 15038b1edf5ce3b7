"""The small parts of which each page has hundreds: icons, channels, times, deadlines.

Functions that templates call: as macros they were most of what a page cost.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from agent_ui import spans, words
from agent_ui.texts import Texts
from hub.store.work_items import WorkItem

Icon = Callable[[str], Markup]


def _html(text: str) -> Markup:
    """What is in it was escaped, or can hold nothing to escape, as times cannot."""
    return Markup(text)  # noqa: S704


@cache
def icons(sprite: str) -> Icon:
    """`icon(name)`: one from the file at this address."""

    @cache
    def icon(name: str) -> Markup:
        address = escape(f"{sprite}#{name}")
        return _html(
            f'<svg class="icon" aria-hidden="true" focusable="false">'
            f'<use href="{address}"></use></svg>'
        )

    return icon


@cache
def keycap(key: str) -> Markup:
    """A key as it stands beside what it does; a capital letter is pressed with Shift."""
    shift = '<span aria-hidden="true">⇧</span><span class="unseen">Shift </span>'
    return _html(f"<kbd>{shift if key.isupper() else ''}{escape(key)}</kbd>")


def apart(text: str) -> Markup:
    """What people wrote, in a line of ours: written from right to left, it leaves the rest of the
    line as it is."""
    return _html(f"<bdi>{escape(text)}</bdi>")


def moment(at: datetime) -> Markup:
    """In UTC until times.js shows it in the reader's zone."""
    return _moment(at.isoformat())


def written_moment(at: str) -> Markup:
    """The same for one that is stored as text, in UTC."""
    return _moment(str(escape(at)))


def _moment(exact: str) -> Markup:
    said = f"{exact[:10]} {exact[11:16]} UTC"
    return _html(f'<time datetime="{exact}" data-show="moment">{said}</time>')


def day(at: datetime) -> Markup:
    exact = at.isoformat()
    return _html(f'<time datetime="{exact}" data-show="day">{exact[:10]}</time>')


@cache
def _channel(texts: Texts, icon: Icon, name: str) -> Markup:
    said = escape(texts(words.CHANNELS[name]))
    drawn = f'{icon(name)}<span class="unseen">{said}</span>'
    return _html(f'<span class="channel" title="{said}">{drawn}</span>')


def _due(texts: Texts, at: datetime, warn: datetime | None, urgency: str, now: datetime) -> Markup:
    left = escape(spans.due(texts, at, now))
    time = f'<time datetime="{at.isoformat()}" data-show="due">{left}</time>'
    warned = f'data-urgency="{urgency}" data-warn="{warn.isoformat() if warn else ""}"'
    return _html(f'<span class="chip deadline" {warned}>{time}</span>')


def parts_in(
    texts: Texts, icon: Icon, role_titles: Mapping[str, str], now: datetime
) -> dict[str, Callable[..., Any]]:
    """Those of a page in this language at this time, by their names in the templates."""

    def channel(name: str) -> Markup:
        return _channel(texts, icon, name)

    def age(since: datetime) -> Markup:
        said = escape(spans.age(texts, since, now))
        return _html(f'<time datetime="{since.isoformat()}" data-show="age">{said}</time>')

    def line(item: WorkItem) -> Markup:
        """Since when its customer holds the line, of one who does."""
        if not item.is_on_the_line:
            return _html("")
        said = escape(texts("on the line since"))
        return _html(f'<span class="chip chip-line">{said} {moment(item.waiting_since)}</span>')

    def deadline(item: WorkItem) -> Markup:
        """Who holds the line waits now: that there is time until later would only mislead."""
        urgency = spans.urgency(item, now)
        if item.is_on_the_line and urgency not in ("near", "late"):
            return _html("")
        if item.answer_due is not None:
            return _due(texts, item.answer_due, item.answer_warn, urgency, now)
        said = escape(texts("answered"))
        return _html(f'<span class="chip">{said}</span>' if item.first_response_at else "")

    def role(name: str) -> str:
        return role_titles.get(name, name)

    def title(titles: Mapping[str, str]) -> str:
        return titles.get(texts.language) or titles.get("en", "")

    return {
        "icon": icon,
        "channel": channel,
        "age": age,
        "line": line,
        "deadline": deadline,
        "role": role,
        "title": title,
    }
