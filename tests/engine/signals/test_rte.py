"""RTE: the token, EcoWatt, and the official calendar."""

import asyncio
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from custom_components.linky_pilote.engine.signals import (
    PARIS,
    EcowattClient,
    RtePortal,
    RteTempoClient,
    SignalError,
    Trouble,
    read_credentials,
)

from ...bodies import ecowatt, ecowatt_day, rte_tempo
from ...upstream import ECOWATT, RTE_TEMPO, TOKEN, Reply, Upstream

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


@pytest.fixture
def portal(upstream: Upstream, client: aiohttp.ClientSession) -> RtePortal:
    """Return an application."""
    upstream.set(ECOWATT, ecowatt(ecowatt_day(DAY)))
    upstream.set(RTE_TEMPO, rte_tempo({DAY: "BLUE"}))
    return RtePortal(client, "id", "secret", upstream.url)


async def test_one_token_for_all(upstream: Upstream, portal: RtePortal) -> None:
    client = EcowattClient(portal)
    tempo = RteTempoClient(portal)
    await asyncio.gather(client.ask(NOW), tempo.ask(NOW), client.ask(NOW))
    assert upstream.count(TOKEN) == 1
    token = upstream.last(TOKEN)
    assert token.headers["Authorization"] == "Basic aWQ6c2VjcmV0"
    assert token.form == {"grant_type": "client_credentials"}
    assert upstream.last(ECOWATT).headers["Authorization"] == "Bearer token-1"

    await client.ask(NOW + timedelta(seconds=7139))
    assert upstream.count(TOKEN) == 1
    await client.ask(NOW + timedelta(seconds=7140))
    assert upstream.count(TOKEN) == 2


async def test_a_refused_token_is_renewed_once(
    upstream: Upstream, portal: RtePortal
) -> None:
    good = ecowatt(ecowatt_day(DAY))
    upstream.set(ECOWATT, Reply(status=401), good)
    await EcowattClient(portal).ask(NOW)
    assert upstream.count(TOKEN) == 2
    assert upstream.last(ECOWATT).headers["Authorization"] == "Bearer token-2"

    upstream.set(ECOWATT, Reply(status=401))
    with pytest.raises(SignalError) as caught:
        await EcowattClient(portal).ask(NOW)
    assert caught.value.trouble is Trouble.KEY_REFUSED
    assert upstream.count(ECOWATT) == 4


async def test_check(upstream: Upstream, portal: RtePortal) -> None:
    await portal.check(NOW)
    upstream.set(TOKEN, Reply(status=400, body={"error": "invalid_client"}))
    with pytest.raises(SignalError) as caught:
        await portal.check(NOW)
    assert caught.value.trouble is Trouble.KEY_REFUSED


@pytest.mark.parametrize("status", [200, 401, 403, 404, 500])
async def test_trouble_at_the_portal_is_no_wrong_key(
    upstream: Upstream, portal: RtePortal, status: int
) -> None:
    upstream.set(TOKEN, Reply(status=status, body={}))
    with pytest.raises(SignalError) as caught:
        await portal.check(NOW)
    assert caught.value.trouble is Trouble.TEMPORARY


def test_credentials_as_people_paste_them() -> None:
    both = b64encode(b"id:secret").decode()
    assert read_credentials(" id ", "secret\n") == ("id", "secret")
    assert read_credentials(both, "") == ("id", "secret")
    assert read_credentials("id", both) == ("id", "secret")
    assert read_credentials("aWQ=", "x") == ("aWQ=", "x"), "one half is no pair"


