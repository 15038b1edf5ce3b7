"""What business rules can name: what the organisation has, and what it is called."""

from typing import Any

from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.rule_sentences import Names, result_of
from agent_ui.words import limit_name
from hub.store import canned

LISTS = ("when", "unless")


def names_of(context: ConsoleContext, connection: Connection, language: str) -> Names:
    return Names(
        topics=context.topics.titles(language),
        groups=context.groups.titles(language),
        roles=context.role_titles(language),
        channels=words.CHANNELS,
        zone=context.zone(),
        results=context.moments.results(language),
        limits={one: limit_name(one) for one in context.moments.limits()},
        replies={
            one.id: f"/{one.shortcut} {one.title}".strip() for one in canned.all_of(connection)
        },
    )


def gone(fields: dict[str, Any], names: Names) -> list[str]:
    """The places of a rule that name what the organisation does not have: `when.0.topic`."""
    known = {"topic": names.topics, "group": names.groups}
    found = [
        f"{name}.{place}.{kind}"
        for name in LISTS
        for place, row in enumerate(fields[name])
        for kind in known
        if kind in row and row[kind] not in known[kind]
    ]
    action = fields["action"]
    if "role" in action and action["role"] not in names.roles:
        found.append("action.role")
    if "limit" in action and action["limit"] not in names.limits:
        found.append("action.limit")
    if "result" in action and result_of(action) not in names.results:
        found.append("action.result")
    if "canned" in action and action["canned"] not in names.replies:
        found.append("action.canned")
    return found
