"""Settings of the console."""

from pydantic import Field

from hub.oidc.settings import OidcSettings
from hub.settings import Section


class ConsoleOidc(OidcSettings):
    only: bool = Field(False, description="no passwords: everybody signs in there")
    second_step: bool = Field(
        True, description="ask for our second step as well; false where the provider asks for one"
    )


class ConsoleSettings(Section):
    development: bool = Field(
        False, description="shows each part of the pages in each state at /console/_components"
    )
    session_hours: float = Field(12, gt=0, le=720, description="how long a sign-in lasts")
    sign_in_tries: int = Field(
        5, ge=1, description="failed sign-ins per login and address before a pause"
    )
    sign_in_tries_per_address: int = Field(
        50, ge=1, description="the same per address, for logins not used there before"
    )
    sign_in_tries_per_login: int = Field(
        100, ge=1, description="the same per login, at addresses where it was not used before"
    )
    sign_in_pause_minutes: float = Field(15, gt=0, description="how long that pause is")
    oidc: ConsoleOidc | None = Field(
        None, description="agents sign in at this provider, by their mail address there"
    )
    list_length: int = Field(
        100, ge=10, le=1000, description="work items shown at once, per part of the list"
    )
    timeline_length: int = Field(
        50,
        ge=5,
        le=500,
        description="entries of a conversation on a page; as many come as one scrolls up",
    )
    history_length: int = Field(
        20, ge=1, le=200, description="earlier interactions shown beside a conversation"
    )
    session_check_seconds: float = Field(
        4, gt=0, description="within this time an ended session stops getting live updates"
    )
    undo_send_seconds: float = Field(
        10, ge=0, le=120, description="so long a mail waits, in which its agent can take it back"
    )
    keep_alive_seconds: float = Field(
        15, gt=0, description="silence on a live stream after which it says that it is alive"
    )
    api_requests_per_minute: int = Field(
        600, ge=1, description="requests to the API with one token"
    )
