"""Every text of the portal exists in Dutch, and none is left over."""

import ast
import json
import re
from pathlib import Path

PORTAL = Path(__file__).parents[3] / "connectors" / "portal"
IN_TEMPLATES = re.compile(r'_\(["\']((?:[^"\'\\]|\\.)*)["\']')
OF_OTHERS = {
    "This form cannot be read.",
    "This kind of file is not taken.",
    "These are too many files for one message.",
    "Choose what the token may do.",
    "Say what the token is for.",
    "Nothing was agreed that you can order under. Ask us for an offer.",
}


def in_use() -> set[str]:
    found = set()
    for path in (PORTAL / "templates").glob("*.html"):
        found |= set(IN_TEMPLATES.findall(path.read_text(encoding="utf-8")))
    for path in PORTAL.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in (
                "N_",
                "texts",
            ):
                found |= {
                    argument.value
                    for argument in node.args
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                }
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Rejected":
                found |= {
                    argument.value
                    for argument in node.args[1:2]
                    if isinstance(argument, ast.Constant)
                }
    return found


def test_all_texts_are_there_in_dutch() -> None:
    dutch = json.loads((PORTAL / "locale" / "nl.json").read_text(encoding="utf-8"))
    assert sorted(in_use() - set(dutch)) == []
    assert sorted(set(dutch) - in_use() - OF_OTHERS) == []
