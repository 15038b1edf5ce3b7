"""What an operator says about the portal."""

from pydantic import Field

from hub.oidc.settings import OidcSettings
from hub.settings import Section


class PortalSettings(Section):
    """Without this section there is no portal."""

    mail_account: str = Field(
        "",
        description="mail account that codes are sent from; empty: the first one, else one that "
        "was added in the console",
    )
    oidc: OidcSettings | None = Field(
        None, description="customers may sign in at this provider, by their verified mail address"
    )
    session_days: int = Field(14, ge=1, le=365, description="days a customer stays signed in")
    asks_per_minute: int = Field(20, ge=1, description="codes asked for and tried by one address")
    messages_per_minute: int = Field(20, ge=1, description="messages of one customer")
    file_bytes: int = Field(
        10_000_000, ge=1_000, le=25_000_000, description="the most that the files of a message have"
    )
    api_requests_per_minute: int = Field(
        300, ge=1, description="requests to the API with one token"
    )
    trouble_topic: str = Field(
        "",
        description="topic of the contact that a fault of the portal makes; empty: none is named",
    )
