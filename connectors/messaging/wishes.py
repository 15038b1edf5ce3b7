"""Carries out STOP, START and HELP: notes the consent and answers, once for each message."""

from hashlib import sha256

from sqlalchemy import Connection

from connectors.messaging.keywords import Keyword, Wish
from connectors.messaging.settings import KeywordSettings
from hub.interaction import Arrival
from hub.replies import Reply, add_reply
from hub.store import consents, processed

CONSUMER = "messaging.wishes"
ANSWERS = "answers"
"""The detail of a message that answers a word: it goes out whatever that word was."""


def carry_out(
    connection: Connection,
    arrival: Arrival,
    keyword: Keyword,
    *,
    conversation_id: str,
    interaction_id: str,
    settings: KeywordSettings,
    organisation: str,
) -> bool:
    """False when this message was carried out before."""
    if not processed.first_seen(connection, CONSUMER, [interaction_id]):
        return False
    text = answer_to(keyword, settings, organisation)
    said = consents.Keyword(
        point=arrival.sender.key,
        channel=arrival.channel,
        words=arrival.text,
        text_version=sha256(text.encode()).hexdigest()[:12],
        interaction_id=interaction_id,
    )
    if keyword.wish is Wish.STOP:
        consents.stop(connection, said)
    elif keyword.wish is Wish.START:
        consents.start(connection, said)
    if not (keyword.network and settings.twilio_answers):
        answer = Reply(
            conversation_id=conversation_id,
            channel=arrival.channel,
            account=arrival.account,
            to=(arrival.sender,),
            text=text,
            agent_name=organisation,
            automatic=True,
            despite_consent=True,
            details={ANSWERS: keyword.wish.value},
        )
        add_reply(connection, answer)
    return True


def answer_to(keyword: Keyword, settings: KeywordSettings, organisation: str) -> str:
    dutch = "_nl" if keyword.language == "nl" else ""
    text: str = getattr(settings, f"{keyword.wish}{dutch}")
    return text.replace("{organisation}", organisation)
