"""Tempo without a key: two sources, neither of them promised."""

from datetime import UTC, date, datetime, timedelta

import aiohttp
import pytest

from custom_components.linky_pilote.engine.signals import (
    KeylessTempoClient,
    SignalError,
    TempoSource,
    Trouble,
)

from ...bodies import couleur_tempo, services_rte
from ...upstream import (
    COULEUR_SEASON,
    COULEUR_TODAY,
    COULEUR_TOMORROW,
    TEMPO_LIGHT,
    TEMPO_SEASON,
    Reply,
    Upstream,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
NEXT = date(2026, 11, 21)
EARLIER = date(2026, 11, 3)


@pytest.fixture
def tempo(upstream: Upstream, client: aiohttp.ClientSession) -> KeylessTempoClient:
    """Return a client, and a first source that works."""
    upstream.set(TEMPO_SEASON, services_rte({EARLIER: "WHITE", DAY: "BLUE"}))
    upstream.set(TEMPO_LIGHT, services_rte({DAY: "BLUE", NEXT: "RED"}))
    return KeylessTempoClient(client, upstream.url, upstream.url)


async def test_season_once_a_day(upstream: Upstream, tempo: KeylessTempoClient) -> None:
    answer = tempo.read(await tempo.ask(NOW))
    assert answer.source is TempoSource.SERVICES_RTE
    assert answer.colors == {EARLIER: "white", DAY: "blue", NEXT: "red"}
    await tempo.ask(NOW + timedelta(hours=2))
    assert upstream.count(TEMPO_SEASON) == 1
    assert upstream.last(TEMPO_SEASON).query == {"season": "2026-2027"}
    await tempo.ask(NOW + timedelta(days=1))
    assert upstream.count(TEMPO_SEASON) == 2
    assert upstream.last(TEMPO_LIGHT).headers["User-Agent"].startswith("LinkyPilote/")


async def test_what_was_said_of_tomorrow_must_be_said_again(
    upstream: Upstream, tempo: KeylessTempoClient
) -> None:
    before = await tempo.ask(NOW)
    upstream.set(TEMPO_LIGHT, services_rte({DAY: "BLUE"}))
    body = tempo.join(before, await tempo.ask(NOW + timedelta(hours=1)))
    assert tempo.read(body).colors == {EARLIER: "white", DAY: "blue"}


async def test_the_copy_answers_when_the_page_does_not(
    upstream: Upstream, tempo: KeylessTempoClient
) -> None:
    upstream.set(TEMPO_LIGHT, Reply(status=403, body="<html>Access Denied</html>"))
    upstream.set(COULEUR_SEASON, [couleur_tempo(EARLIER, 2), couleur_tempo(NEXT, 0)])
    upstream.set(COULEUR_TODAY, couleur_tempo(DAY, 3))
    upstream.set(COULEUR_TOMORROW, couleur_tempo(NEXT, 0))
    answer = tempo.read(await tempo.ask(NOW))
    assert answer.source is TempoSource.API_COULEUR_TEMPO
    assert answer.colors == {EARLIER: "white", DAY: "red"}


async def test_nobody_answers(upstream: Upstream, tempo: KeylessTempoClient) -> None:
    upstream.set(TEMPO_LIGHT, Reply(status=500))
    upstream.set(COULEUR_TODAY, Reply(status=429, headers={"Retry-After": "77"}))
    with pytest.raises(SignalError) as caught:
        await tempo.ask(NOW)
    assert caught.value.trouble is Trouble.QUOTA
    assert caught.value.retry_after == 77
    assert "services-rte.com" in caught.value.detail


def test_a_kept_answer_that_cannot_be_read(tempo: KeylessTempoClient) -> None:
    for body in (
        {},
        {"source": "?", "values": {}},
        {"source": "rte", "values": {"x": "red"}},
    ):
        with pytest.raises(SignalError):
            tempo.read(body)  # type: ignore[arg-type]
