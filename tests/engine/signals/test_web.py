"""One request: what a server may do to us."""

import asyncio
from typing import Any

import aiohttp
import pytest

from custom_components.linky_pilote.engine.signals import SignalError, Trouble, web
from custom_components.linky_pilote.engine.signals.web import fetch, moment, number

from ...upstream import Reply, Upstream


async def fetch_or_error(
    client: aiohttp.ClientSession, url: str
) -> web.Reply | SignalError:
    try:
        return await fetch(client, url)
    except SignalError as err:
        return err


def read(answer: web.Reply) -> None:
    answer.raise_for_status()
    answer.json()


async def trouble(
    upstream: Upstream, client: aiohttp.ClientSession, reply: Reply
) -> SignalError:
    """Return what is made of an answer that is no good."""
    upstream.set("/x", reply)
    answer = await fetch_or_error(client, f"{upstream.url}/x")
    if isinstance(answer, SignalError):
        return answer
    with pytest.raises(SignalError) as caught:
        read(answer)
    return caught.value


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (204, Trouble.TEMPORARY),
        (302, Trouble.TEMPORARY),
        (400, Trouble.REFUSED),
        (401, Trouble.KEY_REFUSED),
        (403, Trouble.NOT_SUBSCRIBED),
        (404, Trouble.RETIRED),
        (408, Trouble.TEMPORARY),
        (410, Trouble.RETIRED),
        (413, Trouble.REFUSED),
        (429, Trouble.QUOTA),
        (500, Trouble.TEMPORARY),
        (503, Trouble.TEMPORARY),
        (509, Trouble.TEMPORARY),
    ],
)
async def test_status(
    upstream: Upstream, client: aiohttp.ClientSession, status: int, expected: Trouble
) -> None:
    error = await trouble(upstream, client, Reply(status=status))
    assert error.trouble is expected


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>maintenance</html>",
        '{"a": ',
        b"\xff\xfe\x00",
        '{"a": NaN}',
        '{"a": Infinity}',
        "[" * 100_000,
        "x" * (web.MOST_BYTES + 1),
    ],
    ids=["empty", "html", "cut", "binary", "nan", "infinity", "deep", "long"],
)
async def test_what_is_no_json(
    upstream: Upstream, client: aiohttp.ClientSession, body: str | bytes
) -> None:
    error = await trouble(upstream, client, Reply(body=body))
    assert error.trouble is Trouble.MALFORMED
    assert len(error.detail) < 100


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "90"}, 90),
        ({"Retry-After": "0"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "1e99"}, 86_400),
        (
            {
                "Retry-After": "Thu, 26 Nov 2026 15:00:00 GMT",
                "Date": "Thu, 26 Nov 2026 14:45:00 GMT",
            },
            900,
        ),
        (
            {
                "X-RateLimit-Reset": "2026-11-27 00:00:00+00:00",
                "Date": "Thu, 26 Nov 2026 23:00:00 GMT",
            },
            3600,
        ),
        (
            {
                "Retry-After": "Thu, 26 Nov 2026 14:00:00 GMT",
                "Date": "Thu, 26 Nov 2026 14:45:00 GMT",
            },
            None,
        ),
        ({}, None),
    ],
)
async def test_retry_after(
    upstream: Upstream,
    client: aiohttp.ClientSession,
    headers: dict[str, str],
    expected: float | None,
) -> None:
    reply = Reply(status=429, headers=headers)
    assert (await trouble(upstream, client, reply)).retry_after == expected


async def test_a_server_that_does_not_answer_in_time(
    upstream: Upstream, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "TIME_OUT", 0.05)
    error = await trouble(upstream, client, Reply(wait=asyncio.Event().wait))
    assert error.trouble is Trouble.TEMPORARY


async def test_a_server_that_is_not_there(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    for url in ("http://127.0.0.1:9/x", "no address"):
        with pytest.raises(SignalError) as caught:
            await fetch(client, url)
        assert caught.value.trouble is Trouble.TEMPORARY


async def test_a_key_goes_to_no_other_server(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    upstream.set("/x", Reply(status=301, headers={"Location": f"{upstream.url}/y"}))
    assert (await fetch(client, f"{upstream.url}/x")).status == 301
    assert upstream.count("/y") == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        ("0,1654", 0.1654),
        ("-1200", -1200.0),
        (None, None),
        (True, None),
        ("ND", None),
        ("nan", None),
        ("1e999", None),
        (10**400, None),
        ([1], None),
    ],
)
def test_number(value: Any, expected: float | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("value", [None, 5, "yesterday", "2026-11-20T10:00:00"])
def test_no_instant(value: Any) -> None:
    with pytest.raises(SignalError):
        moment(value)
