"""Who is at the page of a five-step session: an agent, or a guest who was let in or waits."""

from dataclasses import dataclass

from sqlalchemy import Connection

from agent_ui.sessions import form_token
from agent_ui.texts import texts_for
from agent_ui.visit import Guest, checked_id
from hub.store import Database, workshop_people, workshops
from hub.store.agents import Agent
from hub.store.workshop_people import Person, Standing
from hub.store.workshops import Workshop


@dataclass(frozen=True)
class Seat(Guest):
    """`token` is that of the sign-in, or of the guest; `known` is None for a guest."""

    workshop: Workshop
    person: Person
    known: Agent | None
    token: str

    @property
    def agent(self) -> Agent | None:
        return self.known

    @property
    def form_token(self) -> str:
        return form_token(self.token)

    @property
    def leads(self) -> bool:
        """Whether they may let people in, make a draft and close the session."""
        return self.known is not None and self.known.administrator

    @property
    def is_in(self) -> bool:
        return self.person.state is Standing.IN


class Seats:
    def __init__(self, database: Database, guest_cookie: str) -> None:
        self._database = database
        self._guest_cookie = guest_cookie

    async def find(self, guest: Guest, agent: Agent | None, token: str) -> Seat | None:
        """The seat of who asks for the page of a session; None for whom there is none. `agent` and
        `token` are those of a sign-in, if there is one."""
        workshop_id = checked_id(guest.request.match_info["id"])
        if agent is not None:
            workshop, person = await self._of_agent(workshop_id, agent)
            texts = texts_for(agent.language) if agent.language else guest.texts
            return Seat(guest.request, texts, workshop, person, agent, token)
        given = guest.request.cookies.get(self._guest_cookie, "")
        if not given:
            return None

        def read(connection: Connection) -> tuple[Workshop, Person | None]:
            found = workshops.find(connection, workshop_id)
            return found, workshop_people.guest(connection, workshop_id, given)

        workshop, known = await self._database.read(read)
        if known is None or not workshop.is_open:
            return None
        return Seat(guest.request, guest.texts, workshop, known, None, given)

    async def _of_agent(self, workshop_id: str, agent: Agent) -> tuple[Workshop, Person]:
        def read(connection: Connection) -> tuple[Workshop, Person | None]:
            found = workshops.find(connection, workshop_id)
            return found, workshop_people.of_agent(connection, workshop_id, agent.id)

        workshop, person = await self._database.read(read)
        if person is None:
            person = await self._database.write(
                lambda c: workshop_people.enter(c, workshop_id, agent)
            )
        return workshop, person
