"""One request and its answer: time-out, limited size, what a status means."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
import json
from math import isfinite
from typing import Final, NoReturn

import aiohttp

from .trouble import SignalError, Trouble

type Json = Mapping[str, Json] | list[Json] | str | float | bool | None

TIME_OUT = 20.0
"""s for a request, from the name look-up to the last byte."""

MOST_BYTES: Final = 4_000_000
"""The longest answer we know has 500 kB (the zones of Electricity Maps)."""

LONGEST_WAIT: Final = 86_400.0
"""s; a service that asks for more is tried again after a day."""

USER_AGENT: Final = "LinkyPilote/1 (+https://github.com/linky-pilote/linky_pilote)"

MEANINGS: Final[Mapping[int, Trouble]] = {
    401: Trouble.KEY_REFUSED,
    403: Trouble.NOT_SUBSCRIBED,
    404: Trouble.RETIRED,
    408: Trouble.TEMPORARY,
    410: Trouble.RETIRED,
    429: Trouble.QUOTA,
}
"""What a status means where a key was sent; other ones by their hundreds."""

WITHOUT_KEY: Final[Mapping[int, Trouble]] = {
    401: Trouble.REFUSED,
    403: Trouble.REFUSED,
}
"""The same where none was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server answered, whatever it means."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Json:
        """Return the body, read as JSON; raise MALFORMED when it is none."""
        try:
            content: Json = json.loads(self.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as err:
            start = self.text.strip()[:40]
            raise SignalError(
                Trouble.MALFORMED, f"no JSON but {start!r}" if start else "no content"
            ) from err
        return content

    def raise_for_status(self, meanings: Mapping[int, Trouble] | None = None) -> None:
        """Raise what a status other than 200 means."""
        if self.status == 200:
            return
        trouble = {**MEANINGS, **(meanings or {})}.get(self.status)
        if trouble is None:
            trouble = Trouble.REFUSED if 400 <= self.status < 500 else Trouble.TEMPORARY
        raise SignalError(
            trouble, f"status {self.status}", retry_after=_wait(self.headers)
        )


async def fetch(
    session: aiohttp.ClientSession,
    url: str,
    *,
    method: str = "GET",
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Reply:
    """Ask a server once; raise TEMPORARY when it is not reached.

    Redirections are not followed: a key is only for the server that it was made for.
    """
    try:
        async with (
            asyncio.timeout(TIME_OUT),
            session.request(
                method,
                url,
                params=params,
                data=form,
                headers={
                    "Accept": "application/json",
                    "User-Agent": USER_AGENT,
                    **(headers or {}),
                },
                allow_redirects=False,
            ) as response,
        ):
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise SignalError(Trouble.MALFORMED, "the answer is too long")
            return Reply(
                status=response.status, headers=response.headers, body=bytes(body)
            )
    except TimeoutError as err:
        raise SignalError(Trouble.TEMPORARY, f"no answer in {TIME_OUT:g} s") from err
    except (aiohttp.ClientError, OSError, ValueError) as err:
        raise SignalError(Trouble.TEMPORARY, str(err) or type(err).__name__) from err


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _wait(headers: Mapping[str, str]) -> float | None:
    """Return how many s a server wants to be left alone for.

    `Retry-After` (RFC 9110, section 10.2.3) has seconds or a date, and Opendatasoft's
    `X-RateLimit-Reset` a date; dates are compared with the server's own clock.
    """
    for name in ("Retry-After", "X-RateLimit-Reset"):
        if name in headers and (wait := _seconds(headers[name], headers.get("Date"))):
            return min(wait, LONGEST_WAIT)
    return None


def _seconds(text: str, server_time: str | None) -> float | None:
    if (seconds := number(text)) is not None:
        return seconds if seconds > 0 else None
    moment, now = _moment(text), _moment(server_time or "")
    if moment is None or now is None:
        return None
    wait = (moment - now).total_seconds()
    return wait if wait > 0 else None


def _moment(text: str) -> datetime | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


# --- what is in a body ----------------------------------------------------------------


def number(value: Json) -> float | None:
    """Return a number that may be written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value.replace(",", ".") if isinstance(value, str) else value)
    except ValueError, OverflowError:
        return None
    return result if isfinite(result) else None


def table(value: Json, key: str | None = None) -> Mapping[str, Json]:
    """Return a JSON object, or the one under a key of it; raise MALFORMED."""
    if not isinstance(value, Mapping):
        raise SignalError(Trouble.MALFORMED, "no object where one is expected")
    return value if key is None else table(value.get(key))


def rows(value: Json, key: str) -> list[Mapping[str, Json]]:
    """Return the objects in the list under a key; raise MALFORMED without the list."""
    found = table(value).get(key)
    if not isinstance(found, list):
        raise SignalError(Trouble.MALFORMED, f"no list {key!r}")
    return [row for row in found if isinstance(row, Mapping)]


def moment(value: Json) -> datetime:
    """Return an instant written in ISO 8601 with its offset; raise MALFORMED."""
    try:
        result = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as err:
        raise SignalError(Trouble.MALFORMED, f"no instant: {value!r}") from err
    if result.tzinfo is None:
        raise SignalError(Trouble.MALFORMED, f"no offset: {value!r}")
    return result
