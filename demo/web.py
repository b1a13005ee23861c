"""A local stand-in for the web services of the grid, fed by the scenario.

Everything it says is made up, for the date that the house lives in: colours, alerts,
carbon. The paths and shapes are those that the services document; each has a prefix of
its own here. A mark in the headers of each answer says that it is simulated.
"""

from collections.abc import AsyncIterator, Callable
import contextlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from aiohttp import encode_basic_auth, web

from custom_components.linky_pilote.engine.reading import TempoColor

from .moment import PARIS, Moment
from .production import carbon_g, mix_mw
from .tariff import TEMPO_DAY_HOUR, TEMPO_NIGHT_HOUR
from .tempo import season_year
from .world import World

type Json = Any

MARK: Final = {"X-Simulated": "Linky Pilote demo"}
RTE: Final = "/rte"
SERVICES_RTE: Final = "/services-rte"
COULEUR_TEMPO: Final = "/api-couleur-tempo"
ELECTRICITY_MAPS: Final = "/electricity-maps"
ODRE: Final = "/odre"

CLIENT: Final = ("simulated-client", "simulated-secret")
"""Client id and secret that the stand-in of RTE's portal takes."""
KEY: Final = "simulated-key"
"""The key that the stand-in of Electricity Maps takes."""
_TOKEN: Final = "simulated-token"  # noqa: S105
_TOKEN_S: Final = 7200

PUBLISHED_HOUR: Final = 10.5
"""When the colour of the next day is published: 10:30."""
ECOWATT_DAYS: Final = 4
_MESSAGES: Final = {
    1: "Pas d’alerte.",
    2: "Système électrique tendu.",
    3: "Coupures d’électricité programmées.",
}
_CODES: Final = {
    None: (0, "Inconnu"),
    TempoColor.BLUE: (1, "Bleu"),
    TempoColor.WHITE: (2, "Blanc"),
    TempoColor.RED: (3, "Rouge"),
}
_EUR: Final = {
    TempoColor.BLUE: (0.1356, 0.1654),
    TempoColor.WHITE: (0.1536, 0.1921),
    TempoColor.RED: (0.1615, 0.7295),
}
"""Regulated prices by kWh since 1 August 2026: off-peak, peak."""


