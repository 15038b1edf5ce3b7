"""The places in a canned reply, in braces, that are filled in.

`{first_name|neighbour}` is a neighbour where no name is known. Without a bar a customer is called
one; what else is not known stays as it is, and whoever sends it is told.
"""

import re
from collections.abc import Collection, Mapping

from agent_ui.texts import DEFAULT

AMOUNT = "amount"
PLACES = ("customer", "first_name", "number", "subject", "agent", "organisation", AMOUNT)
"""What `{…}` in a text may name, beside the fields that administrators added. The amount is what a
business rule offers."""
UNNAMED = {"en": "customer", "nl": "klant"}
"""Who has no name, by the language of the text: "Dear customer,"."""
_PLACE = re.compile(r"\{([a-z][a-z0-9_]{0,49})(?:\|([^{}\n]{0,200}))?\}")
_LIKE_ONE = re.compile(r"\{([^\W\d][\w -]{0,49})(?:\|[^{}\n]{0,200})?\}")
"""What somebody meant as a place, also where it is none."""


def filled_in(text: str, language: str, known: Mapping[str, str]) -> str:
    """The text with what is known, by the names of the places."""
    unnamed = UNNAMED.get(language, UNNAMED[DEFAULT])
    instead = {"customer": unnamed, "first_name": unnamed}

    def fill(found: re.Match[str]) -> str:
        name, otherwise = found[1], found[2]
        if otherwise is None:
            otherwise = instead.get(name, found[0])
        return known.get(name) or otherwise

    return _PLACE.sub(fill, text)


def unknown_in(texts: Collection[str], known: Collection[str]) -> list[str]:
    """The places that name nothing there is, as they are written, each once."""
    found = [one for text in texts for one in _LIKE_ONE.finditer(text)]
    return list(dict.fromkeys(one[0] for one in found if one[1] not in known))


def left_in(text: str) -> list[str]:
    """What stands in a text for a name or a fact that nobody filled in, each once."""
    return list(dict.fromkeys(one[0] for one in _LIKE_ONE.finditer(text)))
