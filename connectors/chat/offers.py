"""What a visitor is offered before they write: topics, what to tell about each, hours, the wait."""

import asyncio
from dataclasses import dataclass, field

from connectors.chat import frames
from connectors.chat.visitor import Visitor
from hub import clock
from hub.asking import AskedTopic, WhatToAsk
from hub.guide import Words
from hub.interaction import Channel, Party, PointKind
from hub.store import Database, waits
from hub.store.memberships import membership_of
from hub.store.waits import Wait

FRESH_SECONDS = 15.0
"""So long an estimate is told again: a thousand visitors cost one look."""


@dataclass
class Offers:
    database: Database
    ask: WhatToAsk
    _waits: dict[str, tuple[float, Wait]] = field(default_factory=dict)

    async def topics(self, visitor: Visitor, language: str) -> tuple[frames.Topic, ...]:
        party = Party(kind=PointKind.VISITOR, value=visitor.id)
        who = await self.database.read(
            lambda c: membership_of(c, party, verified=visitor.is_identified)
        )
        asked = self.ask(Channel.CHAT, who, clock.now())
        known = await self._estimates({one.role for one in asked})
        return tuple(_topic(one, known[one.role], language, visitor) for one in asked)

    async def wait(self, role: str) -> Wait:
        """What one more customer of this role may expect."""
        return (await self._estimates({role}))[role]

    async def _estimates(self, roles: set[str]) -> dict[str, Wait]:
        now = asyncio.get_running_loop().time()
        old = [role for role in roles if self._waits.get(role, (-FRESH_SECONDS,))[0] <= now]
        if old:
            found = await self.database.read(
                lambda c: {role: waits.expected(c, Channel.CHAT, role) for role in old}
            )
            self._waits |= {role: (now + FRESH_SECONDS, wait) for role, wait in found.items()}
        return {role: self._waits[role][1] for role in roles}


def _topic(one: AskedTopic, wait: Wait, language: str, visitor: Visitor) -> frames.Topic:
    openings = one.openings
    return frames.Topic(
        topic=one.topic,
        title=_in(one.title, language),
        depth=one.depth,
        allowed=one.allowed,
        instead=tuple(_in(words, language) for words in one.instead),
        open=openings is None or openings.is_open,
        opens_at=openings.opens_at if openings else None,
        staffed=wait.somebody,
        wait=wait.seconds,
        questions=_questions(one, language, visitor),
    )


def _questions(one: AskedTopic, language: str, visitor: Visitor) -> tuple[frames.Question, ...]:
    """Who the website vouches for is not asked what we know of them."""
    return tuple(
        frames.Question(name=question.name, title=_in(question.title, language))
        for question in one.questions
        if not (question.of_customer and visitor.is_identified)
    )


def _in(words: Words, language: str) -> str:
    return words.get(language) or words.get("en", "")
