"""A real HTTP server in the place of all the services that the grid is asked of."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "/token/oauth/"
ECOWATT = "/open_api/ecowatt/v5/signals"
RTE_TEMPO = "/open_api/tempo_like_supply_contract/v1/tempo_like_calendars"
TEMPO_LIGHT = "/tempoLight"
TEMPO_SEASON = "/tempo"
COULEUR_TODAY = "/jourTempo/today"
COULEUR_TOMORROW = "/jourTempo/tomorrow"
COULEUR_SEASON = "/joursTempo"
CARBON = "/carbon-intensity/latest"
FORECAST = "/carbon-intensity/forecast"
BREAKDOWN = "/power-breakdown/latest"
MIX = "/electricity-mix/latest"
ZONES = "/zones"
ECO2MIX = "/catalog/datasets/eco2mix-national-tr/records"
PRICES = "/resources/"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server says to a request."""

    status: int = 200
    body: Any = None
    """JSON, or text or bytes as they are."""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: Callable[[], Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that came."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]


class Upstream:
    """Answers by path; a path that has no answer is not found."""

    def __init__(self) -> None:
        """Begin with a portal that gives tokens, numbered from 1."""
        self.asked: list[Asked] = []
        self.tokens = 0
        self.url = ""
        self._replies: dict[str, list[Reply]] = {}

    def set(self, path: str, *replies: Reply | Any) -> None:
        """Give these answers to a path, one after the other, the last for ever."""
        self._replies[path] = [
            reply if isinstance(reply, Reply) else Reply(body=reply)
            for reply in replies
        ]

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        return sum(asked.path.endswith(path) for asked in self.asked)

    def last(self, path: str) -> Asked:
        """Return the last request for a path."""
        return [asked for asked in self.asked if asked.path.endswith(path)][-1]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer."""
        self.asked.append(
            Asked(
                path=request.path,
                query=dict(request.query),
                headers=dict(request.headers),
                form={key: str(value) for key, value in (await request.post()).items()},
            )
        )
        reply = self._reply(request.path)
        if reply.wait is not None:
            await reply.wait()
        body = reply.body
        if not isinstance(body, bytes):
            text = body if isinstance(body, str) else json.dumps(body)
            body = text.encode()
        return web.Response(status=reply.status, body=body, headers=reply.headers)

    def _reply(self, path: str) -> Reply:
        for known in sorted(self._replies, key=len, reverse=True):
            if path.endswith(known) or (known.endswith("/") and known in path):
                replies = self._replies[known]
                return replies.pop(0) if len(replies) > 1 else replies[0]
        if path.endswith(TOKEN):
            self.tokens += 1
            return Reply(
                body={"access_token": f"token-{self.tokens}", "expires_in": 7200}
            )
        return Reply(status=404, body="not here")


@asynccontextmanager
async def serve(upstream: Upstream | None = None) -> AsyncIterator[Upstream]:
    """Start a server on this machine."""
    upstream = upstream or Upstream()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", upstream.handle)
    server = TestServer(app, host="127.0.0.1")
    # Its log of requests does not get on with a clock that stands still
    await server.start_server(access_log=None)
    upstream.url = str(server.make_url("")).rstrip("/")
    try:
        yield upstream
    finally:
        await server.close()


@asynccontextmanager
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session that asks only this machine."""
    async with aiohttp.ClientSession() as client:
        yield client
