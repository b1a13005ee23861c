"""The stand-in for the web services: documented shapes, for the simulated date."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from demo import web
from demo.scenarios import SCENARIOS, seconds
from demo.virtual_line import LineSetup
from demo.world import World

pytestmark = pytest.mark.usefixtures("socket_enabled")


class Services:
    """The services of one world, and somebody who asks them."""

    def __init__(self, world: World, url: str, session: aiohttp.ClientSession) -> None:
        self.world = world
        self._url = url
        self._session = session

    def go_to(self, at: str) -> None:
        """Let it be that time, without living until then."""
        self.world.meter.state.epoch_s = seconds(at)

    async def get(self, path: str, **headers: str) -> Any:
        """Return what a service says, or the status of its refusal."""
        async with self._session.get(self._url + path, headers=headers) as answer:
            assert answer.headers["X-Simulated"]
            return await answer.json() if answer.status == 200 else answer.status

    async def token(self, client: str, secret: str) -> Any:
        """Ask RTE's portal for a token; return the status and what it says."""
        headers = {"Authorization": aiohttp.encode_basic_auth(client, secret)}
        url = f"{self._url}{web.RTE}/token/oauth/"
        form = {"grant_type": "client_credentials"}
        async with self._session.post(url, headers=headers, data=form) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """Serve a red day, from the morning before its announcement on."""
    scenario = SCENARIOS["red-day"]
    setup = LineSetup(
        link=tmp_path / "meter", meter=scenario.meter(), start_s=scenario.start_s
    )
    world = World(setup, scenario)
    async with web.served(world) as url, aiohttp.ClientSession() as session:
        yield Services(world, url, session)


async def test_colours_come_at_half_past_ten(services: Services) -> None:
    services.go_to("2027-01-12T10:00")
    # nobody has chosen it: it is the seed's
    del services.world.meter.tariff.calendar.chosen[date(2027, 1, 13)]
    light = await services.get(f"{web.SERVICES_RTE}/tempoLight")
    assert light == {"values": {"2027-01-12": "RED", "2027-01-12-fallback": "false"}}
    tomorrow = await services.get(f"{web.COULEUR_TEMPO}/jourTempo/tomorrow")
    assert tomorrow == {
        "dateJour": "2027-01-13",
        "codeJour": 0,
        "periode": "2026-2027",
        "libCouleur": "Inconnu",
    }
    services.go_to("2027-01-12T10:31")
    light = await services.get(f"{web.SERVICES_RTE}/tempoLight")
    assert "2027-01-13" in light["values"]


async def test_the_price_of_the_moment(services: Services) -> None:
    services.go_to("2027-01-12T05:59")
    now = await services.get(f"{web.COULEUR_TEMPO}/now")
    assert (now["codeCouleur"], now["codeHoraire"], now["tarifKwh"]) == (2, 0, 0.1536)
    services.go_to("2027-01-12T06:00")
    now = await services.get(f"{web.COULEUR_TEMPO}/now")
    assert (now["codeCouleur"], now["codeHoraire"], now["tarifKwh"]) == (3, 1, 0.7295)


async def test_rte_wants_its_token(services: Services) -> None:
    path = f"{web.RTE}/open_api/ecowatt/v5/signals"
    assert await services.get(path) == 401
    assert (await services.token("somebody", "else"))[0] == 401
    status, granted = await services.token(*web.CLIENT)
    assert (status, granted["token_type"], granted["expires_in"]) == (
        200,
        "Bearer",
        7200,
    )
    bearer = f"Bearer {granted['access_token']}"
    body = await services.get(path, Authorization=bearer)
    first = body["signals"][0]
    assert len(body["signals"]) == 4
    assert first["jour"] == "2027-01-12T00:00:00+01:00"
    assert first["dvalue"] == 3
    levels = [value["hvalue"] for value in first["values"]]
    assert (levels[7], levels[8], levels[18]) == (1, 2, 3)

    path = f"{web.RTE}/open_api/tempo_like_supply_contract/v1/tempo_like_calendars"
    query = (
        "?start_date=2027-01-11T00:00:00%2B01:00&end_date=2027-01-13T00:00:00%2B01:00"
    )
    body = await services.get(path + query, Authorization=bearer)
    values = body["tempo_like_calendars"]["values"]
    assert [(day["start_date"], day["value"]) for day in values] == [
        ("2027-01-12T00:00:00+01:00", "RED"),
        ("2027-01-11T00:00:00+01:00", "WHITE"),
    ]


async def test_carbon_and_origin(services: Services) -> None:
    path = f"{web.ELECTRICITY_MAPS}/power-breakdown/latest?zone=FR"
    assert await services.get(path) == 401
    body = await services.get(path, **{"auth-token": web.KEY})
    sources = body["powerProductionBreakdown"]
    assert sum(sources.values()) == body["powerProductionTotal"]
    assert sources["nuclear"] > sources["gas"] > 0
    carbon = await services.get(
        f"{web.ELECTRICITY_MAPS}/carbon-intensity/latest?zone=FR",
        **{"auth-token": web.KEY},
    )
    assert carbon["datetime"] == "2027-01-12T04:00:00.000Z"
    assert 10 < carbon["carbonIntensity"] < 200
    body = await services.get(
        f"{web.ODRE}/catalog/datasets/eco2mix-national-tr/records?limit=4"
    )
    times = [row["date_heure"] for row in body["results"]]
    assert times[:2] == ["2027-01-12T03:45:00+00:00", "2027-01-12T03:30:00+00:00"]
    assert all(row["taux_co2"] < carbon["carbonIntensity"] for row in body["results"])


async def test_prices_of_the_three_contracts(services: Services) -> None:
    path = f"{web.DATA_GOUV}/resources/{{}}/data/?P_SOUSCRITE__exact=9"
    table = await services.get(path.format("0c3d1d36-c412-4620-8566-e5cbb4fa2b5a"))
    (row,) = table["data"]
    assert row["P_SOUSCRITE"] == 9
    assert row["PART_VARIABLE_HPRouge_TTC"] == 0.7295
    assert row["PART_VARIABLE_HCBleu_TTC"] == 0.1356
    assert await services.get(path.format("unknown")) == 404
