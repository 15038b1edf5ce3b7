"""Templates that were compiled before are not compiled again."""

import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from hub.kept_templates import FOLDER, keep_compiled


@pytest.fixture(autouse=True)
def _python_keeps_what_it_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    (tmp_path / "hello.html").write_text("Hello {{ name }}.\n")
    return tmp_path


class _Counting(Environment):
    """Knows how many templates it compiled."""

    compiled = 0

    def compile(self, *source: Any, **more: Any) -> Any:
        self.compiled += 1
        return super().compile(*source, **more)


def _environment(templates: Path, **options: Any) -> _Counting:
    environment = _Counting(loader=FileSystemLoader(templates), **options)
    keep_compiled(environment, templates)
    return environment


def _hello(environment: Environment) -> str:
    return environment.get_template("hello.html").render(name="<Jan>")


def test_the_next_process_finds_what_this_one_compiled(templates: Path) -> None:
    first, second = _environment(templates), _environment(templates)
    assert _hello(first) == _hello(second) == "Hello <Jan>."
    assert (first.compiled, second.compiled) == (1, 0)


def test_a_template_that_changed_is_compiled_anew(templates: Path) -> None:
    _hello(_environment(templates))
    (templates / "hello.html").write_text("Good day {{ name }}.\n")
    assert _hello(_environment(templates)) == "Good day <Jan>."


def test_what_was_compiled_with_other_options_is_another(templates: Path) -> None:
    _hello(_environment(templates))
    assert _hello(_environment(templates, autoescape=True)) == "Hello &lt;Jan&gt;."


def test_what_is_broken_is_compiled_anew(templates: Path) -> None:
    _hello(_environment(templates))
    for kept in (templates / FOLDER).iterdir():
        kept.write_bytes(kept.read_bytes()[:-20])
    assert _hello(_environment(templates)) == "Hello <Jan>."


def test_where_nothing_can_be_kept_it_is_shown_all_the_same(templates: Path) -> None:
    (templates / FOLDER).write_text("a file where the folder would be")
    assert _hello(_environment(templates)) == "Hello <Jan>."


def test_a_disk_that_takes_nothing_more_is_no_reason_not_to_show(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    environment = _environment(templates)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    assert _hello(environment) == "Hello <Jan>."


def test_nothing_is_kept_where_python_is_told_so(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    _hello(_environment(templates))
    assert not (templates / FOLDER).exists()
