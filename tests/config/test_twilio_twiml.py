"""The stand-in for Twilio refuses documents that Twilio refuses."""

import pytest

from config.demo.twilio.twiml import WAITING, BadDocument, read

GOOD = b"""<Response>
<Dial hangupOnStar="true"><Conference beep="false">a</Conference></Dial>
</Response>"""


def test_documented_verbs_and_nouns_are_read() -> None:
    [dial] = read(GOOD)
    assert dial.children[0].text == "a"


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"<Response><Shout>x</Shout></Response>", "<Shout>"),
        (b'<Response><Say tongue="nl">x</Say></Response>', "tongue"),
        (b"<Response><Gather><Record/></Gather></Response>", "<Record>"),
        (b"<Answer/>", "<Answer>"),
        (b"<Response>", "12100"),
        (b"", "12100"),
    ],
)
def test_anything_else_is_refused(document: bytes, why: str) -> None:
    with pytest.raises(BadDocument, match=why):
        read(document)


def test_who_waits_in_a_conference_cannot_be_asked_for_keys() -> None:
    with pytest.raises(BadDocument, match="Gather"):
        read(b"<Response><Gather/></Response>", WAITING)
