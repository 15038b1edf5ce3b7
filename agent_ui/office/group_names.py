"""What people call the groups of a report: roles with channels, rows, topics, target groups and
agents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent_ui.context import ConsoleContext
from agent_ui.row_words import row_name
from agent_ui.texts import N_, Texts
from agent_ui.visit import Visit
from agent_ui.words import CHANNELS

NO_TOPIC = N_("no known topic")
_UNKNOWN = ("", "any")

KEYS: Mapping[str, tuple[str, ...]] = {
    "roles": (N_("Role"), N_("Channel")),
    "rows": (N_("Row of the interaction model"), N_("Role")),
    "topics": (N_("Topic"),),
    "groups": (N_("Target group"),),
    "agents": (N_("Agent"),),
}
"""What the parts of a key are, by one of `GROUPS`."""


@dataclass(frozen=True)
class GroupNames:
    """In one language; `agents` by id, also those who left."""

    texts: Texts
    roles: Mapping[str, str]
    groups: Mapping[str, str]
    topics: Mapping[str, str]
    agents: Mapping[str, str]

    def of(self, by: str, key: Sequence[str]) -> tuple[str, ...]:
        """The parts of a key of one of `GROUPS`."""
        match by, key:
            case "roles", (role, channel):
                return self.role(role), self.channel(channel)
            case "rows", (row, role):
                return self._row(row), self.role(role)
            case "topics", (topic,):
                return (self.topic(topic),)
            case "groups", (group,):
                return (self.group(group),)
            case "agents", (agent_id,):
                return (self.agents.get(agent_id) or self.texts("Nobody"),)
        return ()

    def role(self, name: str) -> str:
        return self.roles.get(name, name)

    def channel(self, name: str) -> str:
        return self.texts(CHANNELS.get(name, name))

    def topic(self, name: str) -> str:
        return self.texts(NO_TOPIC) if name in _UNKNOWN else self.topics.get(name, name)

    def group(self, name: str) -> str:
        return self.groups.get(name, name) if name else self.texts("no known group")

    def _row(self, row: str) -> str:
        if not row:
            return self.texts("no row: triage")
        return row_name(self.texts, row, self.roles, self.groups, self.topics)


def called_by(context: ConsoleContext, visit: Visit, agents: Mapping[str, str]) -> GroupNames:
    """In the reader's language."""
    language = visit.texts.language
    return GroupNames(
        visit.texts,
        roles=context.role_titles(language),
        groups=context.groups.titles(language),
        topics=context.topics.titles(language),
        agents=agents,
    )
