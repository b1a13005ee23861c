"""Electricity Maps, éCO2mix and the regulated prices."""

from datetime import UTC, date, datetime, timedelta

import aiohttp
import pytest

from custom_components.linky_pilote.engine.reading import Contract, TariffPeriod
from custom_components.linky_pilote.engine.signals import (
    Eco2mixClient,
    ElectricityMapsClient,
    Origin,
    PricesClient,
    SignalError,
    Trouble,
    fetch_zones,
)

from ...bodies import (
    breakdown,
    carbon,
    eco2mix,
    eco2mix_row,
    forecast,
    tempo_prices,
)
from ...upstream import (
    BREAKDOWN,
    CARBON,
    ECO2MIX,
    FORECAST,
    MIX,
    PRICES,
    ZONES,
    Reply,
    Upstream,
)

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
NOT_IN_PLAN = Reply(
    status=401, body={"error": "Request unauthorized for zoneKey=FR,requestType=x"}
)


@pytest.fixture
def maps(upstream: Upstream, client: aiohttp.ClientSession) -> ElectricityMapsClient:
    """Return a client of a plan that has everything."""
    upstream.set(CARBON, carbon("FR", 41, NOW))
    upstream.set(
        BREAKDOWN,
        breakdown(
            "FR", NOW, nuclear=70, wind=10, hydro_discharge=15, battery_discharge=5
        ),
    )
    upstream.set(FORECAST, forecast("FR", NOW, 40, 50))
    return ElectricityMapsClient(client, "token", "FR", upstream.url)


async def test_all_of_a_zone(upstream: Upstream, maps: ElectricityMapsClient) -> None:
    answer = maps.read(await maps.ask(NOW))
    assert answer.carbon.intensity == 41
    assert answer.carbon.estimated
    mix = answer.mix
    assert mix is not None
    assert mix.consumed
    assert mix.share(Origin.NUCLEAR) == 70
    assert mix.share(Origin.STORAGE) == 20
    assert mix.share(Origin.COAL) is None
    assert (mix.renewable, mix.low_carbon) == (26, 96)
    assert mix.exchange == -800
    assert mix.imports == {"DE": 100, "GB": -900}
    assert answer.forecast is not None
    assert [hour.intensity for hour in answer.forecast] == [40, 50]
    asked = upstream.last(CARBON)
    assert asked.query == {"zone": "FR", "disableCallerLookup": "true"}
    assert asked.headers["auth-token"] == "token"


async def test_the_forecast_is_asked_for_once_an_hour(
    upstream: Upstream, maps: ElectricityMapsClient
) -> None:
    first = await maps.ask(NOW)
    second = maps.join(first, await maps.ask(NOW + timedelta(minutes=15)))
    assert upstream.count(FORECAST) == 1
    assert maps.read(second).forecast is not None
    await maps.ask(NOW + timedelta(minutes=60))
    assert upstream.count(FORECAST) == 2


async def test_a_plan_without_forecast_and_breakdown(
    upstream: Upstream, maps: ElectricityMapsClient
) -> None:
    upstream.set(FORECAST, NOT_IN_PLAN)
    upstream.set(BREAKDOWN, NOT_IN_PLAN)
    mix = {"nuclear": 30, "solar": 10, "battery storage": {"charge": 5, "discharge": 0}}
    row = {"datetime": NOW.isoformat(), "mix": mix}
    upstream.set(MIX, {"zone": "FR", "data": [row]})
    answer = maps.read(await maps.ask(NOW))
    assert answer.forecast is None
    assert answer.mix is not None
    assert not answer.mix.consumed
    assert answer.mix.renewable == 25
    assert answer.mix.low_carbon == 100
    await maps.ask(NOW + timedelta(hours=23))
    assert upstream.count(FORECAST) == 1

    upstream.set(MIX, NOT_IN_PLAN)
    answer = maps.read(await maps.ask(NOW))
    assert answer.mix is None
    assert answer.carbon.intensity == 41


