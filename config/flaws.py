"""What is wrong with a model's text, as the console's pages show it."""

import contextlib
from collections.abc import Iterator

from agent_ui.model_desk import Flaw, Unreadable
from routing.model_file import BrokenModel


@contextlib.contextmanager
def unreadable() -> Iterator[None]:
    """A model that cannot be read, told as the console asks for it."""
    try:
        yield
    except BrokenModel as error:
        raise Unreadable(flaws_of(error)) from error


def flaws_of(error: BrokenModel) -> list[Flaw]:
    return [
        Flaw(one.line, {language: " ".join(one.sentences(language)) for language in ("en", "nl")})
        for one in error.problems
    ]
