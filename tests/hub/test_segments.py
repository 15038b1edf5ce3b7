"""A text takes as many messages as its phone network needs, counted as the standard says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.segments import BASIC, EXTENSION, ROOM, Encoding, count

GSM = st.text(st.sampled_from(BASIC + EXTENSION), max_size=700)
ANY = st.text(max_size=400)


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "left"),
    [
        ("", "GSM-7", 0, 160),
        ("a" * 160, "GSM-7", 1, 0),
        ("a" * 161, "GSM-7", 2, 145),
        ("a" * 306, "GSM-7", 2, 0),
        ("a" * 307, "GSM-7", 3, 152),
        ("€" * 80, "GSM-7", 1, 0),
        ("€" * 81, "GSM-7", 2, 143),  # 76 in the first: one place stays empty
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3, 152),
        ("ë" * 70, "UCS-2", 1, 0),
        ("ë" * 71, "UCS-2", 2, 63),
        ("😀" * 35, "UCS-2", 1, 0),
        ("😀" * 36, "UCS-2", 2, 61),  # 33 in the first: half a character is none
        ("Geen €, maar ï", "UCS-2", 1, 56),
    ],
)
def test_known_texts(text: str, encoding: str, segments: int, left: int) -> None:
    found = count(text)
    assert (found.encoding, found.segments, found.left) == (encoding, segments, left)


@given(text=st.one_of(GSM, ANY))
def test_the_messages_hold_the_text_and_one_less_would_not(text: str) -> None:
    found = count(text)
    alone, joined = ROOM[found.encoding]
    places = _places(text, found.encoding)
    assert 0 <= found.left <= alone
    if found.segments <= 1:
        assert places + found.left == alone
    else:
        # At most one place of each full message stays empty.
        empty = found.segments * joined - places - found.left
        assert 0 <= empty < found.segments
        assert places > alone
        assert places > (found.segments - 1) * (joined - 1)


@given(text=GSM, more=GSM)
def test_more_text_never_takes_fewer(text: str, more: str) -> None:
    assert count(text + more).segments >= count(text).segments


@given(text=ANY)
def test_one_foreign_character_makes_all_of_it_unicode(text: str) -> None:
    assert count(text + "ж").encoding is Encoding.UCS2


def _places(text: str, encoding: Encoding) -> int:
    if encoding is Encoding.UCS2:
        return len(text.encode("utf-16-be")) // 2
    return len(text) + sum(text.count(one) for one in EXTENSION)