async def test_ecowatt_is_by_the_hour_of_the_clock(
    upstream: Upstream, portal: RtePortal
) -> None:
    day = date(2026, 11, 21)
    upstream.set(
        ECOWATT,
        ecowatt(
            ecowatt_day(day, 3, {18: 3, 19: 2, 4: 0}, " Alerte "), ecowatt_day(DAY)
        ),
    )
    client = EcowattClient(portal)
    answer = client.read(await client.ask(NOW))
    assert list(answer.days) == [DAY, day], "in order"
    assert answer.days[day].message == "Alerte"
    at = datetime(2026, 11, 21, tzinfo=PARIS)
    levels = [answer.level_at(at.replace(hour=hour)) for hour in (3, 4, 18, 19, 20)]
    assert levels == [1, 0, 3, 2, 1]
    assert answer.level_at(at + timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
async def test_ecowatt_when_the_clock_changes(
    upstream: Upstream, portal: RtePortal, day: date, hours: int
) -> None:
    levels = {hour: hour % 2 + 1 for hour in range(24)}
    upstream.set(ECOWATT, ecowatt(ecowatt_day(day, 2, levels)))
    client = EcowattClient(portal)
    answer = client.read(await client.ask(NOW))
    spans = answer.spans
    length = timedelta()
    for span, following in zip(spans, [*spans[1:], None], strict=True):
        assert following is None or span.end == following.start
        length += span.end.astimezone(UTC) - span.start.astimezone(UTC)
        for moment in (span.start, span.end - timedelta(seconds=1)):
            assert answer.level_at(moment) == span.level
    assert length == timedelta(hours=hours)


async def test_ecowatt_keeps_the_days_that_were(
    upstream: Upstream, portal: RtePortal
) -> None:
    client = EcowattClient(portal)
    upstream.set(ECOWATT, ecowatt(ecowatt_day(DAY, 3), ecowatt_day(date(2026, 11, 21))))
    before = await client.ask(NOW)
    upstream.set(ECOWATT, ecowatt(ecowatt_day(date(2026, 11, 21), 2)))
    body = client.join(before, await client.ask(NOW + timedelta(days=1)))
    assert {
        str(day): int(one.level) for day, one in client.read(body).days.items()
    } == {
        "2026-11-20": 3,
        "2026-11-21": 2,
    }
    later = client.join(body, await client.ask(NOW + timedelta(days=32)))
    assert list(client.read(later).days) == [date(2026, 11, 21)]


@pytest.mark.parametrize(
    "signal",
    [
        {"dvalue": 1, "values": []},
        {"jour": "soon", "dvalue": 1, "values": []},
        {"jour": "2026-11-20", "dvalue": 4, "values": []},
        {"jour": "2026-11-20", "values": []},
        {"jour": "2026-11-20", "dvalue": 1},
    ],
)
async def test_ecowatt_that_cannot_be_read(
    portal: RtePortal, signal: dict[str, Any]
) -> None:
    with pytest.raises(SignalError):
        EcowattClient(portal).read({"signals": [signal]})


async def test_tempo_asks_a_year_at_once(upstream: Upstream, portal: RtePortal) -> None:
    await RteTempoClient(portal).ask(datetime(2026, 10, 24, 22, 30, tzinfo=UTC))
    assert upstream.last(RTE_TEMPO).query == {
        "start_date": "2025-10-26T00:00:00+02:00",
        "end_date": "2026-10-27T00:00:00+01:00",
        "fallback_status": "true",
    }


async def test_tempo_before_it_is_published(
    upstream: Upstream, portal: RtePortal
) -> None:
    early = {"error": "TMPLIKSUPCON_TMPLIKCAL_F04"}
    upstream.set(RTE_TEMPO, Reply(status=400, body=early), rte_tempo({DAY: "RED"}))
    client = RteTempoClient(portal)
    assert client.read(await client.ask(NOW)).colors == {DAY: "red"}
    assert upstream.last(RTE_TEMPO).query["end_date"] == "2026-11-21T00:00:00+01:00"
    upstream.set(RTE_TEMPO, Reply(status=400, body=["?"]))
    with pytest.raises(SignalError) as caught:
        await client.ask(NOW)
    assert caught.value.trouble is Trouble.REFUSED


async def test_tempo_without_a_colour(portal: RtePortal) -> None:
    body = rte_tempo({DAY: "BLUE", date(2026, 11, 19): "PINK"})
    answer = RteTempoClient(portal).read(body)
    assert answer.colors == {DAY: "blue"}
    body["tempo_like_calendars"]["values"][0]["start_date"] = None
    with pytest.raises(SignalError):
        RteTempoClient(portal).read(body)
