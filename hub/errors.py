"""The errors that cross folder lines; each door turns them into its own answer in one place."""


class LoketError(Exception):
    """Something a caller is expected to handle."""


class Rejected(LoketError):
    """The sender is wrong and trying again will not help: HTTP 4xx, SMTP 5xx, no retry.

    `code` is a stable word for machines, `detail` tells a person what to do. `after`: seconds after
    which it would help after all, for who asked too often.
    """

    def __init__(
        self, code: str, detail: str, *, status: int = 400, after: float | None = None
    ) -> None:
        super().__init__(detail)
        self.after = after
        self.code = code
        self.detail = detail
        self.status = status


class Retry(LoketError):
    """Not now, perhaps later: HTTP 503, SMTP 4xx, redelivery on the bus.

    `after` is the delay in seconds that the other side asked for, if it did.
    """

    def __init__(self, detail: str, *, after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.after = after


class StoreDown(Retry):
    """The database does not answer; nothing was stored."""


class Unavailable(LoketError):
    """A person must act before this works again (wrong password, account closed).

    `what` names the thing, `hint` says what to do.
    """

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what}: {hint}")
        self.what = what
        self.hint = hint


class Uncertain(LoketError):
    """The other side may or may not have taken it; a person decides about sending again."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