class Announcements:
    """What the services know at the instant that the house has reached."""

    def __init__(self, world: World) -> None:
        """Ask that world."""
        self._world = world

    @property
    def now(self) -> Moment:
        """The instant."""
        return self._world.now

    def color(self, day: date) -> TempoColor | None:
        """Return the colour of a day, None before it is published."""
        today = self.now.day
        calendar = self._world.meter.tariff.calendar
        published = self.now.second >= PUBLISHED_HOUR * 3600
        last = today + timedelta(days=1) if published else today
        if day > last and day not in calendar.chosen:
            return None
        # what somebody chose for later is not known to the services before its day
        return calendar.color(day) if day <= today + timedelta(days=1) else None

    def level(self, day: date, hour: int) -> int:
        """Return the EcoWatt level of an hour, 0 to 3."""
        scenario = self._world.scenario
        if scenario is None:
            return 1
        return scenario.ecowatt.get(day.isoformat(), {}).get(hour, 1)

    # --- RTE ---

    def ecowatt(self) -> Json:
        """Return the signals of four days."""
        today = self.now.day
        days = [today + timedelta(days=number) for number in range(ECOWATT_DAYS)]
        made = _midnight(today) - timedelta(hours=1)
        signals = []
        for day in days:
            levels = [self.level(day, hour) for hour in range(24)]
            worst = max(1, *levels)
            signals.append(
                {
                    "GenerationFichier": made.isoformat(),
                    "jour": _midnight(day).isoformat(),
                    "dvalue": worst,
                    "message": _MESSAGES[worst],
                    "values": [
                        {"pas": hour, "hvalue": level}
                        for hour, level in enumerate(levels)
                    ],
                }
            )
        return {"signals": signals}

    def tempo_calendars(self, first: date, end: date) -> Json:
        """Return the colours of some days, the newest first, as far as published."""
        days = [first + timedelta(days=number) for number in range((end - first).days)]
        known = [(day, color) for day in days if (color := self.color(day))]
        values = [
            {
                "start_date": _midnight(day).isoformat(),
                "end_date": _midnight(day + timedelta(days=1)).isoformat(),
                "value": color.upper(),
                "fallback": False,
                "updated_date": datetime.combine(
                    day - timedelta(days=1), time(10, 20), PARIS
                ).isoformat(),
            }
            for day, color in reversed(known)
        ]
        return {
            "tempo_like_calendars": {
                "start_date": _midnight(first).isoformat(),
                "end_date": _midnight(end).isoformat(),
                "values": values,
            }
        }

    # --- without a key ---

    def season(self, year: int) -> dict[str, TempoColor]:
        """Return the published colours of the season that began in a year."""
        first = date(year, 9, 1)
        length = (date(year + 1, 9, 1) - first).days
        days = (first + timedelta(days=number) for number in range(length))
        return {day.isoformat(): color for day in days if (color := self.color(day))}

    def tempo_light(self) -> Json:
        """Return today and tomorrow, as services-rte.com does."""
        days = [self.now.day + timedelta(days=number) for number in (0, 1)]
        values: dict[str, str] = {}
        for day in days:
            color = self.color(day)
            if color is not None:
                values[day.isoformat()] = color.upper()
                values[f"{day.isoformat()}-fallback"] = "false"
        return {"values": values}

    def day(self, day: date) -> Json:
        """Return a day as api-couleur-tempo.fr does."""
        code, name = _CODES[self.color(day)]
        year = season_year(day)
        return {
            "dateJour": day.isoformat(),
            "codeJour": code,
            "periode": f"{year}-{year + 1}",
            "libCouleur": name,
        }

    def present(self) -> Json:
        """Return the colour and price that count now, as api-couleur-tempo.fr does."""
        color = self.color(self.now.day_starting_at(TEMPO_DAY_HOUR))
        peak = TEMPO_DAY_HOUR <= self.now.local.hour < TEMPO_NIGHT_HOUR
        code, name = _CODES[color]
        return {
            "applicableIn": 0,
            "codeCouleur": code,
            "codeHoraire": int(peak),
            "tarifKwh": 0 if color is None else _EUR[color][peak],
            "libTarif": f"{name}-{'HP' if peak else 'HC'}",
        }

    # --- carbon and origin ---

    def eco2mix(self, rows: int) -> Json:
        """Return the last quarters of an hour, as ODRÉ does."""
        last_s = self.now.epoch_s // 900 * 900 - 3600
        results = []
        for number in range(rows):
            moment = Moment.at(last_s - 900 * number)
            mix = mix_mw(moment, self._world.sky)
            total = sum(mix.values())
            results.append(
                {
                    "perimetre": "France",
                    "nature": "Données simulées",
                    "date": moment.day.isoformat(),
                    "heure": f"{moment.local:%H:%M}",
                    "date_heure": _utc(moment.epoch_s, "+00:00"),
                    "consommation": total - 3000,
                    "prevision_j1": total - 2800,
                    "prevision_j": total - 2900,
                    **mix,
                    "eolien_terrestre": str(round(mix["eolien"] * 0.85)),
                    "eolien_offshore": str(round(mix["eolien"] * 0.15)),
                    "pompage": 0,
                    "ech_physiques": -3000,
                    "taux_co2": carbon_g(mix, combustion=True),
                }
            )
        return {"total_count": len(results), "results": results}

    def carbon(self, zone: str) -> Json:
        """Return the carbon intensity of the hour, as Electricity Maps does."""
        hour_s = self.now.epoch_s // 3600 * 3600
        mix = mix_mw(Moment.at(hour_s), self._world.sky)
        return {
            "zone": zone,
            "carbonIntensity": carbon_g(mix, combustion=False),
            **self._times(hour_s),
            "emissionFactorType": "lifecycle",
            "flowTraced": True,
            "isEstimated": True,
            "estimationMethod": "SIMULATED",
            "temporalGranularity": "hourly",
        }

    def carbon_forecast(self, zone: str, hours: int) -> Json:
        """Return the carbon intensity of the hours to come."""
        hour_s = self.now.epoch_s // 3600 * 3600
        coming = [hour_s + 3600 * number for number in range(1, hours + 1)]
        return {
            "zone": zone,
            "forecast": [
                {
                    "carbonIntensity": carbon_g(
                        mix_mw(Moment.at(at_s), self._world.sky), combustion=False
                    ),
                    "datetime": _utc(at_s),
                }
                for at_s in coming
            ],
            "updatedAt": _utc(self.now.epoch_s),
        }

    def breakdown(self, zone: str) -> Json:
        """Return where the electricity of the hour comes from."""
        hour_s = self.now.epoch_s // 3600 * 3600
        mix = mix_mw(Moment.at(hour_s), self._world.sky)
        sources = {_SOURCES[name]: power for name, power in mix.items()}
        total = sum(sources.values())
        green = sum(sources[name] for name in ("wind", "solar", "hydro", "biomass"))
        return {
            "zone": zone,
            **self._times(hour_s),
            "powerConsumptionBreakdown": sources,
            "powerProductionBreakdown": sources,
            "powerImportBreakdown": {},
            "powerExportBreakdown": {},
            "fossilFreePercentage": round(100 * (green + sources["nuclear"]) / total),
            "renewablePercentage": round(100 * green / total),
            "powerConsumptionTotal": total,
            "powerProductionTotal": total,
            "powerImportTotal": 0,
            "powerExportTotal": 0,
            "isEstimated": True,
            "estimationMethod": "SIMULATED",
        }

    def _times(self, hour_s: float) -> dict[str, str]:
        return {
            "datetime": _utc(hour_s),
            "updatedAt": _utc(self.now.epoch_s),
            "createdAt": _utc(hour_s - 3 * 86_400),
        }


_SOURCES: Final = {
    "nucleaire": "nuclear",
    "eolien": "wind",
    "solaire": "solar",
    "hydraulique": "hydro",
    "gaz": "gas",
    "fioul": "oil",
    "charbon": "coal",
    "bioenergies": "biomass",
}