async def test_a_part_that_fails_keeps_what_was_known(
    upstream: Upstream, maps: ElectricityMapsClient
) -> None:
    before = await maps.ask(NOW)
    upstream.set(BREAKDOWN, Reply(status=500))
    upstream.set(FORECAST, Reply(status=500))
    body = maps.join(before, await maps.ask(NOW + timedelta(hours=1)))
    answer = maps.read(body)
    assert answer.mix is not None
    assert answer.forecast is not None


@pytest.mark.parametrize("zone", ["DE", None])
async def test_another_zone_is_not_ours(
    upstream: Upstream, maps: ElectricityMapsClient, zone: str | None
) -> None:
    upstream.set(CARBON, carbon(zone, 300, NOW))  # type: ignore[arg-type]
    with pytest.raises(SignalError) as caught:
        maps.read(await maps.ask(NOW))
    assert caught.value.trouble is Trouble.MALFORMED


async def test_zones(upstream: Upstream, client: aiohttp.ClientSession) -> None:
    upstream.set(
        ZONES,
        {
            "FR": {"zoneName": "France", "access": ["carbon-intensity/latest"]},
            "DE": {"zoneName": "Germany", "access": []},
            "ES": {"zoneName": "Mainland", "countryName": "Spain"},
        },
    )
    zones = await fetch_zones(client, "token", upstream.url)
    assert [(zone.key, zone.name) for zone in zones] == [
        ("FR", "France"),
        ("ES", "Mainland, Spain"),
    ]


async def test_eco2mix(upstream: Upstream, client: aiohttp.ClientSession) -> None:
    hour = timedelta(hours=1)
    upstream.set(
        ECO2MIX,
        eco2mix(
            eco2mix_row(NOW + hour, None), eco2mix_row(NOW - hour, 18), eco2mix_row(NOW)
        ),
    )
    eco = Eco2mixClient(client, upstream.url)
    answer = eco.read(await eco.ask(NOW))
    assert answer.carbon.intensity == 20
    assert answer.carbon.time == NOW
    assert answer.mix.share(Origin.NUCLEAR) == pytest.approx(200 / 3)
    assert answer.mix.share(Origin.SOLAR) == 0
    assert answer.mix.renewable == 25
    assert answer.mix.exchange == -2500
    assert answer.mix.imports == {"angleterre": -1200}
    assert sum(answer.mix.share(o) or 0 for o in Origin) == pytest.approx(100)
    with pytest.raises(SignalError):
        eco.read(eco2mix(eco2mix_row(NOW, None)))


@pytest.mark.parametrize(
    ("written", "since"),
    [
        ("2026-01-08", date(2026, 8, 1)),
        ("2026-08-01", date(2026, 8, 1)),
        ("2026-01-02", date(2026, 2, 1)),
        ("2026-02-01T00:00:00", date(2026, 2, 1)),
    ],
)
async def test_prices(
    upstream: Upstream, client: aiohttp.ClientSession, written: str, since: date
) -> None:
    upstream.set(PRICES, tempo_prices(written))
    prices = PricesClient(client, Contract.TEMPO, 6, upstream.url)
    answer = prices.read(await prices.ask(NOW))
    assert answer.since == since
    assert answer.by_period[TariffPeriod.BLUE_PEAK] == 0.1654
    assert answer.by_period[TariffPeriod.RED_PEAK] == 0.7295
    assert answer.outdated(date(2027, 1, 31)) is (since.month == 2)
    assert answer.outdated(date(2027, 2, 1))
    assert upstream.last("/data/").query["P_SOUSCRITE__exact"] == "6"


@pytest.mark.parametrize("column", ["DATE_DEBUT", "PART_VARIABLE_HPRouge_TTC"])
def test_prices_that_cannot_be_read(column: str) -> None:
    prices = PricesClient(None, Contract.TEMPO, 6)  # type: ignore[arg-type]
    for value in (None, "", 0, "x-y-z"):
        body = tempo_prices()
        body["data"][0][column] = value
        with pytest.raises(SignalError):
            prices.read(body)
