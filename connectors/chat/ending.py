"""What a visitor may ask at the end of a chat: to rate it, and to have what was said by mail."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from connectors.chat import transcript
from connectors.chat.clean import clean_address
from connectors.chat.links import Links
from connectors.chat.mail import Said, compose_transcript
from connectors.chat.parse import Rate, Transcript
from connectors.chat.transcript import Chat
from connectors.chat.visitor import Visitor
from hub.errors import Rejected, Retry
from hub.interaction import Channel, Direction, Party, PointKind
from hub.replies import Reply, add_reply
from hub.shared_limits import SharedBuckets
from hub.store import Database, ratings
from hub.store.tables import contact_points, conversations, interactions

_PURPOSE = "transcript"
_MOST_LINES = 500
_MOST_TRANSCRIPTS = 2


@dataclass(frozen=True)
class Ending:
    """`account`: from which mail goes; empty for none. `addresses`: how often each may be mailed;
    `wake`: called after a write that adds events."""

    database: Database
    links: Links
    account: str
    organisation: str
    addresses: SharedBuckets
    wake: Callable[[], None]

    async def rate(self, visitor: Visitor, rate: Rate) -> None:
        def keep(connection: Connection) -> None:
            chat = self._chat(connection, visitor)
            ratings.rate(
                connection,
                chat.conversation_id,
                channel=Channel.CHAT,
                score=rate.score,
                comment=rate.comment.replace("\0", "").strip(),
                name=_name(connection, chat),
            )

        await self.database.write(keep)
        self.wake()

    async def mail_transcript(self, visitor: Visitor, asked: Transcript, language: str) -> None:
        """Rejected when it cannot be; so seldom that nobody is annoyed with it."""
        if not self.account:
            raise Rejected("not_offered", "This chat cannot be mailed.")
        address = clean_address(asked.address)
        if address == self.account:
            raise Rejected("bad_address", "This is our own address.")
        wait = await self.addresses.take(address)
        if wait:
            raise Retry("this address was mailed just now", after=wait)
        await self.database.write(lambda c: self._mail(c, visitor, address, language))
        self.wake()

    def _mail(self, connection: Connection, visitor: Visitor, address: str, language: str) -> None:
        chat = self._chat(connection, visitor)
        if _mailed(connection, chat) >= _MOST_TRANSCRIPTS:
            raise Rejected("mailed", "This chat was mailed already.", status=429)
        link = self.links.for_session(visitor.session)
        lines = transcript.last_lines(connection, chat, visitor, link, limit=_MOST_LINES)
        if not any(line.side == "us" for line in lines):
            raise Rejected("no_answer", "There is no answer to mail yet.")
        proved = _is_verified(connection, chat, address)
        subject, text = compose_transcript(
            [
                Said(line.name, line.text, line.side == "us", [file.name for file in line.files])
                for line in lines
            ],
            organisation=self.organisation,
            language=language,
            proved=proved,
        )
        reply = Reply(
            conversation_id=chat.conversation_id,
            channel=Channel.EMAIL,
            account=self.account,
            to=(Party(kind=PointKind.EMAIL, value=address),),
            subject=subject,
            text=text,
            agent_name=self.organisation,
            automatic=True,
            details={"purpose": _PURPOSE},
        )
        add_reply(connection, reply)

    def _chat(self, connection: Connection, visitor: Visitor) -> Chat:
        chat = transcript.find_chat(connection, visitor)
        if chat is None:
            raise Rejected("no_message", "Write a message first.")
        return chat


def _mailed(connection: Connection, chat: Chat) -> int:
    """How often this chat was mailed already."""
    connection.execute(
        select(conversations.c.id)
        .where(conversations.c.id == chat.conversation_id)
        .with_for_update()
    )
    rows = connection.execute(
        select(interactions.c.details).where(
            interactions.c.conversation_id == chat.conversation_id,
            interactions.c.channel == Channel.EMAIL.value,
            interactions.c.direction == Direction.OUTBOUND.value,
        )
    ).scalars()
    return sum(details.get("purpose") == _PURPOSE for details in rows)


def _is_verified(connection: Connection, chat: Chat, address: str) -> bool:
    """Whether the address is known to be this customer's."""
    found = select(contact_points.c.id).where(
        contact_points.c.key == f"{PointKind.EMAIL}:{address}",
        contact_points.c.verified,
        contact_points.c.customer_id
        == select(conversations.c.customer_id)
        .where(conversations.c.id == chat.conversation_id)
        .scalar_subquery(),
    )
    return connection.execute(found).first() is not None


def _name(connection: Connection, chat: Chat) -> str:
    """What the visitor called themselves last."""
    sender = connection.execute(
        select(interactions.c.sender)
        .where(
            interactions.c.conversation_id == chat.conversation_id,
            interactions.c.channel == Channel.CHAT.value,
            interactions.c.direction == Direction.INBOUND.value,
        )
        .order_by(interactions.c.sequence.desc())
        .limit(1)
    ).scalar_one()
    name: str = sender["name"]
    return name