def application(world: World) -> web.Application:
    """Return the services of one world."""
    known = Announcements(world)
    routes = web.RouteTableDef()

    @routes.post(f"{RTE}/token/oauth/")
    @routes.post(f"{RTE}/token/oauth")
    async def token(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != _basic():
            return _json({"error": "invalid_client"}, 401)
        return _json(
            {"access_token": _TOKEN, "token_type": "Bearer", "expires_in": _TOKEN_S}
        )

    def with_token(answer: Callable[[web.Request], Json]) -> Any:
        async def handle(request: web.Request) -> web.Response:
            if request.headers.get("Authorization") != f"Bearer {_TOKEN}":
                return web.Response(status=401, headers=MARK)
            return _json(answer(request))

        return handle

    def calendars(request: web.Request) -> Json:
        query = request.query
        if "start_date" in query:
            return known.tempo_calendars(
                _day_of(query["start_date"]), _day_of(query["end_date"])
            )
        tomorrow = known.now.day + timedelta(days=1)
        day = tomorrow if known.color(tomorrow) else known.now.day
        return known.tempo_calendars(day, day + timedelta(days=1))

    for path in ("ecowatt/v5/signals", "ecowatt/v5/sandbox/signals"):
        routes.get(f"{RTE}/open_api/{path}")(with_token(lambda _: known.ecowatt()))
    routes.get(f"{RTE}/open_api/tempo_like_supply_contract/v1/tempo_like_calendars")(
        with_token(calendars)
    )

    @routes.get(f"{SERVICES_RTE}/tempo")
    async def season(request: web.Request) -> web.Response:
        year = int(request.query["season"].split("-")[0])
        days = known.season(year)
        return _json({"values": {day: color.upper() for day, color in days.items()}})

    @routes.get(f"{SERVICES_RTE}/tempoLight")
    async def light(_request: web.Request) -> web.Response:
        return _json(known.tempo_light())

    @routes.get(f"{COULEUR_TEMPO}/jourTempo/{{day}}")
    async def day(request: web.Request) -> web.Response:
        near = {"yesterday": -1, "today": 0, "tomorrow": 1}
        name = request.match_info["day"]
        if name in near:
            return _json(known.day(known.now.day + timedelta(days=near[name])))
        return _json(known.day(date.fromisoformat(name)))

    @routes.get(f"{COULEUR_TEMPO}/joursTempo")
    async def days(request: web.Request) -> web.Response:
        query = request.query
        period = query.get("periode") or query["periode[]"]
        year = int(period.split("-")[0])
        return _json([known.day(date.fromisoformat(day)) for day in known.season(year)])

    @routes.get(f"{COULEUR_TEMPO}/now")
    async def present(_request: web.Request) -> web.Response:
        return _json(known.present())

    def with_key(answer: Callable[[web.Request], Json]) -> Any:
        async def handle(request: web.Request) -> web.Response:
            if request.headers.get("auth-token") != KEY:
                return _json({"error": "Invalid auth-token"}, 401)
            return _json(answer(request))

        return handle

    for path, answer in _maps(known).items():
        routes.get(f"{ELECTRICITY_MAPS}/{path}")(with_key(answer))

    @routes.get(f"{ODRE}/catalog/datasets/eco2mix-national-tr/records")
    async def records(request: web.Request) -> web.Response:
        return _json(known.eco2mix(int(request.query.get("limit", "10"))))

    app = web.Application()
    app.add_routes(routes)
    return app


def _maps(known: Announcements) -> dict[str, Callable[[web.Request], Json]]:
    def zone(request: web.Request) -> str:
        return request.query.get("zone", "FR")

    return {
        "zones": lambda _: {
            "FR": {
                "zoneName": "France (simulated)",
                "countryName": "France",
                "zoneKey": "FR",
                "countryCode": "FR",
                "access": [
                    "carbon-intensity/latest",
                    "carbon-intensity/forecast",
                    "power-breakdown/latest",
                ],
            }
        },
        "carbon-intensity/latest": lambda request: known.carbon(zone(request)),
        "carbon-intensity/forecast": lambda request: known.carbon_forecast(
            zone(request), int(request.query.get("horizonHours", "24"))
        ),
        "power-breakdown/latest": lambda request: known.breakdown(zone(request)),
    }


@contextlib.asynccontextmanager
async def served(world: World, port: int = 0) -> AsyncIterator[str]:
    """Serve on this machine only; give the address. Port 0: any free one."""
    runner = web.AppRunner(application(world), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        host, port, *_ = runner.addresses[0]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def _json(body: Json, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers=MARK)


def _basic() -> str:
    return encode_basic_auth(*CLIENT)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def _day_of(text: str) -> date:
    return datetime.fromisoformat(text).astimezone(PARIS).date()


def _utc(epoch_s: float, suffix: str = ".000Z") -> str:
    return f"{datetime.fromtimestamp(epoch_s, UTC):%Y-%m-%dT%H:%M:%S}{suffix}"
