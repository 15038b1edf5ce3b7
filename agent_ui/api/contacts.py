"""Recording a contact by hand, for programs: a letter room, a till, a telephone exchange."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from agent_ui.api.conversations import must_see
from agent_ui.api.customers import ContactPointIn
from agent_ui.api.files import files_of
from agent_ui.context import ConsoleContext
from hub.api.files import FileIds
from hub.api.operation import Answer, Call, Operation, Shape
from hub.by_hand import LONGEST_SUBJECT, LONGEST_TEXT, Form, Written
from hub.store.agents import Agent


class NewContact(Shape):
    """Who it is from: `customer_id`, else `contact_point` (a claim), else only `name`."""

    form: Form
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    subject: str = Field("", max_length=LONGEST_SUBJECT)
    topic: str = Field("", max_length=200, description="of the model; empty: it is recognised")
    customer_id: str = Field("", max_length=100)
    contact_point: ContactPointIn | None = None
    name: str = Field("", max_length=500)
    conversation_id: str = Field("", max_length=100, description="what it goes on with")
    occurred_at: AwareDatetime | None = Field(None, description="nothing: now")
    files: FileIds = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_from_somebody(self) -> Self:
        known = self.customer_id or self.contact_point or self.name.strip() or self.conversation_id
        if not known:
            raise ValueError("say who it is from: customer_id, contact_point or name")
        if self.contact_point is not None and self.contact_point.kind == "domain":
            raise ValueError("contact_point: give an email or a phone")
        return self


class Recorded(Shape):
    """`duplicate`: it was recorded before."""

    interaction_id: str
    conversation_id: str
    sequence: int
    duplicate: bool


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    async def record(call: Call[Agent]) -> Answer:
        body: NewContact = call.body
        if body.conversation_id:
            await context.database.read(lambda c: must_see(c, body.conversation_id, call.caller))
        point = body.contact_point
        accepted = await context.by_hand.record(
            Written(
                form=body.form,
                external_id=f"{call.token.id}:{call.key}",
                text=body.text,
                subject=body.subject,
                topic=body.topic,
                customer_id=body.customer_id,
                party=point.party() if point else None,
                name=" ".join(body.name.split()),
                conversation_id=body.conversation_id,
                occurred_at=body.occurred_at,
                by=call.caller.name,
                files=files_of(context).named(call, body.files),
            )
        )
        location = f"/interactions/{accepted.interaction_id}"
        return Answer(Recorded(**accepted.model_dump()), location=location)

    return [
        Operation(
            "POST", "/contacts", "recordContact", "contacts",
            "Record a letter, fax, visit or call", "contacts:write", Recorded, takes=NewContact,
            deed=record, status=HTTPStatus.CREATED,
        ),
    ]  # fmt: skip
