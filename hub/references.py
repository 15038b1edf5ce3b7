"""Numbers that people write to say which thing they mean, and how they are compared."""

from enum import StrEnum


class Reference(StrEnum):
    """What a number refers to."""

    ORDER = "order"
    TRACKING = "tracking"
    INVOICE = "invoice"


LONGEST_NUMBER = 64


def normal(number: str) -> str:
    """The number as it is stored and looked up: in capitals, with single blanks."""
    return " ".join(number.split()).upper()


class Whose(StrEnum):
    """Whether a number that somebody wrote is known, and theirs or that of their organisation."""

    THEIRS = "theirs"
    OTHERS = "others"
    """It exists, but is somebody else's, or nobody's yet: what they write is a claim."""
    UNKNOWN = "unknown"
