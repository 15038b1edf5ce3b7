"""The demo as one part: the organisation, the sandbox of mail and phones, traffic, the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.demo import example, month, organisation
from config.demo.call_page import CallPage
from config.demo.carrier import Carrier
from config.demo.carrier_page import CarrierPage
from config.demo.first_post import FirstPost
from config.demo.handset_page import HandsetPage
from config.demo.letters import PostOffice
from config.demo.mail_page import MailPage
from config.demo.mailbox import Mailbox
from config.demo.pages import Pages
from config.demo.sandbox_phones import SandboxPhones
from config.demo.shop_page import ShopPage
from config.demo.sign_ins import SignIn, keep_passwords
from config.demo.sink import Sink
from config.demo.start_page import StartPage
from config.demo.traffic import Traffic
from hub.http import Route
from hub.store import Database
from routing.model import Model

PASSWORDS = "demo-passwords.json"
MAILS = "sandbox-mail"


@dataclass(frozen=True)
class DemoContext:
    """What wiring hands to the demo.

    `smtp_port`: where Loket takes mail on this machine. `sink_port`: where the sandbox takes what
    Loket sends; 0 takes any free one. `folder`: where passwords, sandbox mail and messages are
    kept. `carrier_secret`: what the carrier signs with. `auth_token`: signs as Twilio does.
    `identity_secret`: what the shop vouches with for who is signed in there.
    """

    organisation: str
    public_url: str
    smtp_port: int
    sink_port: int
    folder: Path
    carrier_secret: str
    model: Model
    auth_token: str
    identity_secret: str = ""


class Demo:
    def __init__(self, context: DemoContext) -> None:
        self._context = context
        self.sign_ins: tuple[SignIn, ...] = ()
        mailbox = Mailbox(context.folder / MAILS)
        post = PostOffice(mailbox, context.smtp_port)
        self._sink = Sink(mailbox, context.sink_port)
        self._traffic = Traffic(mailbox, post, context.public_url)
        self.phones = SandboxPhones(context.public_url, context.auth_token, context.folder)
        carrier = Carrier(context.public_url, context.carrier_secret)
        self._first_post = FirstPost(post, self.phones.cloud, carrier)
        pages = Pages(context.organisation, context.public_url)
        self._routes = [
            *StartPage(
                pages, self._traffic, context.smtp_port, lambda: self.sign_ins, context.model
            ).routes(),
            *MailPage(pages, mailbox, post).routes(),
            *ShopPage(pages, context.identity_secret).routes(),
            *HandsetPage(pages, self.phones.cloud, self.phones.calls).routes(),
            *CallPage(pages, self.phones.calls).routes(),
            *self.phones.routes(),
            *CarrierPage(pages, carrier).routes(),
            *pages.routes(),
        ]

    @property
    def sink_port(self) -> int:
        return self._sink.port

    async def load_organisation(self, database: Database, *, with_month: bool = False) -> bool:
        """Load what is not there yet; from then on `sign_ins` says who can sign in. Gives whether
        the store was empty; then `with_month` loads a month of work as well."""
        context = self._context
        entries = example.agents()
        passwords = keep_passwords(context.folder / PASSWORDS, [e.login for e in entries])
        more = [month.add] if with_month else []
        is_new = await organisation.load(database, context.model, passwords, more)
        self.sign_ins = tuple(
            SignIn(
                e.login,
                e.name,
                passwords.by_login[e.login],
                e.roles,
                e.language,
                e.administrator,
            )
            for e in entries
        )
        return is_new

    async def write_in(self) -> None:
        """Let customers write, so that work waits for who opens the console. Loket runs."""
        await self._first_post.bring()

    def routes(self) -> Sequence[Route]:
        """`/` and everything under `/demo/`."""
        return self._routes

    async def start(self) -> None:
        """Take what Loket sends. The generator stays off."""
        await self._sink.start()

    async def stop(self) -> None:
        await self._traffic.stop()
        await self.phones.stop()
        await self._sink.stop()
