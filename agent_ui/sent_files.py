"""Files that an agent sends along with an answer: looked at like those of strangers, and kept."""

from agent_ui.context import ConsoleContext
from agent_ui.visit import Visit
from hub.http import form_of
from hub.interaction import Attachment
from hub.taking import take_all

MOST_BYTES = 25_000_000
"""Of all files together: more than that, mail servers do not take."""


async def files_of(visit: Visit, context: ConsoleContext) -> tuple[Attachment, ...]:
    """The files of the form; Rejected when one is of a kind that customers are not sent."""
    return await take_all(await form_of(visit.request), context.blobs, context.workers)
