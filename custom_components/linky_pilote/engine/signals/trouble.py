"""What can be wrong with a source: one family of errors for all of them."""

from enum import StrEnum


class Trouble(StrEnum):
    """Why a source gave no answer, by what can be done about it."""

    KEY_REFUSED = "key_refused"
    """The key is wrong: the user has to give another one."""
    NOT_SUBSCRIBED = "not_subscribed"
    """The key is good, and not entitled to this: the user has to subscribe."""
    RETIRED = "retired"
    """The service does not exist any more at this address."""
    QUOTA = "quota"
    """It was asked too often."""
    REFUSED = "refused"
    """It does not want this request, or this client."""
    TEMPORARY = "temporary"
    """It is down, slow or not reached: later it may be better."""
    MALFORMED = "malformed"
    """It answered with something that cannot be read."""


class SignalError(Exception):
    """A source gave no answer that can be used."""

    def __init__(
        self, trouble: Trouble, detail: str = "", *, retry_after: float | None = None
    ) -> None:
        """Say what is wrong, and after how many s the source wants to be asked again."""
        super().__init__(f"{trouble}: {detail}" if detail else str(trouble))
        self.trouble = trouble
        self.detail = detail
        self.retry_after = retry_after
