"""The parameters of webhooks about messages, as documented."""

from collections.abc import Sequence

from config.demo.twilio.message import API_VERSION, Message


def of_inbound(message: Message, account_sid: str, media_urls: Sequence[str]) -> dict[str, str]:
    """What is posted when a customer wrote."""
    parameters = {
        "ToCountry": "NL",
        "SmsMessageSid": message.sid,
        "NumMedia": str(len(message.files)),
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "FromCountry": "NL",
        "To": message.recipient,
        "Body": message.body,
        "NumSegments": str(message.segments),
        "MessageSid": message.sid,
        "AccountSid": account_sid,
        "From": message.sender,
        "ApiVersion": API_VERSION,
    }
    for place, (file, url) in enumerate(zip(message.files, media_urls, strict=True)):
        parameters[f"MediaUrl{place}"] = url
        parameters[f"MediaContentType{place}"] = file.content_type
    if message.is_whatsapp:
        parameters["WaId"] = message.handset.removeprefix("+")
        parameters["MessageType"] = "text"
    return parameters


def of_status(message: Message, account_sid: str) -> dict[str, str]:
    """What is posted when a message of ours has a new state."""
    parameters = {
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "MessageStatus": message.status,
        "To": message.recipient,
        "MessageSid": message.sid,
        "AccountSid": account_sid,
        "From": message.sender,
        "ApiVersion": API_VERSION,
    }
    if message.error_code is not None:
        parameters["ErrorCode"] = str(message.error_code)
    if message.is_whatsapp:
        parameters["ChannelInstallSid"] = "XE" + "0" * 32
        parameters["ChannelToAddress"] = message.recipient
    return parameters
