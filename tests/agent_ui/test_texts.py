"""Every text of the console exists in every language, and none is left over."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from agent_ui.arrangement_words import ARRANGEMENT_REASONS
from agent_ui.model_words import MODEL_REASONS
from agent_ui.office.words import OFFICE_REASONS
from agent_ui.rule_words import RULE_REASONS
from agent_ui.texts import CLIENT_TEXTS, LANGUAGES, Texts, load_catalogue, preferred, texts_for
from agent_ui.words import LANGUAGE_NAMES
from agent_ui.workshop.words import WORKSHOP_REASONS
from hub.texts import Said, catalogue

CONSOLE = Path(__file__).parents[2] / "agent_ui"
FUNCTIONS = {"N_", "texts", "_", "count"}
IN_SCRIPTS = re.compile(r'\b(?:text|counted)\([^)]*\)|"\{n\} [a-z]+"')
SAYS = re.compile(r"^from hub.texts import .*\bSaid\b", re.MULTILINE)
QUOTED = re.compile(r'"([^"]+)"')
OF_THE_PORTAL = re.compile(r"(portal/words|hub/orders|hub/store/(ordering|tracking))\.py$")
"""What these say is shown in the portal, which has texts of its own."""


def in_templates() -> Iterator[str]:
    environment = Environment(autoescape=True)
    for path in (CONSOLE / "templates").rglob("*.html"):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        for _line, _function, message in extract_from_ast(tree, ("_",)):
            found = message if isinstance(message, tuple) else (message,)
            yield from (text for text in found if text)


def in_python() -> Iterator[str]:
    for path in CONSOLE.rglob("*.py"):
        yield from _texts_in(path.read_text(encoding="utf-8"), FUNCTIONS)


def in_findings() -> Iterator[str]:
    """What others than the console say to be shown in it."""
    for folder in ("hub", "connectors", "config"):
        for path in (CONSOLE.parent / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if SAYS.search(text) and not OF_THE_PORTAL.search(path.as_posix()):
                yield from _texts_in(text, {"Said", "N_"})


def in_scripts() -> Iterator[str]:
    for path in (CONSOLE / "static" / "js").glob("*.js"):
        for call in IN_SCRIPTS.finditer(path.read_text(encoding="utf-8")):
            yield from QUOTED.findall(call[0])


def _texts_in(source: str, functions: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _called(node) in functions:
            yield from (
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_a_language_has_every_text_and_no_other(language: str) -> None:
    found = (*in_templates(), *in_python(), *in_findings())
    texts = {text for text in found if text.strip()}
    assert set(load_catalogue(language)) == texts


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_a_translation_has_the_same_places(language: str) -> None:
    for text, translated in load_catalogue(language).items():
        assert _places(translated) == _places(text), text
        assert translated.strip(), text


@pytest.mark.parametrize("folder", ["agent_ui", "connectors/portal", "connectors/partners"])
def test_a_text_is_translated_in_one_place(folder: str) -> None:
    files = (CONSOLE.parent / folder / "locale").glob("*.po")
    found = Counter(
        (path.name.split(".")[0], line)
        for path in files
        for line in path.read_text("utf-8").splitlines()
        if line.startswith("msgid ") and line != 'msgid ""'
    )
    assert found
    assert [key for key, times in found.items() if times > 1] == []


def test_the_page_hands_the_scripts_what_they_say() -> None:
    assert set(in_scripts()) == set(CLIENT_TEXTS)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize(
    ("choices", "accept", "language"),
    [
        (("nl", "en"), "en", "nl"),
        (("", "nl"), "en", "nl"),
        (("", ""), "nl-NL,nl;q=0.9,en;q=0.8", "nl"),
        (("", ""), "de, nl;q=0.2, en;q=0.4", "en"),
        (("", ""), "nl;q=0, fr", "en"),
        (("", ""), "*;q=x, ;;;,", "en"),
        (("klingon", ""), "", "en"),
    ],
)
def test_language(choices: tuple[str, ...], accept: str, language: str) -> None:
    assert preferred(*choices, accept=accept) == language


def test_what_a_translator_left_open_or_is_not_sure_of_is_not_taken(tmp_path: Path) -> None:
    entries = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"',
        'msgid "Yes"\nmsgstr "Ja"',
        'msgid "No"\nmsgstr ""',
        '#, fuzzy\nmsgid "Perhaps"\nmsgstr "Mischien"',
    )
    (tmp_path / "nl.po").write_text("\n\n".join(entries[:2]), encoding="utf-8")
    (tmp_path / "nl.rest.po").write_text("\n\n".join(entries[::2]), encoding="utf-8")
    (tmp_path / "nl.unsure.po").write_text("\n\n".join(entries[::3]), encoding="utf-8")
    assert catalogue(tmp_path, "nl") == {"Yes": "Ja"}
    assert catalogue(tmp_path, "en") == {}


def test_what_is_not_translated_is_shown_as_it_is() -> None:
    texts = Texts("nl", {"{n} d": "{n} dg"})
    assert texts("{n} d", n=3) == "3 dg"
    assert texts("Unknown {thing}", thing="x") == "Unknown x"
    assert texts.count(1, "one", "{n} d") == "one"


def test_what_a_macro_made_is_escaped_once_and_all_else_still_is() -> None:
    page = Environment(autoescape=True).from_string(
        "{% macro who(name) %}{{ name }}{% endmacro %}"
        "{{ _('{name} wrote {text}', name=who(\"D'Arcy\"), text='<b>') }}"
    )
    assert page.render(_=texts_for("en")) == "D&#39;Arcy wrote &lt;b&gt;"


def test_a_sentence_of_another_part_is_said_in_the_language_of_its_reader() -> None:
    texts = Texts("nl", {"{n} go to {where}": "{n} gaan naar {where}", "nowhere": "nergens"})
    sentence = Said("{n} go to {where}", n=3, where=Said("nowhere"))
    assert sentence == "3 go to nowhere"
    assert texts.said(sentence) == "3 gaan naar nergens"
    assert texts.said("as a server said it: {n}") == "as a server said it: {n}"


def test_a_reader_is_addressed_in_one_way_in_dutch() -> None:
    familiar = re.compile(r"\b(?:je|jij|jou|jouw|jullie)\b", re.IGNORECASE)
    assert [text for text in load_catalogue("nl").values() if familiar.search(text)] == []


def test_languages_are_named_in_the_language_of_the_sentence() -> None:
    name = texts_for("nl")(LANGUAGE_NAMES["en"])
    assert texts_for("nl")("Text in {language}", language=name) == "Tekst in het Engels"


def test_each_code_of_a_refusal_has_one_text() -> None:
    """Where two parts of the console had the same code, the later text was said for both."""
    families = (
        MODEL_REASONS,
        OFFICE_REASONS,
        RULE_REASONS,
        ARRANGEMENT_REASONS,
        WORKSHOP_REASONS,
    )
    tree = ast.parse((CONSOLE / "words.py").read_text(encoding="utf-8"))
    [own] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "REASONS"
    ]
    assert isinstance(own, ast.Dict)
    codes = Counter(key.value for key in own.keys if isinstance(key, ast.Constant))
    for family in families:
        codes.update(family.keys())
    assert [code for code, count in codes.items() if count > 1] == []
