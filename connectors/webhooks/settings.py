"""What an operator says about webhooks."""

from pydantic import Field

from hub.settings import Section


class WebhooksSettings(Section):
    """Without this section nobody is told of anything."""

    allow_private: bool = Field(
        False, description="also call addresses inside, and without TLS: for systems of your own"
    )
    seconds: float = Field(15, gt=0, le=60, description="within which an answer must come")
    at_once: int = Field(8, ge=1, le=100, description="calls to one webhook at the same time")
    trouble_topic: str = Field(
        "", description="topic of the contact that a webhook which was stopped makes; empty: none"
    )
