"""What Twilio refuses, with its documented codes and the body of its answers."""

from http import HTTPStatus

from aiohttp import web

_STATUS = {
    20001: 400,
    20003: 401,
    20404: 404,
    20429: 429,
    21205: 400,
    21210: 400,
    21211: 400,
    21220: 400,
    21266: 400,
    21602: 400,
    21603: 400,
    21604: 400,
    21606: 400,
    21609: 400,
    21610: 400,
    21614: 400,
    21617: 400,
    21620: 400,
    21656: 400,
    21703: 400,
    63007: 400,
}
_MESSAGES = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20404: "The requested resource {what} was not found",
    20429: "Too Many Requests",
    21205: "Url is not a valid URL: {what}",
    21210: "'From' phone number not verified: {what}",
    21220: "Call is not in-progress. Cannot redirect.",
    21211: "Invalid 'To' Phone Number: {what}",
    21266: "'To' and 'From' number cannot be the same: {what}",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number provided ({what}) is not a valid message-capable Twilio phone"
    " number for this destination/account",
    21609: "The 'StatusCallback' URL {what} is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number {what} is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21620: "Invalid media URL(s): {what}",
    21656: "The Content Variables parameter is invalid",
    21703: "The Messaging Service does not contain a phone number",
    63007: "Twilio could not find a Channel with the specified From address",
}


class Refusal(Exception):
    """One of Twilio's documented errors. `what` is the value it is about."""

    def __init__(self, code: int, what: str = "") -> None:
        super().__init__(f"{code} {what}")
        self.code = code
        self.status = _STATUS[code]
        self.message = _MESSAGES[code].format(what=what)

    def response(self) -> web.Response:
        body = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        headers = {}
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            headers["Retry-After"] = "1"
        return web.json_response(body, status=self.status, headers=headers)
