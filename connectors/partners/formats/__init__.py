"""What partners send, one module per format: bytes in, events and complaints out. Pure."""

from connectors.partners.formats import aftership, cloudevents, easypost, epcis, iftsta
from connectors.partners.formats.reading import Malformed, Post, Read, Reader, time_of

__all__ = ["READERS", "read", "time_of"]

READERS: dict[str, Reader] = {
    "events": cloudevents.read,
    "easypost": easypost.read,
    "aftership": aftership.read,
    "epcis": epcis.read,
    "iftsta": iftsta.read,
}
"""By the last part of the address that they are posted to."""


def read(form: str, post: Post) -> Read:
    """Runs in a worker."""
    try:
        return READERS[form](post)
    except Malformed as error:
        return Read(malformed=str(error)[:500])
