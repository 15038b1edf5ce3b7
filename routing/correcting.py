"""What the model says once somebody corrects a topic: the new decision, and the choices."""

from typing import Any, NamedTuple

from hub.interaction import Channel, Direction
from routing.decision import Decision, Handling, How, Reason, ReasonCode, Recognition
from routing.explain import Language
from routing.inherit import Cell
from routing.model import Model
from routing.tree import ANY, nearest


class Choice(NamedTuple):
    """A topic to choose, with who would be responsible."""

    topic: str
    title: str
    role: str
    role_title: str


def choices(
    model: Model, decision: dict[str, Any], channel: Channel, language: Language
) -> list[Choice]:
    """All topics of the model, in its order, for the customer and channel of a stored decision."""
    found = []
    for topic in model.topics:
        handling = _handling(model, decision, channel, topic)
        titles = [getattr(model.topics[step].title, language) for step in _path(model, topic)]
        role_title = getattr(handling.role_title, language)
        found.append(Choice(topic, " / ".join(titles), handling.role, role_title))
    return found


def corrected(
    model: Model, decision: dict[str, Any], channel: Channel, topic: str, agent: str
) -> Decision | None:
    """The decision for another topic; None when the model does not know it. `agent` is their name.

    What was found in the contact stays known: numbers to look up, and what else it could be about.
    """
    if topic not in model.topics:
        return None
    handling = _handling(model, decision, channel, topic)
    former = Recognition.model_validate(
        decision.get("recognition") or {"topic": ANY, "how": "none"}
    )
    said = {"agent": agent, "former": former.topic, "topic": topic}
    reasons = [
        Reason(code=ReasonCode.CORRECTED, parameters=said),
        _responsible(handling),
    ]
    recognition = Recognition(topic=topic, how=How.AGENT, mentions=former.mentions)
    return Decision.of(handling, recognition, tuple(reasons))


def _handling(model: Model, decision: dict[str, Any], channel: Channel, topic: str) -> Handling:
    """Work is made of what comes in."""
    group = nearest(str(decision.get("target_group", ANY)), model.target_groups)
    return model.handling(Cell(group, Direction.INBOUND, channel, topic))


def _responsible(handling: Handling) -> Reason:
    if handling.triage:
        return Reason(code=ReasonCode.TRIAGE, parameters={"role": handling.role})
    source = handling.rows["role"]
    said = {"role": handling.role, "row": source.row, "line": str(source.line)}
    return Reason(code=ReasonCode.ROLE, parameters=said)


def _path(model: Model, topic: str) -> list[str]:
    steps = topic.split("/")
    paths = ["/".join(steps[: count + 1]) for count in range(len(steps))]
    return [path for path in paths if path in model.topics]
