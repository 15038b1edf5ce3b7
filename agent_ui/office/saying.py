"""Alerts as sentences in the reader's language."""

from collections.abc import Mapping
from typing import Any

from agent_ui.office.alerts import Alert
from agent_ui.office.words import ALERTS, PARTS
from agent_ui.spans import span
from agent_ui.texts import Texts
from agent_ui.words import CHANNELS


def said(texts: Texts, alert: Alert, role_titles: Mapping[str, str]) -> str:
    values: dict[str, Any] = dict(alert.values)
    if "time" in values:
        values["time"] = span(texts, values["time"])
    if "role" in values:
        values["role"] = role_titles.get(values["role"], values["role"])
    if "channel" in values:
        values["channel"] = texts(CHANNELS[values["channel"]])
    if "part" in values:
        values["part"] = texts(PARTS.get(values["part"], values["part"]))
    return texts(ALERTS[alert.kind], **values).strip()
