"""What an operator says about folders into which a scanner puts letters and faxes."""

from pathlib import Path

from pydantic import Field

from hub.by_hand import Form
from hub.settings import Section


class FolderSettings(Section):
    """What is taken in goes to `done` in this folder, what cannot be taken to `refused`."""

    path: Path = Field(description="folder that is watched; not the folders in it")
    form: Form = Field(Form.LETTER, description="what comes in there: letter, fax, visit, call")
    sender: str = Field(
        "By letter", max_length=200, description="as whom it is shown until it is known who wrote"
    )
    topic: str = Field("", description="topic of the model; empty: it is recognised")
    seconds: float = Field(10, gt=0, le=3600, description="between two looks")
    settle_seconds: float = Field(
        5, ge=0, le=3600, description="a file that was changed since is still being written"
    )
    size_limit: int = Field(25_000_000, ge=1, description="bytes of a file")


class ManualSettings(Section):
    """Without this section no folder is watched."""

    folders: dict[str, FolderSettings] = Field(default_factory=dict)
