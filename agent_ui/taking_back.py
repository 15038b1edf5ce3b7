"""An agent takes back an answer that has not left: it is a draft again, as if never sent."""

from sqlalchemy import Connection

from agent_ui.forwarding import PASSED_ON
from hub.store import drafts, held, work_items, working
from hub.store.agents import Agent
from hub.store.held import Written


def take_back(connection: Connection, interaction_id: str, agent: Agent) -> None:
    """What was resolved along with it is open again. Raises Rejected when it has left."""
    written = held.take_back(connection, interaction_id, agent)
    drafts.save(connection, written.conversation_id, agent.id, _fields(written))
    item = work_items.latest_of(connection, [written.conversation_id]).get(written.conversation_id)
    mine = item is not None and item.agent_id == agent.id
    if item is not None and mine and item.state == work_items.DONE:
        working.reopen(connection, item.id, agent)


def _own_words(text: str) -> str:
    """Without the message that was passed on: it is added anew."""
    return text.partition(PASSED_ON)[0].strip()


def _fields(written: Written) -> dict[str, str]:
    forwarded = "forward" in written.details
    return {
        "mode": "forward" if forwarded else "reply",
        "text": _own_words(written.text) if forwarded else written.text,
        "way": f"{written.channel}|{written.account}|{written.to}",
        "subject": written.subject,
        "cc": written.details.get("cc", ""),
        "to": written.to.partition(":")[2] if forwarded else "",
        "signed": "",  # the signature stands in the text already
        "rich": "1" if written.is_rich else "",
    }
