"""What Twilio is told to do with a call, in TwiML. Pure."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from twilio.twiml.voice_response import Dial, VoiceResponse

from connectors.phone.menu import Choice
from connectors.phone.progress import Progress
from connectors.phone.settings import CLIENT, PhoneSettings
from connectors.phone.words import LOCALE, say
from hub.store.calls import Call

KEY_SECONDS = 6
CONSENT_SECONDS = 3
_LONGEST_HINTS = 500
TRANSCRIBED = "en"
"""The language that Twilio writes out by itself."""
WAIT_SECONDS = 20
"""Between two announcements, where there is no music."""

ANSWER, CONSENT = "/phone/twilio/answer", "/phone/twilio/consent"
MENU, LEFT, CALLBACK = "/phone/twilio/menu", "/phone/twilio/left", "/phone/twilio/callback"
WAIT, AGENT, AGENT_STATUS = (
    "/phone/twilio/wait",
    "/phone/twilio/agent",
    "/phone/twilio/agent-status",
)
OUT, OUT_STATUS = "/phone/twilio/out", "/phone/twilio/out-status"
OUTSIDE_SECONDS = 30
"""How long a phone outside rings for a customer who is put through."""
THROUGH, THROUGH_STATUS = "/phone/twilio/through", "/phone/twilio/through-status"
OTHER, OTHER_STATUS = "/phone/twilio/other", "/phone/twilio/other-status"
HOLD, KEYS, CONFERENCE = (
    "/phone/twilio/hold",
    "/phone/twilio/keys",
    "/phone/twilio/conference",
)
RECORDED = "/phone/twilio/recorded"
TRANSCRIPT = "/phone/twilio/transcript"
VOICEMAIL, RECORDING = "/phone/twilio/voicemail", "/phone/twilio/recording"
CALL, STATUS = "/phone/twilio/call", "/phone/twilio/status"


class Telling:
    """`address`: how Twilio reaches a path of ours."""

    def __init__(self, settings: PhoneSettings, address: Callable[[str], str]) -> None:
        self._settings = settings
        self._address = address

    def menu(
        self,
        language: str,
        choices: Sequence[Choice],
        *,
        organisation: str,
        greeting: str = "",
        again: bool = False,
    ) -> str:
        """The greeting and the keys, or the name of what it is about; who does neither is put
        through as with 0."""
        response = VoiceResponse()
        topics = ",".join(choice.topic for choice in choices)
        action = self._to(MENU, topics=topics, again=int(again))
        gather = response.gather(
            num_digits=1,
            timeout=KEY_SECONDS,
            action=action,
            method="POST",
            input="dtmf speech",
            language=LOCALE[language],
            hints=", ".join(choice.title for choice in choices)[:_LONGEST_HINTS],
            speech_timeout="auto",
        )
        opening = say("again", language) if again else _greeting(language, organisation)
        _say(gather, language, opening)
        if greeting and not again:
            _say(gather, language, greeting)
        for choice in choices:
            _say(gather, language, say("choice", language, title=choice.title, key=choice.key))
        _say(gather, language, say("else", language))
        response.redirect(action, method="POST")
        return str(response)

    def question(self, language: str, title: str, progress: Progress) -> str:
        """Something that must be known: they key it in, or say it, or wait."""
        response = VoiceResponse()
        action = self._to(ANSWER, **progress.written())
        gather = response.gather(
            timeout=KEY_SECONDS,
            finish_on_key="#",
            action=action,
            method="POST",
            input="dtmf speech",
            language=LOCALE[language],
            speech_timeout="auto",
        )
        _say(gather, language, say("question", language, title=title))
        response.redirect(action, method="POST")
        return str(response)

    def consent(self, language: str, progress: Progress) -> str:
        """Say that the call is recorded; who does not want that presses 1."""
        return self._consent(language, self._to(CONSENT, **progress.written()))

    def consent_of_called(self, sid: str, language: str, *said: str) -> str:
        """The same to a customer whom we call."""
        return self._consent(language, self._to(OUT, call=sid, asked=1), *said)

    def _consent(self, language: str, action: str, *said: str) -> str:
        response = VoiceResponse()
        gather = response.gather(
            num_digits=1, timeout=CONSENT_SECONDS, action=action, method="POST", input="dtmf"
        )
        for text in (*said, say("recorded", language)):
            _say(gather, language, text)
        response.redirect(action, method="POST")
        return str(response)

    def queue(self, sid: str, room: int, language: str, *said: str) -> str:
        """Wait for an agent in the conference of this call; star leads out of it."""
        response = VoiceResponse()
        for text in said:
            _say(response, language, text)
        dial = Dial(action=self._to(LEFT, call=sid, room=room), method="POST", hangup_on_star=True)
        self._conference(dial, sid, room, starts=False, ends=True, wait=self._to(WAIT, call=sid))
        response.append(dial)
        return str(response)

    def waiting(
        self, sid: str, language: str, place: int, *, minutes: int, may_call_back: bool
    ) -> str:
        """`minutes`: how long that usually takes; 0 when nobody can say."""
        response = VoiceResponse()
        if place:
            _say(response, language, say("place", language, place=place))
        if minutes:
            _say(response, language, say("minute" if minutes == 1 else "wait", language, n=minutes))
        if may_call_back:
            _say(response, language, say("star", language))
        self._music(response)
        response.redirect(self._to(WAIT, call=sid), method="POST")
        return str(response)

    def callback_offer(self, sid: str, language: str) -> str:
        response = VoiceResponse()
        action = self._to(CALLBACK, call=sid)
        gather = response.gather(
            num_digits=1, timeout=KEY_SECONDS, action=action, method="POST", input="dtmf"
        )
        _say(gather, language, say("offer", language))
        response.redirect(action, method="POST")
        return str(response)

    def join(
        self,
        sid: str,
        room: int,
        language: str,
        *said: str,
        ends: bool = True,
        is_customer: bool = False,
    ) -> str:
        """Somebody is put together with who is in the conference. `ends`: who hangs up ends it for
        all. What a customer does when it is over, we are asked."""
        response = VoiceResponse()
        for text in said:
            _say(response, language, text)
        left = {"action": self._to(LEFT, call=sid, room=room), "method": "POST"}
        dial = Dial(**(left if is_customer else {}))
        wait = self._to(HOLD, call=sid, quiet=1)
        self._conference(dial, sid, room, starts=True, ends=ends, wait=wait)
        response.append(dial)
        return str(response)

    def _conference(
        self, dial: Dial, sid: str, room: int, *, starts: bool, ends: bool, wait: str
    ) -> None:
        dial.conference(
            conference_of(sid, room),
            start_conference_on_enter=starts,
            end_conference_on_exit=ends,
            beep=False,
            wait_url=wait,
            wait_method="POST",
            status_callback=self._to(CONFERENCE, call=sid, room=room),
            status_callback_method="POST",
            status_callback_event="start end join leave mute hold",
        )

    def held(self, sid: str, language: str, *, quiet: bool) -> str:
        """What is heard on hold; or, `quiet`, while nobody else is there yet."""
        response = VoiceResponse()
        if not quiet:
            _say(response, language, say("hold", language))
        self._music(response)
        response.redirect(self._to(HOLD, call=sid, quiet=int(quiet)), method="POST")
        return str(response)

    def keys(self, digits: str) -> str:
        response = VoiceResponse()
        response.play(digits=digits)
        return str(response)

    def put_through(self, call: Call, ours: str) -> str:
        """A phone outside rings; we are told when it is answered, and asked what to do when it is
        not, or when they have talked."""
        response = VoiceResponse()
        _say(response, call.language, say("through", call.language))
        query = {"call": call.sid, "room": call.room}
        dial = Dial(
            action=self._to(THROUGH, **query),
            method="POST",
            timeout=OUTSIDE_SECONDS,
            caller_id=ours,
        )
        number = call.put_through
        whom = dial.client if number.startswith(CLIENT) else dial.number
        whom(
            number.removeprefix(CLIENT),
            status_callback=self._to(THROUGH_STATUS, **query),
            status_callback_method="POST",
            status_callback_event="answered",
        )
        response.append(dial)
        return str(response)

    def voicemail(self, language: str, topic: str, said: Sequence[str], **query: str) -> str:
        """`query`: what the recording must be told of the call, because Twilio does not."""
        response = VoiceResponse()
        for text in (*said, say("record", language)):
            _say(response, language, text)
        written = {}
        elsewhere = language in self._settings.intelligence
        if self._settings.transcribe and language == TRANSCRIBED and not elsewhere:
            written = {"transcribe": True, "transcribe_callback": self._to(TRANSCRIPT)}
        response.record(
            action=self._to(VOICEMAIL),
            method="POST",
            max_length=self._settings.voicemail_seconds,
            finish_on_key="#",
            play_beep=True,
            recording_status_callback=self._to(RECORDING, topic=topic, **query),
            recording_status_callback_method="POST",
            recording_status_callback_event="completed",
            **written,
        )
        _say(response, language, say("nothing", language))
        return str(response)

    def farewell(self, language: str, *said: str) -> str:
        response = VoiceResponse()
        for text in said:
            _say(response, language, text)
        response.hangup()
        return str(response)

    def _music(self, response: VoiceResponse) -> None:
        if self._settings.music_url:
            response.play(self._settings.music_url)
        else:
            response.pause(length=WAIT_SECONDS)

    def _to(self, path: str, **query: object) -> str:
        return self._address(path + (f"?{urlencode(query)}" if query else ""))


def conference_of(sid: str, room: int) -> str:
    return f"loket-{sid}-{room}" if room else f"loket-{sid}"


def _greeting(language: str, organisation: str) -> str:
    return say("greeting", language, organisation=organisation)


def _say(where: VoiceResponse, language: str, text: str) -> None:
    where.say(text, language=LOCALE[language])
