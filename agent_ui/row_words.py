"""The rows of the interaction model by their ids, in words."""

from collections.abc import Mapping

from agent_ui.texts import Texts
from agent_ui.words import CHANNELS, DIRECTIONS

Titles = Mapping[str, str]
_ANY = "any"
_ROLE = "roles/"
_PARTS = 4


def way(texts: Texts, direction: str, channel: str) -> str:
    said = texts("any channel") if channel == _ANY else texts(CHANNELS.get(channel, channel))
    way_in = texts(DIRECTIONS.get(direction, direction))
    return said if direction == _ANY else f"{said} · {way_in}"


def row_name(texts: Texts, row: str, roles: Titles, groups: Titles, topics: Titles) -> str:
    """Its group, way and topic; or the role whose own entry says it."""
    parts = row.split(" ")
    if len(parts) == _PARTS:
        group, direction, channel, topic = parts
        customers = texts("all customers") if group == _ANY else groups.get(group, group)
        about = texts("any topic") if topic == _ANY else topics.get(topic, topic)
        return f"{customers}, {way(texts, direction, channel)}, {about}"
    if row.startswith(_ROLE):
        role = row.removeprefix(_ROLE)
        return texts("the role {role} itself", role=roles.get(role, role))
    return row
