"""Settings of learning topics."""

from pydantic import Field

from hub.settings import Section


class LearningSettings(Section):
    every_hours: float = Field(
        24, ge=0, description="how often to learn again from what became known; 0: by command only"
    )
    new_examples: int = Field(50, ge=1, description="contacts that must have become known by then")
    least_examples: int = Field(
        10, ge=2, description="contacts that a topic must have before it is suggested"
    )
    seconds: float = Field(900, gt=0, description="how long one training may take")
