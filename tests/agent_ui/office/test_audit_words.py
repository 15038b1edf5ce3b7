"""What the code writes into the audit log, an administrator reads in words."""

import ast
from pathlib import Path

from agent_ui.office.audit_words import DONE, done, told
from agent_ui.texts import texts_for
from agent_ui.words import PROMISED
from hub.store.asked import APPROVAL, MENTION, NO, YES

ROOT = Path(__file__).parents[3]


def written() -> set[str]:
    """The actions that stand in the code as they are."""
    found = set()
    for package in ("hub", "routing", "agent_ui", "connectors"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                for given in node.keywords if isinstance(node, ast.Call) else ():
                    if given.arg == "action" and isinstance(given.value, ast.Constant):
                        found.add(given.value.value)
    return {action for action in found if isinstance(action, str) and "." in action}


def made() -> set[str]:
    """Those that are put together, of the kinds that there are."""
    asked = {f"colleague.{kind}" for kind in (MENTION, APPROVAL, YES, NO)}
    return asked | {f"work_item.{event}" for event in PROMISED if event.startswith("task_")}


def test_every_action_has_words() -> None:
    assert made() - set(DONE) == set()
    assert len(written()) > 40
    assert written() - set(DONE) == set()


def test_an_action_of_later_is_shown_by_its_code() -> None:
    dutch = texts_for("nl")
    assert done(dutch, "work_item.resolved") == "afgehandeld"
    assert done(dutch, "plugin.something") == "plugin.something"


def test_details_are_told_without_the_marks_of_a_program() -> None:
    english = texts_for("en")
    assert told(english, {"channels": ["chat", "email"], "by": None, "left": {}, "n": 0}) == (
        "channels: chat, email; by: -; left: -; n: 0"
    )
    assert told(english, [{"name": "a", "most": 1}, "b"]) == "(name: a; most: 1), b"
    assert told(english, []) == "-"
    assert told(texts_for("nl"), 0.81119) == "0,811"
