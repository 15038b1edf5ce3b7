"""What is learned from: contacts of which the topic is known."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """`former` is the topic that an agent corrected; None where nobody did."""

    topic: str
    subject: str
    text: str
    former: str | None = None
