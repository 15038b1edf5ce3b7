"""The sandbox mailbox: mail as a customer, and read and answer what Loket sent back."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aiohttp import web

from agent_ui.texts import N_, Texts
from config.demo import example
from config.demo.addresses import ADDRESSES
from config.demo.compose import ComposeForm, field, read_form, suggestion
from config.demo.letters import PostOffice, Refused, reply_to, said_on
from config.demo.mailbox import Mail, Mailbox
from config.demo.pages import Pages, see_other
from hub.errors import Rejected
from hub.http import Route

BODY_LIMIT = 12_000_000
HOME = "/demo/mail"


@dataclass(frozen=True)
class _Problem:
    """Why nothing was sent; `answer` is what the mail server said."""

    text: str
    answer: str = ""

    @property
    def status(self) -> int:
        return HTTPStatus.BAD_GATEWAY if self.answer else HTTPStatus.UNPROCESSABLE_ENTITY


class MailPage:
    def __init__(self, pages: Pages, mailbox: Mailbox, post: PostOffice) -> None:
        self._pages = pages
        self._mailbox = mailbox
        self._post = post

    def routes(self) -> list[Route]:
        guard = self._pages.guard
        return [
            Route("GET", HOME, guard(self._show)),
            Route("POST", HOME, guard(self._send), body_limit=BODY_LIMIT),
            Route("POST", HOME + "/reply", guard(self._reply)),
            Route("GET", HOME + "/version", guard(self._version)),
            Route("GET", HOME + "/{id}/files/{number:[0-9]{1,3}}", guard(self._file)),
        ]

    async def _show(self, request: web.Request, texts: Texts) -> web.Response:
        person = request.query.get("person", "").lower()
        if person:
            return self._thread(request, texts, person)
        example_number = request.query.get("example", "")
        number = int(example_number) if example_number.isdecimal() else 0
        return self._compose(request, texts, suggestion(number, texts.language), number)

    async def _version(self, _request: web.Request, _texts: Texts) -> web.Response:
        headers = {"Cache-Control": "no-store"}
        return web.json_response({"version": self._mailbox.version}, headers=headers)

    async def _send(self, request: web.Request, texts: Texts) -> web.Response:
        form = ComposeForm()
        try:
            form = read_form(await request.post())
            mail = await self._post.send(form.draft())
        except web.HTTPRequestEntityTooLarge:
            return self._compose(request, texts, form, problem=_Problem(N_("The file is too big.")))
        except Rejected as error:
            return self._compose(request, texts, form, problem=_Problem(error.detail))
        except Refused as error:
            problem = _Problem(N_("Loket did not take the mail."), str(error))
            return self._compose(request, texts, form, problem=problem)
        return see_other(_address(mail))

    async def _reply(self, request: web.Request, texts: Texts) -> web.Response:
        form = await request.post()
        mail, text = self._mailbox.get(field(form, "mail")), field(form, "text")
        if mail is None or not mail.answer_to:
            raise web.HTTPNotFound
        if not text:
            problem = _Problem(N_("Write something first."))
            return self._thread(request, texts, mail.person, problem=problem)
        try:
            sent = await self._post.send(reply_to(mail, text, said_on(mail, texts.language)))
        except Refused as error:
            problem = _Problem(N_("Loket did not take the mail."), str(error))
            return self._thread(request, texts, mail.person, text=text, problem=problem)
        return see_other(_address(sent))

    async def _file(self, request: web.Request, _texts: Texts) -> web.Response:
        mail = self._mailbox.get(request.match_info["id"])
        number = int(request.match_info["number"])
        if mail is None or number >= len(mail.files):
            raise web.HTTPNotFound
        body = await self._mailbox.content(mail, number)
        name = quote(mail.files[number], safe="")
        # Never by the type that the mail claims: this is the origin of the console.
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return web.Response(body=body, content_type="application/octet-stream", headers=headers)

    def _compose(
        self,
        request: web.Request,
        texts: Texts,
        form: ComposeForm,
        number: int = 0,
        problem: _Problem | None = None,
    ) -> web.Response:
        values = {"form": form, "writers": example.writers(), "addresses": ADDRESSES}
        return self._page(
            request, texts, "compose.html", "", problem, next_example=number + 1, **values
        )

    def _thread(
        self,
        request: web.Request,
        texts: Texts,
        person: str,
        text: str = "",
        problem: _Problem | None = None,
    ) -> web.Response:
        mails = self._mailbox.of(person)
        answerable = {mail.id: mail for mail in mails if mail.from_us and mail.answer_to}
        newest = next(reversed(answerable.values()), None)
        answering = answerable.get(request.query.get("reply", ""), newest)
        name = next((mail.person_name for mail in mails if mail.person_name), "")
        values = {"mails": mails, "name": name, "answering": answering, "text": text}
        return self._page(request, texts, "thread.html", person, problem, **values)

    def _page(
        self,
        request: web.Request,
        texts: Texts,
        template: str,
        person: str,
        problem: _Problem | None,
        **values: Any,
    ) -> web.Response:
        return self._pages.page(
            request,
            texts,
            template,
            status=problem.status if problem else HTTPStatus.OK,
            person=person,
            problem=problem,
            correspondents=self._mailbox.correspondents(),
            version=self._mailbox.version,
            **values,
        )


def _address(mail: Mail) -> str:
    return f"{HOME}?person={quote(mail.person, safe='')}#mail-{mail.id}"
