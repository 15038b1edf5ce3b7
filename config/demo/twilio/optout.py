"""What Twilio does by itself for long numbers: STOP blocks, START unblocks, HELP explains."""

_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_START = frozenset({"START", "YES", "UNSTOP"})
_HELP = frozenset({"HELP", "INFO"})

STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this "
    "number. Reply START to resubscribe."
)
STARTED = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELP = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."


class OptOuts:
    """Who stopped which of our numbers."""

    def __init__(self) -> None:
        self._stopped: set[tuple[str, str]] = set()

    def heard(self, handset: str, number: str, body: str) -> str:
        """What Twilio answers to this, if it is one of its words."""
        word, pair = body.strip().upper(), (handset, number)
        if word in _STOP:
            self._stopped.add(pair)
            return STOPPED
        if word in _START and (word != "YES" or pair in self._stopped):
            self._stopped.discard(pair)
            return STARTED
        return HELP if word in _HELP else ""

    def blocks(self, handset: str, number: str) -> bool:
        return (handset, number) in self._stopped
