"""Whether the website really says that a visitor is this user, and which chat is theirs then."""

import hmac

from sqlalchemy import Connection

from connectors.chat.parse import Claim
from connectors.chat.settings import ChatSite
from connectors.chat.transcript import Chat
from connectors.chat.visitor import Visitor, proof_of, user_id
from hub.errors import Rejected
from hub.interaction import Party, PointKind
from hub.store import joining


def proved_id(site_key: str, site: ChatSite, claim: Claim) -> str:
    """The id of the visitor who is this user; Rejected when the website does not vouch for it."""
    secret = site.identity_secret.get_secret_value()
    good = secret and hmac.compare_digest(
        proof_of(secret, claim.id).encode(), claim.hash.lower().encode()
    )
    if not good:
        raise Rejected("identity", "The proof of who the user is does not fit.", status=403)
    return user_id(site_key, claim.id)


def take_over(connection: Connection, chat: Chat, visitor: Visitor) -> None:
    """What the visitor said before we knew who they are belongs to this user from now on."""
    party = Party(kind=PointKind.VISITOR, value=visitor.id)
    joining.identify(connection, conversation_id=chat.conversation_id, party=party)
