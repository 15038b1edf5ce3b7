"""Contact arrangements as sentences: how we reach out to a target group, and what was withheld."""

from collections.abc import Mapping

from agent_ui.texts import N_, Texts
from hub.arrangements import ALL, Arrangement

KINDS = {
    "parcel": N_("news of a parcel"),
    "rating": N_("a request for a rating"),
}
WITHHELD = {
    "channel": N_("we reach out to them by other channels"),
    "often": N_("we reached out to them often enough"),
}
ARRANGEMENT_REASONS = {
    "bad_arrangement": N_(
        "Not kept: write whole numbers; up to 100 messages in up to 365 days, and two different "
        "hours from 0 to 23 or none."
    ),
    "empty_arrangement": N_("Not kept: say at least one thing."),
}
_FIRST, _THEN = N_("{channel} first"), N_("then {channel}")
_ONE, _MANY = N_("at most 1 message in {days} days"), N_("at most {n} messages in {days} days")
_QUIET = N_("not between {from_hour}:00 and {until_hour}:00")
_EVERYBODY = N_("everybody else")


def group(texts: Texts, name: str, titles: Mapping[str, str]) -> str:
    """For whom an arrangement is."""
    return texts(_EVERYBODY) if name == ALL else titles.get(name, name)


def parts(texts: Texts, one: Arrangement, channels: Mapping[str, str]) -> str:
    """What is arranged, in one line, but for what agents should know; `channels`: what they are
    called."""
    names = [texts(channels[channel]) for channel in one.channels]
    said = [texts(_FIRST, channel=names[0])] if names else []
    said += [texts(_THEN, channel=name[:1].lower() + name[1:]) for name in names[1:]]
    if one.most is not None:
        said.append(texts(_ONE if one.most == 1 else _MANY, n=one.most, days=one.days))
    if one.quiet_from is not None:
        said.append(texts(_QUIET, from_hour=one.quiet_from, until_hour=one.quiet_until))
    return ", ".join(said)
