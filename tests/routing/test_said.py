"""What is wrong with a model is said in Dutch as well, sentence by sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from interaction_models import HEAD, problems_of
from routing.said import Said, dutch, joined, said
from routing.said_in_dutch import DUTCH

ROUTING = Path(__file__).parents[2] / "routing"
BROKEN = {
    HEAD.replace("triage_role: triage", "triage_role: triag"): (
        "Er is geen rol 'triag'. Bedoelt u 'triage'?"
    ),
    HEAD.replace(
        "triage_role: triage\n", ""
    ): "'triage_role' ontbreekt. Voeg hier `triage_role:` toe.",
    HEAD + "moments: [{rol: sales}]\n": (
        "De rij voor “alle klanten, elk kanaal, elk onderwerp”, rol: De sleutel 'rol' is hier niet "
        "bekend. Bedoelt u 'role'?"
    ),
    HEAD + "moments: [{role: sales, sla: {resolution: soon}}]\n": (
        "De rij voor “alle klanten, elk kanaal, elk onderwerp”, sla.resolution: 'soon' past niet. "
        "Een duur wordt geschreven als 30m, 4h, 2d of 1h30m."
    ),
    HEAD + "moments: [{role: sales, priority_minutes: many}]\n": (
        "De rij voor “alle klanten, elk kanaal, elk onderwerp”, priority_minutes: "
        "'many' is geen heel getal. Schrijf alleen cijfers."
    ),
    HEAD + "moments: [{role: sales, skills: none}]\n": (
        "De rij voor “alle klanten, elk kanaal, elk onderwerp”, skills: "
        "'none' staat waar een groep sleutels hoort. Schrijf er regels `sleutel: waarde` onder."
    ),
    "a: b: c": (
        "Dit is geen YAML: hier mag geen sleutel met waarde staan. Kijk naar het inspringen, de "
        "dubbele punten en de aanhalingstekens hier en net erboven."
    ),
}


def in_code() -> Iterator[str]:
    """The sentences that the code says, and those in its tables of them."""
    for path in ROUTING.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="said"), args=[ast.Constant(value=str(text)), *_]):
                    yield text


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize(("text", "expected"), BROKEN.items())
def test_a_broken_model_is_explained_in_dutch(text: str, expected: str) -> None:
    [problem, *_] = problems_of(text)
    assert " ".join(problem.sentences("nl")) == expected
    assert " ".join(problem.sentences("en")) != expected


def test_every_sentence_has_its_dutch_with_the_same_places() -> None:
    assert set(in_code()) <= set(DUTCH)
    for english, translated in DUTCH.items():
        assert places(english) == places(translated), english
        assert english != translated or english in ("{message}.", "The hit policy is {policy}."), (
            english
        )


def test_what_is_filled_in_is_translated_too() -> None:
    inner = said("Did you mean '{near}'?", near="role")
    outer = said("{pattern} cannot be a pattern. {why}", pattern="'x'", why=inner)
    assert outer == "'x' cannot be a pattern. Did you mean 'role'?"
    assert dutch(outer) == "'x' kan geen patroon zijn. Bedoelt u 'role'?"
    both = joined((inner, "as it is"))
    assert (both, dutch(both)) == ("Did you mean 'role'? as it is", "Bedoelt u 'role'? as it is")
    assert isinstance(both, Said)
