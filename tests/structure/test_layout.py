"""The tree keeps its shape: every module says what it is for. `make check` holds the imports."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub", "connectors", "routing", "agent_ui", "config")


def test_a_module_says_what_it_is_for() -> None:
    modules = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    trees = {path: ast.parse(path.read_text()) for path in modules}
    silent = [path for path, tree in trees.items() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_tests_are_no_packages() -> None:
    # A package under tests/ would hide the real one of the same name.
    assert list((ROOT / "tests").rglob("__init__.py")) == []
