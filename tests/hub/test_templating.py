"""Templates become pages safely, and what was compiled of them before is not compiled again."""

import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment
from jinja2.exceptions import UndefinedError

from hub.templating import FOLDER, environment_of


@pytest.fixture(autouse=True)
def _python_keeps_what_it_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    (tmp_path / "hello.html").write_text("Hello {{ name }}.\n")
    return tmp_path


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the templates that were compiled."""
    names: list[str] = []
    compile_it = Environment.compile

    def counting(self: Environment, source: Any, name: str, *more: Any, **named: Any) -> Any:
        names.append(name)
        return compile_it(self, source, name, *more, **named)

    monkeypatch.setattr(Environment, "compile", counting)
    return names


def _hello(templates: Path, **filters: Any) -> str:
    return environment_of(templates, **filters).get_template("hello.html").render(name="<Jan>")


def test_what_is_given_is_escaped_and_what_is_not_given_is_an_error(templates: Path) -> None:
    assert _hello(templates) == "Hello &lt;Jan&gt;."
    with pytest.raises(UndefinedError, match="name"):
        environment_of(templates).get_template("hello.html").render()


def test_a_template_has_the_filters_that_were_given(templates: Path) -> None:
    (templates / "hello.html").write_text("Hello {{ name|loud }}.\n")
    assert _hello(templates, loud=str.upper) == "Hello &lt;JAN&gt;."


def test_the_next_process_finds_what_this_one_compiled(
    templates: Path, compiled: list[str]
) -> None:
    assert _hello(templates) == _hello(templates)
    assert compiled == ["hello.html"]


def test_a_template_that_changed_is_compiled_anew(templates: Path) -> None:
    _hello(templates)
    (templates / "hello.html").write_text("Good day {{ name }}.\n")
    assert _hello(templates) == "Good day &lt;Jan&gt;."


def test_what_was_compiled_with_other_filters_is_another(
    templates: Path, compiled: list[str]
) -> None:
    _hello(templates)
    _hello(templates, loud=str.upper)
    assert compiled == ["hello.html"] * 2


def test_what_is_broken_is_compiled_anew(templates: Path) -> None:
    _hello(templates)
    for kept in (templates / FOLDER).iterdir():
        kept.write_bytes(kept.read_bytes()[:-20])
    assert _hello(templates) == "Hello &lt;Jan&gt;."


def test_where_nothing_can_be_kept_it_is_shown_all_the_same(templates: Path) -> None:
    (templates / FOLDER).write_text("a file where the folder would be")
    assert _hello(templates) == "Hello &lt;Jan&gt;."


def test_a_disk_that_takes_nothing_more_is_no_reason_not_to_show(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    assert _hello(templates) == "Hello &lt;Jan&gt;."


def test_nothing_is_kept_where_python_is_told_so(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    _hello(templates)
    assert not (templates / FOLDER).exists()
