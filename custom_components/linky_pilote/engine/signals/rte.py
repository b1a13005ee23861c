"""RTE's data portal: one token for all the services that an application subscribed to.

Addresses and statuses: RTE, "Open API", user guides of EcoWatt 5.0 and of Tempo Like
Supply Contract 1.2, chapters on authentication and on errors.
"""

import asyncio
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import aiohttp

from .trouble import SignalError, Trouble
from .web import Json, Reply, fetch, number, table

RTE_URL: Final = "https://digital.iservices.rte-france.com"

_MARGIN: Final = timedelta(seconds=60)
"""A token is renewed that early."""

_LIFETIME: Final = 7200.0
"""s that a token is good for, where the portal does not say."""


def read_credentials(client_id: str, secret: str) -> tuple[str, str]:
    """Return an id and a secret as they were meant.

    The portal shows the two joined and in Base64, too: that may be pasted in the
    place of either.
    """
    client_id, secret = client_id.strip(), secret.strip()
    for text in (client_id, secret):
        try:
            first, separator, second = b64decode(text, validate=True).partition(b":")
            if separator:
                return first.decode("ascii"), second.decode("ascii")
        except Base64Error, ValueError:
            continue
    return client_id, secret


class RtePortal:
    """One application at the portal."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        client_id: str,
        secret: str,
        url: str = RTE_URL,
    ) -> None:
        """Begin without a token."""
        self._session = session
        self._basic = b64encode(f"{client_id}:{secret}".encode()).decode()
        self._url = url
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._good_until: datetime | None = None

    async def check(self, now: datetime) -> None:
        """Raise KEY_REFUSED when the portal does not know the application."""
        await self._bearer(now, refused=self._token)

    async def get(
        self, path: str, now: datetime, params: Mapping[str, str] | None = None
    ) -> Reply:
        """Return a service's answer; a token that is refused is renewed once."""
        token = await self._bearer(now)
        reply = await self._get(path, token, params)
        if reply.status == 401:
            reply = await self._get(
                path, await self._bearer(now, refused=token), params
            )
        return reply

    async def _get(
        self, path: str, token: str, params: Mapping[str, str] | None
    ) -> Reply:
        return await fetch(
            self._session,
            f"{self._url}/open_api/{path}",
            params=params,
            headers={"Authorization": f"Bearer {token}"},
        )

    async def _bearer(self, now: datetime, *, refused: str | None = None) -> str:
        """Return a good token, the same for all that wait for one."""
        async with self._lock:
            token = self._token
            good = self._good_until is not None and now < self._good_until - _MARGIN
            if token is None or token == refused or not good:
                self._token = None
                token, lifetime = await self._renew()
                self._token = token
                self._good_until = now + timedelta(seconds=lifetime)
            return token

    async def _renew(self) -> tuple[str, float]:
        """Return a new token and the s that it is good for."""
        reply = await fetch(
            self._session,
            f"{self._url}/token/oauth/",
            method="POST",
            headers={"Authorization": f"Basic {self._basic}"},
            form={"grant_type": "client_credentials"},
        )
        if reply.status in (400, 401) and "invalid_client" in reply.text:
            raise SignalError(Trouble.KEY_REFUSED, "invalid_client")
        # Only this word means a wrong key: the rest is the portal's own trouble.
        reply.raise_for_status(dict.fromkeys((401, 403, 404, 410), Trouble.TEMPORARY))
        body = table(reply.json())
        token = body.get("access_token")
        if not isinstance(token, str) or not token:
            raise SignalError(Trouble.TEMPORARY, "no token in the answer")
        return token, number(body.get("expires_in")) or _LIFETIME


def error_code(reply: Reply) -> str:
    """Return the code of RTE's error, as far as there is one."""
    try:
        body: Json = reply.json()
    except SignalError:
        return ""
    if not isinstance(body, Mapping):
        return ""
    code = body.get("error") or body.get("error_code")
    return code if isinstance(code, str) else ""
