"""Phone calls of the demo's past: their rows, and what their conversations say of them, as the
phone connector and the console leave them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agent_ui.guidance import guidance_of
from config.demo.addresses import ALWAYS, PHONE
from config.demo.example import PastCall
from connectors.phone.words import say
from hub.store import calls, steps
from hub.store.inserting import digest

LINES = {"nl": PHONE, "en": ALWAYS}
"""Which of our numbers is called, by the language that it speaks."""
_RINGS = 5
_RESOLVES = 4
"""Seconds: until an agent's phone is taken up, and from the end of a call until it is resolved."""


@dataclass(frozen=True)
class Line:
    """What the conversation says of it, who did it: an agent, or the customer."""

    at: datetime
    details: dict[str, str]
    by_agent: bool = True


@dataclass(frozen=True)
class Phoned:
    """One call, or two: who hung up before anybody came was called back. `agent`: who talked."""

    conversation_id: str
    began: datetime
    caller: str
    account: str
    agent: Any
    written: PastCall
    title: str

    @property
    def sid(self) -> str:
        """Of the call that came in."""
        return f"CA{digest('demo call', self.conversation_id)[:32]}"

    @property
    def called_back(self) -> bool:
        return bool(self.written.back)

    @property
    def talking_at(self) -> datetime:
        return self._at(self.written.back or self.written.waited)

    @property
    def ended_at(self) -> datetime:
        return self.talking_at + timedelta(seconds=self.written.talked)

    @property
    def resolved_at(self) -> datetime:
        return self.ended_at + timedelta(seconds=_RESOLVES)

    def rows(self) -> list[dict[str, Any]]:
        """Of the table of calls."""
        if not self.called_back:
            return [self._talked(self.sid, self.began)]
        gave_up = self._row(
            sid=self.sid,
            outcome=self._gave_up,
            created_at=self.began,
            changed_at=self._at(self.written.waited),
        )
        sid = f"OUT{digest('demo call back', self.conversation_id)[:32]}"
        out = {"direction": calls.OUTBOUND, "customer_sid": f"CA{sid[3:]}", "account": ""}
        rings_at = self.talking_at - timedelta(seconds=2 * _RINGS)
        return [gave_up, self._talked(sid, rings_at) | out]

    def steps(self, item_id: str) -> list[dict[str, Any]]:
        """What became of the work."""
        taken = steps.made(item_id, steps.TAKEN, self.agent.id)
        taken |= {"at": self.talking_at - timedelta(seconds=_RINGS)}
        if not self.called_back:
            return [taken]
        asked = steps.made(item_id, steps.CALLBACK, number=self.caller, until="")
        return [asked | {"at": self._at(self.written.waited)}, taken]

    def lines(self, decision: Mapping[str, Any]) -> Iterator[Line]:
        """What is said of it after the contact itself, in order; the last is what its agent wrote
        down of it, if the model asks for something that can be chosen."""
        direction = calls.OUTBOUND if self.called_back else ""
        if self.called_back:
            waited = self.written.waited
            yield self._line(self._at(waited), self._gave_up, waited, "", by_agent=False)
        yield self._line(self.ended_at, calls.TALKED, self.written.talked, direction)
        yield Line(self.resolved_at, {"event": "resolved"})
        asked = [one for one in guidance_of(dict(decision)).results if one.choices]
        if self.written.wrapped and asked:
            chosen = asked[0].choices[self.written.result % len(asked[0].choices)]
            at = self.resolved_at + timedelta(seconds=self.written.wrapped)
            yield Line(at, {"event": "wrapped_up", f"result.{asked[0].name}": chosen.name})

    @property
    def _gave_up(self) -> str:
        return calls.CALLBACK if self.written.asked else calls.MISSED

    def _line(
        self, at: datetime, outcome: str, seconds: int, direction: str, *, by_agent: bool = True
    ) -> Line:
        details = {"event": calls.EVENT, "outcome": outcome, "call": self.sid}
        details |= {"seconds": str(seconds), "direction": direction}
        return Line(at, details | {"why": "", "to": "", "withheld": ""}, by_agent)

    def _talked(self, sid: str, created_at: datetime) -> dict[str, Any]:
        return self._row(
            sid=sid,
            outcome=calls.TALKED,
            turn=1,
            agent_id=self.agent.id,
            agent_sid=f"CA{digest('demo agent', sid)[:32]}",
            created_at=created_at,
            changed_at=self.ended_at,
            talking_at=self.talking_at,
        )

    def _row(self, **values: Any) -> dict[str, Any]:
        untouched: dict[str, Any] = {"turn": 0, "agent_id": None, "agent_sid": ""}
        untouched |= {"talking_at": None, "direction": "", "customer_sid": ""}
        return untouched | {
            "conversation_id": self.conversation_id,
            "account": self.account,
            "caller": self.caller,
            "language": language_of(self.account),
            "state": calls.OVER,
            "chosen": self.title,
            **values,
        }

    def _at(self, seconds: int) -> datetime:
        return self.began + timedelta(seconds=seconds)


def language_of(account: str) -> str:
    """In which this number of ours speaks."""
    return next(language for language, line in LINES.items() if line == account)


def contact_text(account: str, title: str) -> str:
    """What the contact says that a caller leaves."""
    return say("called_about", language_of(account), title=title)
