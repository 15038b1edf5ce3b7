"""The agent console: what people who answer customers see. Knows only `hub`."""

from agent_ui.console import Console
from agent_ui.context import ConsoleContext, Escalation
from agent_ui.settings import ConsoleSettings

__all__ = ["Console", "ConsoleContext", "ConsoleSettings", "Escalation"]
