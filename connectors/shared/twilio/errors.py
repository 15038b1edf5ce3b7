"""What Twilio says went wrong, in the words of an agent.

The console translates these sentences; what it does not know is shown as Twilio wrote it.
"""

from collections.abc import Mapping

TOO_MANY = 20429

WORDS: Mapping[int, str] = {
    TOO_MANY: "Twilio lets us make no more requests for now.",
    21211: "This is not a phone number that can be reached.",
    21265: "This is not a phone number that can be reached.",
    21408: "The Twilio account may not send to this country.",
    21602: "There was nothing to send.",
    21606: "The number we send from is not ours, or cannot send this.",
    21608: "A trial account of Twilio sends to verified numbers only.",
    21610: "The customer said STOP to this number.",
    21611: "Too many messages wait to be sent from our number.",
    21612: "Our number cannot send to this number.",
    21614: "This number cannot receive texts.",
    21617: "The text is too long.",
    21620: "Twilio cannot fetch the file.",
    21656: "The values of the template are not as Twilio wants them.",
    21659: "The number we send from is not ours, or cannot send this.",
    21703: "The Messaging Service has no number that can send this.",
    30001: "Too many messages wait to be sent from our number.",
    30002: "The Twilio account is suspended.",
    30003: "The phone is off or out of reach.",
    30004: "The customer's phone or provider blocks our messages.",
    30005: "This number is not in use.",
    30006: "This number cannot receive texts.",
    30007: "The customer's provider held the message for spam.",
    30008: "The customer's provider did not deliver it and gave no reason.",
    30034: "Our number is not registered for this kind of message.",
    63003: "This number has no WhatsApp.",
    63005: "WhatsApp did not accept the message.",
    63007: "Our number has no WhatsApp.",
    63016: "WhatsApp takes only a template, 24 hours after the customer wrote.",
    63018: "Too many WhatsApp messages were sent from our number.",
    63024: "This number cannot get WhatsApp messages.",
    63032: "WhatsApp lets this customer have no more messages of this kind for now.",
}

TRY_AGAIN = (21611, 30001, 63018, TOO_MANY)
"""Twilio's queue or pace is the reason; later it may go."""


def in_words(code: int, message: str = "") -> str:
    """`SENTENCE (Twilio CODE)`."""
    sentence = WORDS.get(code) or message.strip() or "Twilio gave no reason."
    return f"{sentence} (Twilio {code})" if code else sentence
