"""What an agent is writing, between the form, the store and the form again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from agent_ui.visit import Visit, number
from hub.interaction import Attachment
from hub.store.drafts import Kept

LONGEST_TEXT = 200_000
MODES = ("reply", "note", "forward")
_LONGEST_NAME = 40
_KEPT = {
    "mode": 10,
    "text": LONGEST_TEXT,
    "way": 700,
    "subject": 500,
    "cc": 2_000,
    "to": 2_000,
    "once": _LONGEST_NAME,
}
"""The fields of a draft that are kept, with how long each may be."""
_TICKED = ("rich", "signed")
_MOST_VALUES, _LONGEST_VALUE = 20, 500
_MOST_FILES = 50


@dataclass(frozen=True)
class Draft:
    """What the agent filled in. `way` names one of the ways to reach the customer;
    `seen` is the sequence number of the last entry that they saw; `template` is sent instead of
    the text when it is chosen, with `values`; `to` is whom it is forwarded to; `rich`: the marks in
    the text are to be seen; `signed`: with the agent's signature; `later`: not before then;
    `taken_along`: the ids of files of the conversation that are forwarded; `once`: names what the
    form holds, so that it goes once however often it comes; `as_is`: what nobody filled in, and the
    agent was told of."""

    conversation_id: str
    text: str
    way: str
    subject: str
    seen: int
    template: str = ""
    values: tuple[str, ...] = ()
    files: tuple[Attachment, ...] = ()
    cc: str = ""
    to: str = ""
    rich: bool = False
    signed: bool = True
    later: datetime | None = None
    taken_along: tuple[str, ...] = ()
    mode: str = "reply"
    once: str = ""
    as_is: tuple[str, ...] = ()


async def draft_of(visit: Visit) -> Draft:
    """What the form of the page holds; raises HTTPNotFound for an id that is none."""
    fields = await fields_of(visit)
    template = (await visit.field("template"))[:100]
    return Draft(
        conversation_id=visit.id,
        text=fields["text"],
        way=fields["way"],
        subject=fields["subject"],
        seen=number(await visit.field("seen")),
        template=template,
        values=await _values(visit, template),
        cc=fields["cc"],
        to=fields["to"],
        rich=bool(await visit.field("rich")),
        signed=bool(await visit.field("signed")),
        taken_along=await _taken_along(visit, fields["mode"]),
        mode=fields["mode"],
        once=fields["once"],
        as_is=tuple((await visit.fields("as_is"))[:_MOST_VALUES]),
    )


async def fields_of(visit: Visit) -> dict[str, str]:
    """The fields of the form that a draft keeps."""
    found = {
        name: (await visit.field(name))[:most].replace("\r\n", "\n") for name, most in _KEPT.items()
    }
    found |= {name: "1" if await visit.field(name) else "" for name in _TICKED}
    found["mode"] = found["mode"] if found["mode"] in MODES else "reply"
    return found


def from_kept(kept: Kept, conversation_id: str) -> Draft:
    """What the store kept of it."""
    fields: Mapping[str, str] = kept.fields
    return Draft(
        conversation_id=conversation_id,
        text=fields.get("text", ""),
        way=fields.get("way", ""),
        subject=fields.get("subject", ""),
        seen=0,
        cc=fields.get("cc", ""),
        to=fields.get("to", ""),
        rich=bool(fields.get("rich")),
        signed=bool(fields.get("signed", "1")),
        mode=fields.get("mode", "reply"),
        once=fields.get("once", ""),
    )


async def _taken_along(visit: Visit, mode: str) -> tuple[str, ...]:
    """The form holds their ticks whatever is written; an answer does not give customers back what
    they sent."""
    return tuple((await visit.fields("along"))[:_MOST_FILES]) if mode == "forward" else ()


async def _values(visit: Visit, template: str) -> tuple[str, ...]:
    """What was filled in for the template, as far as anything was."""
    if not template:
        return ()
    names = [f"value.{template}.{place}" for place in range(1, _MOST_VALUES + 1)]
    return tuple([(await visit.field(name))[:_LONGEST_VALUE] for name in names])
