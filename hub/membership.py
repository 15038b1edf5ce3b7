"""By what is known about a customer, to which target group they belong is for the model to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Membership:
    """`said`: the group, if somebody said it of the customer or of who they work for. `traits`:
    what the rules of the model go by where nobody did."""

    said: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)
