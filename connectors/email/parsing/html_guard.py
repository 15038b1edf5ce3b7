"""Keeps the HTML parsers away from what they cannot do in reasonable time, in one linear pass.

Both parsers take time that grows with the square of nesting and of attributes in one tag: a
megabyte of `<div>` is minutes. What still gets by meets the time limit of the worker.
"""

import re

from connectors.email.parsing import limits
from connectors.email.parsing.html_nesting import Nesting
from connectors.email.parsing.html_tags import tags

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/]+")
_FEW_CHARACTERS = 4_000
_SCRIPT_IN_SCRIPT = re.compile(r"<script\b(?:(?!</script)[\s\S])*?<script\b", re.IGNORECASE)
_OTHER_RULES = re.compile(r"<(?:svg|math|select|frameset)\b", re.IGNORECASE)


def is_tame(html: str) -> bool:
    """Whether the parsers can take it."""
    # Where a script within a script ends takes a real parser.
    if len(html) > limits.HTML_CHARS or _SCRIPT_IN_SCRIPT.search(html):
        return False
    # Inside these other rules hold, and there is hardly a mail with one.
    most_tags = limits.HTML_FEW_TAGS if _OTHER_RULES.search(html) else limits.HTML_TAGS
    nesting, work = Nesting(), 0
    for number, tag in enumerate(tags(html)):
        if number > most_tags or _many_attributes(tag.attributes):
            return False
        nesting.take(tag)
        work += nesting.depth
        if nesting.depth > limits.HTML_DEPTH or work > limits.HTML_WORK:
            return False
    return True


def _many_attributes(attributes: str) -> bool:
    if len(attributes) < _FEW_CHARACTERS:
        return False
    words = _BETWEEN_ATTRIBUTES.split(_QUOTED.sub("", attributes))
    return len(words) > limits.HTML_ATTRIBUTE_WORDS
