"""The numbers that assignment goes by, as settings. Seconds, unless a name says otherwise."""

from datetime import timedelta

from pydantic import Field

from hub.interaction import LIVE, Channel
from hub.settings import Section


class Pace(Section):
    """When more people may take what waits, counted from when the customer began to wait."""

    skill_rings: tuple[float, ...] = Field(
        description="each lowers the asked skill levels by one; after the last, none is asked"
    )
    backup_after: float = Field(ge=0, description="then the backup role may take it")
    supervisors_after: float = Field(
        ge=0, description="then the supervisor roles may; once a promised answer is late at once"
    )
    others_after: float = Field(ge=0, description="then the roles of other sites may")


class Rules(Section):
    phone_units: int = Field(100, ge=1, le=100, description="what a call takes of 100")
    chat_units: int = Field(30, ge=1, le=100, description="what a chat takes")
    other_units: int = Field(20, ge=1, le=100, description="what a mail or another task takes")
    quiet_minutes: float = Field(
        10, gt=0, description="a chat in which nobody wrote for so long counts half"
    )
    ramp_minutes: float = Field(
        10,
        ge=0,
        description="who comes gets what waited before little by little, or the first would get "
        "all of it: two fifths of their room at once, all of it after so many minutes",
    )
    escalated_minutes: int = Field(
        60, ge=0, description="as much longer counts as waiting what an agent gives to a supervisor"
    )
    phone_offer_seconds: float = Field(20, gt=0, description="how long an offered call waits")
    chat_offer_seconds: float = Field(30, gt=0, description="how long an offered chat waits")
    other_offer_seconds: float = Field(120, gt=0, description="how long other offers wait")
    cool_down_seconds: float = Field(
        60, ge=0, description="who declined or missed an item comes after everyone else for so long"
    )
    alone_seconds: float = Field(
        15, gt=0, description="and is not asked again within this time, even if nobody else can"
    )
    returned_seconds: float = Field(
        600, ge=0, description="who put an item back or gave it away is not offered it for so long"
    )
    sticky_hours: float = Field(
        72, ge=0, description="the last agent of a customer goes first, where a row says `sticky`"
    )
    reopened_hours: float = Field(
        72, ge=0, description="a conversation that opens again goes to who handled it"
    )
    sticky_share: float = Field(
        0.3, ge=0, le=1, description="part of the time left to answer that an item waits for them"
    )
    sticky_seconds: float = Field(300, ge=0, description="the same, where there is no deadline")
    live: Pace = Field(
        Pace(skill_rings=(20, 60, 180), backup_after=30, supervisors_after=120, others_after=300),
        description="phone and chat",
    )
    written: Pace = Field(
        Pace(
            skill_rings=(900, 3600, 14_400),
            backup_after=1800,
            supervisors_after=7200,
            others_after=14_400,
        ),
        description="everything else",
    )
    supervisor_roles: tuple[str, ...] = Field(
        (),
        description="who may take everything, later; they oversee all work in the console",
    )
    other_roles: tuple[str, ...] = Field((), description="roles of other sites, later still")

    def units(self, channel: Channel, own: int | None = None) -> int:
        """What an item takes of an agent's 100 units; `own` is what the model says."""
        by_channel = {Channel.PHONE: self.phone_units, Channel.CHAT: self.chat_units}
        return own or by_channel.get(channel, self.other_units)

    def offer_time(self, channel: Channel) -> timedelta:
        by_channel = {
            Channel.PHONE: self.phone_offer_seconds,
            Channel.CHAT: self.chat_offer_seconds,
        }
        return timedelta(seconds=by_channel.get(channel, self.other_offer_seconds))

    def pace(self, channel: Channel) -> Pace:
        return self.live if channel in LIVE else self.written

    @property
    def ramp(self) -> timedelta:
        return timedelta(minutes=self.ramp_minutes)

    @property
    def quiet(self) -> timedelta:
        return timedelta(minutes=self.quiet_minutes)


DEFAULT = Rules()
