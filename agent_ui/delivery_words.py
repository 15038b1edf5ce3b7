"""Why a message of ours did not arrive, in the reader's language.

Connectors say it in English, some with the provider's number behind it. What is not listed here is
shown as they say it.
"""

import re

from agent_ui.texts import N_, Texts

SENTENCES = (
    N_("This is not a phone number that can be reached."),
    N_("The Twilio account may not send to this country."),
    N_("There was nothing to send."),
    N_("The number we send from is not ours, or cannot send this."),
    N_("A trial account of Twilio sends to verified numbers only."),
    N_("The customer said STOP to this number."),
    N_("Too many messages wait to be sent from our number."),
    N_("Our number cannot send to this number."),
    N_("This number cannot receive texts."),
    N_("The text is too long."),
    N_("Twilio cannot fetch the file."),
    N_("The values of the template are not as Twilio wants them."),
    N_("The Messaging Service has no number that can send this."),
    N_("Twilio lets us make no more requests for now."),
    N_("The Twilio account is suspended."),
    N_("The phone is off or out of reach."),
    N_("The customer's phone or provider blocks our messages."),
    N_("This number is not in use."),
    N_("The customer's provider held the message for spam."),
    N_("The customer's provider did not deliver it and gave no reason."),
    N_("Our number is not registered for this kind of message."),
    N_("This number has no WhatsApp."),
    N_("WhatsApp did not accept the message."),
    N_("Our number has no WhatsApp."),
    N_("WhatsApp takes only a template, 24 hours after the customer wrote."),
    N_("Too many WhatsApp messages were sent from our number."),
    N_("This number cannot get WhatsApp messages."),
    N_("WhatsApp lets this customer have no more messages of this kind for now."),
    N_("Twilio gave no reason."),
    N_("There is no phone number to send this to."),
    N_("The customer does not want messages this way."),
    N_("A message has 1600 characters at most."),
    N_("The template is not in the settings any more."),
)
_WITH_NUMBER = re.compile(r"(?P<sentence>.*?)(?P<number> \(Twilio \d+\))", re.DOTALL)


def delivery_error(texts: Texts, error: str) -> str:
    found = _WITH_NUMBER.fullmatch(error)
    if found is None:
        return texts(error)
    return texts(found["sentence"]) + found["number"]
