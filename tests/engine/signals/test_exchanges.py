"""Every exchange that is known of the services: the documented reading or error.

They are read in place, through a real server; without them this is skipped, and the
other tests have exchanges of their own.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from fnmatch import fnmatch
import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import pytest

from custom_components.linky_pilote.engine.reading import Contract
from custom_components.linky_pilote.engine.signals import (
    Client,
    Eco2mixClient,
    EcowattClient,
    ElectricityMapsClient,
    KeylessTempoClient,
    PricesClient,
    RtePortal,
    RteTempoClient,
    SignalError,
    Trouble,
    fetch_zones,
)

from ...upstream import (
    BREAKDOWN,
    CARBON,
    COULEUR_TODAY,
    COULEUR_TOMORROW,
    ECO2MIX,
    ECOWATT,
    FORECAST,
    MIX,
    PRICES,
    RTE_TEMPO,
    TEMPO_LIGHT,
    TOKEN,
    ZONES,
    Reply,
    Upstream,
)

FOLDER: Final = Path(__file__).parents[4] / "shared" / "apis"
FILES: Final = sorted(
    path for path in FOLDER.glob("*/*.json") if path.stem != "regulated_prices"
)
NOW: Final = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)

type Read = Callable[[Any], object]


def colors(answer: Any) -> dict[str, str]:
    return {day.isoformat(): str(color) for day, color in answer.colors.items()}


def ecowatt(answer: Any) -> list[tuple[str, int, int | None]]:
    """Return days with their level, and the level at 8."""
    return [
        (day.isoformat(), int(one.level), one.hours[8])
        for day, one in answer.days.items()
    ]


def intensity(answer: Any) -> object:
    return answer.carbon.intensity


def fossil_free(answer: Any) -> object:
    return round(answer.mix.low_carbon, 1)


EXPECTED: Final[Mapping[str, Trouble | tuple[Read, object]]] = {
    # --- RTE's portal
    "rte-oauth/token_200": (ecowatt, []),
    "rte-oauth/token_401_invalid_client": Trouble.KEY_REFUSED,
    "rte-oauth/token_200_without_access_token": Trouble.TEMPORARY,
    "rte-oauth/token_503_html": Trouble.TEMPORARY,
    "rte-oauth/token_429": Trouble.QUOTA,
    # --- EcoWatt
    "ecowatt/v5_signals_200_green_with_zero_hours": (lambda a: len(a.days), 4),
    "ecowatt/v5_signals_200_orange_and_red": (
        lambda a: [int(day.level) for day in a.days.values()],
        [1, 2, 3, 1],
    ),
    "ecowatt/v5_signals_200_three_days": (lambda a: len(a.days), 3),
    "ecowatt/v4_signals_200_recorded_2022-12-05": (
        ecowatt,
        [(f"2022-12-0{day}", 1, 1) for day in (5, 6, 7, 8)],
    ),
    "ecowatt/sandbox_signals_200": (
        lambda a: [day.day for day in a.days],
        [3, 4, 5, 6],
    ),
    "ecowatt/v5_signals_200_no_signals": (ecowatt, []),
    "ecowatt/v5_signals_200_*": Trouble.MALFORMED,
    "ecowatt/v5_signals_401": Trouble.KEY_REFUSED,
    "ecowatt/v5_signals_403_not_subscribed": Trouble.NOT_SUBSCRIBED,
    "ecowatt/v5_signals_429": Trouble.QUOTA,
    "ecowatt/v5_signals_50*": Trouble.TEMPORARY,
    # --- Tempo, official
    "tempo-rte/calendars_200_one_day": (colors, {"2024-09-02": "blue"}),
    "tempo-rte/calendars_200_range_newest_first": (
        colors,
        {
            "2026-01-04": "blue",
            "2026-01-05": "red",
            "2026-01-06": "red",
            "2026-01-07": "red",
            "2026-01-08": "white",
        },
    ),
    "tempo-rte/calendars_200_list_wrapper": (lambda a: bool(a.colors), True),
    "tempo-rte/calendars_200_day_without_value": (
        lambda a: date(2022, 12, 28) in a.colors,
        False,
    ),
    "tempo-rte/calendars_200_tomorrow_not_published": (
        lambda a: date(2026, 11, 21) in a.colors,
        False,
    ),
    "tempo-rte/calendars_200_fallback_true": (
        lambda a: a.degraded,
        frozenset({date(2026, 11, 21)}),
    ),
    "tempo-rte/calendars_200_no_values": (colors, {}),
    "tempo-rte/calendars_200_*": Trouble.MALFORMED,
    "tempo-rte/calendars_400_*": Trouble.REFUSED,
    "tempo-rte/calendars_401": Trouble.KEY_REFUSED,
    "tempo-rte/calendars_403_not_subscribed": Trouble.NOT_SUBSCRIBED,
    "tempo-rte/calendars_429": Trouble.QUOTA,
    "tempo-rte/calendars_50*": Trouble.TEMPORARY,
    # --- Tempo without a key
    "tempo-keyless/services-rte_tempo_season_200": (
        lambda a: colors(a)["2026-01-08"] + str(len(a.colors)),
        "white16",
    ),
    "tempo-keyless/services-rte_tempoLight_200_both_known": (
        colors,
        {"2026-11-20": "blue", "2026-11-21": "white"},
    ),
    "tempo-keyless/services-rte_tempoLight_200_tomorrow_unknown": (
        colors,
        {"2026-11-20": "blue"},
    ),
    # refused for the season: today and tomorrow are known all the same
    "tempo-keyless/services-rte_tempo_403_html": (colors, {}),
    "tempo-keyless/api-couleur-tempo_today_200": (colors, {"2026-11-20": "blue"}),
    "tempo-keyless/api-couleur-tempo_tomorrow_200_*": (colors, {}),
    "tempo-keyless/api-couleur-tempo_joursTempo_200_all_zero": (colors, {}),
    "tempo-keyless/api-couleur-tempo_joursTempo_200": (
        colors,
        {"2026-01-04": "blue", "2026-01-05": "red", "2026-01-08": "white"},
    ),
    "tempo-keyless/api-couleur-tempo_404": Trouble.RETIRED,
    "tempo-keyless/edf_400_missing_headers": Trouble.REFUSED,
    "tempo-keyless/api-couleur-tempo_500": Trouble.TEMPORARY,
    # --- Electricity Maps
    "electricitymaps/v3_carbon-intensity_latest_200": (intensity, 216),
    "electricitymaps/v4_carbon-intensity_latest_200": (intensity, 75),
    "electricitymaps/v4_200_null_intensity": (intensity, None),
    "electricitymaps/v4_carbon-intensity_forecast_200": (
        lambda a: [hour.intensity for hour in a.forecast],
        [77, 79],
    ),
    "electricitymaps/v3_power-breakdown_latest_200_DE": (fossil_free, 34),
    "electricitymaps/v4_power-breakdown_latest_200_FR": (fossil_free, 95.0),
    "electricitymaps/v4_electricity-mix_latest_200": (
        lambda a: (
            {str(key): power for key, power in a.mix.powers.items()},
            a.mix.exchange,
        ),
        (
            {
                "biomass": 229.05,
                "wind": 1008.25,
                "solar": 71.06,
                "gas": 14.76,
                "oil": 4.32,
            },
            -39,
        ),
    ),
    "electricitymaps/v4_zones_200_access": (
        lambda zones: [zone.key for zone in zones],
        ["DK-DK2"],
    ),
    "electricitymaps/v4_200_*": Trouble.MALFORMED,
    "electricitymaps/v4_400_bad_parameter": Trouble.REFUSED,
    "electricitymaps/v4_401_invalid_token": Trouble.KEY_REFUSED,
    "electricitymaps/v4_401_not_in_plan": Trouble.NOT_SUBSCRIBED,
    "electricitymaps/v3_403_access_denied": Trouble.KEY_REFUSED,
    "electricitymaps/v3_404_no_route": Trouble.RETIRED,
    "electricitymaps/v4_429": Trouble.QUOTA,
    "electricitymaps/v4_500": Trouble.TEMPORARY,
    "electricitymaps/v3_503": Trouble.TEMPORARY,
    # --- éCO2mix
    "odre/records_v21_200_latest_with_null_rows": (
        lambda a: a.carbon.time.isoformat(),
        "2026-11-20T17:15:00+00:00",
    ),
    "odre/records_v21_400_odsql": Trouble.REFUSED,
    "odre/records_v21_404_dataset": Trouble.RETIRED,
    "odre/records_v21_429": Trouble.QUOTA,
    "odre/records_v21_500": Trouble.TEMPORARY,
    # --- prices
    "tariffs/tabular_tempo_200_*": (
        lambda a: (a.since.isoformat(), a.by_period["red_peak"]),
        ("2026-08-01", 0.7295),
    ),
    "tariffs/tabular_base_200": (lambda a: a.by_period["base"], 0.2001),
    "tariffs/tabular_hphc_200": (lambda a: a.by_period["off_peak"], 0.1589),
    "tariffs/tabular_404": Trouble.RETIRED,
    "tariffs/tabular_500": Trouble.TEMPORARY,
    # --- answers to questions that we don't ask must never be taken for ours
    "*": Trouble.MALFORMED,
}
"""By folder and file, the first that fits."""

NOT_ASKED: Final = {
    "electricitymaps/v3_carbon-intensity_history_200_FR",
    "electricitymaps/v3_home-assistant_200_no_data",
    "electricitymaps/v3_home-assistant_200_ok",
    "electricitymaps/v3_power-breakdown_history_200_DE_excerpt",
    "electricitymaps/v4_electricity-flows_latest_200",
    "odre/ecowatt_archive_200",
    "odre/exports_v21_200_full_rows",
    "odre/search_v1_200_legacy",
    "tariffs/csv_tempo_200",
    "tempo-keyless/api-couleur-tempo_24h_200_partly_unknown",
    "tempo-keyless/api-couleur-tempo_now_200",
    "tempo-keyless/api-couleur-tempo_stats_200",
    "tempo-keyless/api-couleur-tempo_tarifs_200",
    "tempo-keyless/edf_calendrier_200",
    "tempo-keyless/edf_calendrier_200_tomorrow_undefined",
    "tempo-keyless/edf_saisons_200",
}


def key_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def load(path: Path) -> dict[str, Any]:
    exchange: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return exchange


def expected(path: Path) -> Trouble | tuple[Read, object]:
    return next(
        outcome for glob, outcome in EXPECTED.items() if fnmatch(key_of(path), glob)
    )


async def ask[T](client: Client[T]) -> T:
    return client.read(await client.ask(NOW))


async def ask_of(
    folder: str,
    name: str,
    request: dict[str, Any],
    upstream: Upstream,
    reply: Reply,
    session: aiohttp.ClientSession,
) -> object:
    """Ask the client that a folder belongs to, with this exchange in its way."""
    url = upstream.url
    portal = RtePortal(session, "id", "secret", url)
    zone = request.get("params", {}).get("zone", "FR")
    maps = ElectricityMapsClient(session, "token", zone, url)
    match folder:
        case "rte-oauth":
            upstream.set(TOKEN, reply)
            upstream.set(ECOWATT, {"signals": []})
            return await ask(EcowattClient(portal))
        case "ecowatt":
            upstream.set(ECOWATT, reply)
            return await ask(EcowattClient(portal))
        case "tempo-rte":
            upstream.set(RTE_TEMPO, reply)
            return await ask(RteTempoClient(portal))
        case "tempo-keyless":
            return await ask_keyless(name, upstream, reply, session)
        case "odre":
            upstream.set(ECO2MIX, reply)
            return await ask(Eco2mixClient(session, url))
        case "tariffs":
            contract = Contract.TEMPO
            if "base" in name:
                contract = Contract.BASE
            elif "hphc" in name:
                contract = Contract.OFF_PEAK
            upstream.set(PRICES, reply)
            return await ask(PricesClient(session, contract, 6, url))
    if name.startswith("v4_zones"):
        upstream.set(ZONES, reply)
        return await fetch_zones(session, "token", url)
    good = {"zone": zone, "carbonIntensity": 1, "datetime": NOW.isoformat()}
    upstream.set(CARBON, good)
    path = urlsplit(request["url"]).path
    where = next((p for p in (FORECAST, BREAKDOWN, MIX) if path.endswith(p)), CARBON)
    if where in (BREAKDOWN, MIX) and reply.status != 200:
        where = CARBON  # of these parts an error is not the whole answer's
    upstream.set(where, reply)
    return await ask(maps)


async def ask_keyless(
    name: str, upstream: Upstream, reply: Reply, session: aiohttp.ClientSession
) -> object:
    if name.startswith("services-rte"):
        upstream.set(TEMPO_LIGHT, {"values": {}})
        upstream.set("/tempoLight" if "Light" in name else "/tempo", reply)
    else:
        unknown = {"dateJour": "2026-11-20", "codeJour": 0}
        upstream.set(COULEUR_TODAY, unknown)
        upstream.set(COULEUR_TOMORROW, unknown)
        upstream.set("/joursTempo" if "jours" in name else COULEUR_TODAY, reply)
    return await ask(KeylessTempoClient(session, upstream.url, upstream.url))


@pytest.mark.skipif(not FILES, reason="the exchanges are not beside the project")
@pytest.mark.parametrize("path", FILES, ids=key_of)
async def test_exchange(
    path: Path, upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    exchange = load(path)
    response = exchange["response"]
    reply = Reply(
        status=response["status"],
        body=response["json"] if "json" in response else response["text"],
        headers=response["headers"],
    )
    outcome = expected(path)
    answer: Awaitable[object] = ask_of(
        path.parent.name, path.stem, exchange["request"], upstream, reply, client
    )
    if isinstance(outcome, Trouble):
        with pytest.raises(SignalError) as caught:
            await answer
        assert caught.value.trouble is outcome
        if "Retry-After" in response["headers"]:
            assert caught.value.retry_after == float(response["headers"]["Retry-After"])
        return
    read, value = outcome
    assert read(await answer) == value


@pytest.mark.skipif(not FILES, reason="the exchanges are not beside the project")
def test_each_exchange_has_an_expectation_of_its_own() -> None:
    others = {key_of(path) for path in FILES} - {
        key_of(path)
        for path in FILES
        if any(fnmatch(key_of(path), glob) for glob in EXPECTED if glob != "*")
    }
    assert others == NOT_ASKED | {
        "odre/records_v21_200_empty",
        "odre/records_v21_200_malformed",
        "odre/records_v21_200_taux_co2",
        "tariffs/tabular_200_empty",
    }
