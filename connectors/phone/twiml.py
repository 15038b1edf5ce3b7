"""What Twilio is told to do with a call, in TwiML. Pure."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from twilio.twiml.voice_response import Dial, VoiceResponse

from connectors.phone.menu import Choice
from connectors.phone.settings import PhoneSettings
from connectors.phone.words import LOCALE, say

KEY_SECONDS = 6
WAIT_SECONDS = 20
"""Between two announcements, where there is no music."""

MENU, LEFT, CALLBACK = "/phone/twilio/menu", "/phone/twilio/left", "/phone/twilio/callback"
WAIT, AGENT, AGENT_STATUS = (
    "/phone/twilio/wait",
    "/phone/twilio/agent",
    "/phone/twilio/agent-status",
)
VOICEMAIL, RECORDING = "/phone/twilio/voicemail", "/phone/twilio/recording"
CALL, STATUS = "/phone/twilio/call", "/phone/twilio/status"


class Telling:
    """`address`: how Twilio reaches a path of ours."""

    def __init__(self, settings: PhoneSettings, address: Callable[[str], str]) -> None:
        self._settings = settings
        self._address = address

    def menu(
        self, language: str, choices: Sequence[Choice], *, organisation: str, again: bool = False
    ) -> str:
        """The greeting and the keys; who presses none is put through as with 0."""
        response = VoiceResponse()
        topics = ",".join(choice.topic for choice in choices)
        action = self._to(MENU, topics=topics, again=int(again))
        gather = response.gather(
            num_digits=1, timeout=KEY_SECONDS, action=action, method="POST", input="dtmf"
        )
        opening = say("again", language) if again else _greeting(language, organisation)
        _say(gather, language, opening)
        for choice in choices:
            _say(gather, language, say("choice", language, title=choice.title, key=choice.key))
        _say(gather, language, say("else", language))
        response.redirect(action, method="POST")
        return str(response)

    def queue(self, sid: str, language: str, *said: str) -> str:
        """Wait for an agent in the conference of this call; star leads out of it."""
        response = VoiceResponse()
        for text in said:
            _say(response, language, text)
        dial = Dial(action=self._to(LEFT), method="POST", hangup_on_star=True)
        dial.conference(
            conference_of(sid),
            start_conference_on_enter=False,
            end_conference_on_exit=True,
            beep=False,
            wait_url=self._to(WAIT, call=sid),
            wait_method="POST",
        )
        response.append(dial)
        return str(response)

    def waiting(self, sid: str, language: str, place: int, *, may_call_back: bool) -> str:
        response = VoiceResponse()
        if place:
            _say(response, language, say("place", language, place=place))
        if may_call_back:
            _say(response, language, say("star", language))
        if self._settings.music_url:
            response.play(self._settings.music_url)
        else:
            response.pause(length=WAIT_SECONDS)
        response.redirect(self._to(WAIT, call=sid), method="POST")
        return str(response)

    def callback_offer(self, language: str) -> str:
        response = VoiceResponse()
        action = self._to(CALLBACK)
        gather = response.gather(
            num_digits=1, timeout=KEY_SECONDS, action=action, method="POST", input="dtmf"
        )
        _say(gather, language, say("offer", language))
        response.redirect(action, method="POST")
        return str(response)

    def join(self, sid: str) -> str:
        """The agent is put together with the caller; who hangs up ends it for both."""
        response = VoiceResponse()
        dial = Dial()
        dial.conference(
            conference_of(sid),
            start_conference_on_enter=True,
            end_conference_on_exit=True,
            beep=False,
        )
        response.append(dial)
        return str(response)

    def voicemail(self, language: str, topic: str, said: Sequence[str], **query: str) -> str:
        """`query`: what the recording must be told of the call, because Twilio does not."""
        response = VoiceResponse()
        for text in (*said, say("record", language)):
            _say(response, language, text)
        response.record(
            action=self._to(VOICEMAIL),
            method="POST",
            max_length=self._settings.voicemail_seconds,
            finish_on_key="#",
            play_beep=True,
            recording_status_callback=self._to(RECORDING, topic=topic, **query),
            recording_status_callback_method="POST",
            recording_status_callback_event="completed",
        )
        _say(response, language, say("nothing", language))
        return str(response)

    def farewell(self, language: str, *said: str) -> str:
        response = VoiceResponse()
        for text in said:
            _say(response, language, text)
        response.hangup()
        return str(response)

    def _to(self, path: str, **query: object) -> str:
        return self._address(path + (f"?{urlencode(query)}" if query else ""))


def conference_of(sid: str) -> str:
    return f"loket-{sid}"


def _greeting(language: str, organisation: str) -> str:
    return say("greeting", language, organisation=organisation)


def _say(where: VoiceResponse, language: str, text: str) -> None:
    where.say(text, language=LOCALE[language])
