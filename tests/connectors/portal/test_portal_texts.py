"""Every text of the portal exists in Dutch, and none is left over."""

import ast
import re
from pathlib import Path

from hub.texts import catalogue

ROOT = Path(__file__).parents[3]
PORTAL = ROOT / "connectors" / "portal"
REFUSING = ("hub/orders.py", "hub/store/ordering.py", "hub/store/tracking.py")
IN_TEMPLATES = re.compile(r'_\(["\']((?:[^"\'\\]|\\.)*)["\']')
OF_OTHERS = {
    "This form cannot be read.",
    "This kind of file is not taken.",
    "These are too many files for one message.",
    "Choose what the token may do.",
    "Say what the token is for.",
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
    return found | refusals()


def refusals() -> set[str]:
    """Of what the portal asks the hub to do with orders and parcels."""
    found = set()
    for name in REFUSING:
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Said", "Rejected"):
                is_said = ast.unparse(node.func) == "Said"
                arguments = node.args[:1] if is_said else node.args[1:2]
                made = [one for one in arguments if isinstance(one, ast.Constant | ast.JoinedStr)]
                found |= {ast.literal_eval(one) for one in made}
    return found


def test_all_texts_are_there_in_dutch() -> None:
    dutch = catalogue(PORTAL / "locale", "nl")
    assert sorted(in_use() - set(dutch)) == []
    assert sorted(set(dutch) - in_use() - OF_OTHERS) == []
