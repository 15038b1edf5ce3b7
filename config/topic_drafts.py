"""Accepted proposals about topics, put into a draft of the interaction model."""

import asyncio
from collections.abc import Callable

from agent_ui.topic_desk import Proposed
from config.flaws import unreadable
from hub.errors import Rejected
from hub.store import Database, models
from hub.store.models import Origin, State, Version
from routing.changed_rule import has_role, has_words, put_role, put_words
from routing.lifecycle.reading import name_of
from routing.lifecycle.versions import Versions
from routing.model import Model
from routing.model_file import read_definition, read_model

_TRIES = 3


class TopicDrafts:
    """See `agent_ui.topic_desk.ProposalDesk`. What is accepted while the same version is live comes
    together in one draft."""

    def __init__(self, database: Database, versions: Versions) -> None:
        self._database = database
        self._versions = versions

    @property
    def fixed(self) -> bool:
        return self._versions.fixed

    async def accept(self, proposed: Proposed, *, title: str, by: str) -> int:
        for _ in range(_TRIES):
            try:
                return (await self._put(proposed, title, by)).number
            except Rejected as error:
                if error.code != "model_changed":
                    raise
        raise models.changed((await self._latest())[0].number)

    async def drafted(self) -> tuple[int, Callable[[Proposed], bool]] | None:
        draft = (await self._latest())[1]
        if draft is None:
            return None
        with unreadable():
            model = (await self._versions.read(draft.number))[1]
        return draft.number, lambda proposed: _holds(model, proposed)

    async def _put(self, proposed: Proposed, title: str, by: str) -> Version:
        live, draft = await self._latest()
        base = draft or live
        text = await self._versions.text(base.number)
        with unreadable():
            changed = await asyncio.to_thread(_written, text, proposed, base.number)
        if draft is None:
            return await self._versions.draft(
                changed, by=by, origin=Origin.PROPOSAL, title=title, based_on=live.number
            )
        return await self._versions.save(
            draft.number,
            draft.revision,
            written=changed,
            title=draft.title,
            note=draft.note,
            by=by,
        )

    async def _latest(self) -> tuple[Version, Version | None]:
        """The live version, and the draft of it that proposals were put into."""
        self._versions.refuse_when_fixed()
        versions = await self._database.read(models.listed)
        live = next((one for one in versions if one.state is State.LIVE), None)
        if live is None:
            raise Rejected("no_model", "No version is live yet.", status=409)
        drafts = (
            one
            for one in versions
            if one.origin is Origin.PROPOSAL
            and one.state is State.DRAFT
            and one.based_on == live.number
        )
        return live, next(drafts, None)


def _written(text: str, proposed: Proposed, number: int) -> str:
    """Raises BrokenModel where the outcome could not be used, LookupError for what is gone."""
    name = name_of(number)
    definition = read_definition(text, name)
    if proposed.words:
        changed = put_words(text, definition, proposed.topic, proposed.words)
    else:
        changed = put_role(text, definition, proposed.topic, proposed.role)
    read_model(changed, name)
    return changed


def _holds(model: Model, proposed: Proposed) -> bool:
    if proposed.words:
        return has_words(model, proposed.topic, proposed.words)
    return has_role(model, proposed.topic, proposed.role)
