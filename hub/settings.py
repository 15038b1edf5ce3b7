"""Settings of the hub itself; the other folders declare their own in the same way."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from hub.addresses import Network


def _network(value: object) -> Network:
    try:
        return ip_network(str(value))
    except ValueError as error:
        raise ValueError("write an address or a network, like 10.0.0.2 or 10.0.0.0/8") from error


class Section(BaseModel):
    """One section of the settings: frozen, and an unknown key is an error."""

    # A complaint about a section must not show the secrets that are in it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class StoreSettings(Section):
    url: str = Field(
        "sqlite:///var/loket.db", description="sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DB"
    )
    pool: int = Field(10, ge=1, le=100, description="connections to PostgreSQL per process")


class BusSettings(Section):
    url: str = Field("local:", description="local: or amqp://USER:PASSWORD@HOST:PORT/VHOST")
    prefetch: int = Field(400, ge=1, description="messages in hand per queue and process")
    batch: int = Field(100, ge=1, description="messages that one handler call may get")
    attempts: int = Field(5, ge=1, description="tries before a message goes to the dead letters")
    backoff: tuple[float, ...] = Field(
        (1, 4, 16, 64), min_length=1, description="seconds between tries; the last one repeats"
    )


class BlobSettings(Section):
    path: Path = Field(Path("var/blobs"), description="folder for attachments and raw messages")


class HttpSettings(Section):
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535, description="0 takes any free port")
    public_url: str = Field("http://127.0.0.1:8080", description="how the outside reaches us")
    trusted_proxies: tuple[Annotated[Network, BeforeValidator(_network)], ...] = Field(
        (), description="addresses and networks whose X-Forwarded-For says who the client is"
    )
    body_limit: int = Field(
        1_048_576, description="bytes of a request body, where a route sets none"
    )
    request_deadline: float = Field(10, description="seconds within which a request must be in")


LONGEST_DAYS = 36_500


def _days(least: int) -> AfterValidator:
    """A number of days that is at least so many, or 0."""

    def checked(days: int) -> int:
        if days and not least <= days <= LONGEST_DAYS:
            raise ValueError(f"write {least} to {LONGEST_DAYS} days, or 0 for ever")
        return days

    return AfterValidator(checked)


class RetentionSettings(Section):
    """How many days things are kept that are not part of a conversation; 0 is for ever."""

    original_days: Annotated[int, _days(1)] = Field(
        90,
        description="the original of a mail that was read whole, and of what a partner posted;"
        " 0: for ever",
    )
    recording_days: Annotated[int, _days(1)] = Field(
        90, description="recordings of phone calls; 0: for ever"
    )
    audit_days: Annotated[int, _days(1)] = Field(
        730, description="lines of the audit log; 0: for ever"
    )
    mailbox_days: Annotated[int, _days(1)] = Field(
        30, description="marks of mails that are gone from their mailbox; 0: for ever"
    )
    event_days: Annotated[int, _days(7)] = Field(
        30,
        description="marks of handled events, counts of tries, what webhooks were told; an event"
        " that comes again later counts as new; 0: for ever",
    )


class LogSettings(Section):
    level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$")
    format: str = Field("json", pattern="^(json|console)$")


class HubSettings(Section):
    """What every part needs: the store, the bus, blobs, HTTP, logs and the signing key."""

    organisation: str = Field("Loket", description="the name customers see")
    secret: SecretStr = Field(
        SecretStr(""), description="signs reply addresses and visitor tokens; 32 characters or more"
    )
    store: StoreSettings = StoreSettings()
    bus: BusSettings = BusSettings()
    blobs: BlobSettings = BlobSettings()
    retention: RetentionSettings = RetentionSettings()
    http: HttpSettings = HttpSettings()
    log: LogSettings = LogSettings()
    drain_seconds: float = Field(10, description="how long SIGTERM lets work in hand finish")
