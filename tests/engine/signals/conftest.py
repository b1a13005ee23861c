"""What the tests of the clients share: a server, and a session to ask it with."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from ...upstream import Upstream, serve, session


@pytest.fixture
async def upstream(socket_enabled: None) -> AsyncIterator[Upstream]:
    """Return a server that stands in for all services."""
    async with serve() as upstream:
        yield upstream


@pytest.fixture
async def client(upstream: Upstream) -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session."""
    async with session() as client:
        yield client
