"""What all clients have in common: an answer can be kept, and read again later."""

from datetime import datetime
from typing import Protocol

from .web import Json


class Client[AnswerT](Protocol):
    """Asks one source."""

    async def ask(self, now: datetime) -> Json:
        """Return what the source says now, as JSON that can be kept; or SignalError."""

    def read(self, body: Json) -> AnswerT:
        """Return what a body says; raise MALFORMED."""

    def join(self, before: Json, body: Json) -> Json:
        """Return a new body with what is still worth keeping of the one before."""
