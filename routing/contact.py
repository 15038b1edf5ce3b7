"""The few facts about a contact that routing looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from hub.interaction import Automatic, Channel, Direction, Interaction
from hub.references import Reference, Whose
from routing.tree import ANY


@dataclass(slots=True)
class Contact:
    """`account` is our own address that was used, `sender` the customer's; `target_group` is that
    of the customer, `stated_topic` was chosen in a form or a menu. `known`: whose each number in it
    is, where they were looked up. `traits`: what is known about the customer, which says the target
    group where nobody else does."""

    direction: Direction
    channel: Channel
    account: str = ""
    target_group: str = ANY
    stated_topic: str = ""
    subject: str = ""
    text: str = ""
    sender: str = ""
    automatic: Automatic = Automatic.NO
    attachments: tuple[str, ...] = ()
    known: Mapping[tuple[Reference, str], Whose] = field(default_factory=dict)
    traits: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, interaction: Interaction, target_group: str = ANY) -> Self:
        return cls(
            direction=interaction.direction,
            channel=interaction.channel,
            account=interaction.account,
            target_group=target_group,
            stated_topic=interaction.topic,
            subject=interaction.subject,
            text=interaction.text,
            sender=interaction.sender.value,
            automatic=interaction.automatic,
            attachments=tuple(attachment.filename for attachment in interaction.attachments),
        )
