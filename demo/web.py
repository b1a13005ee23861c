"""A local stand-in for the web services of the grid, fed by the scenario.

Each service has a prefix of its own here, with the paths that it documents. A mark in
the headers of each answer says that it is simulated.
"""

from collections.abc import AsyncIterator, Callable
import contextlib
from datetime import date, datetime, timedelta
from typing import Any, Final

from aiohttp import encode_basic_auth, web

from .announcements import Announcements, Json, regulated_prices
from .moment import PARIS
from .world import World

MARK: Final = {"X-Simulated": "Linky Pilote demo"}
RTE: Final = "/rte"
SERVICES_RTE: Final = "/services-rte"
COULEUR_TEMPO: Final = "/api-couleur-tempo"
ELECTRICITY_MAPS: Final = "/electricity-maps"
ODRE: Final = "/odre"
DATA_GOUV: Final = "/data-gouv"

CLIENT: Final = ("simulated-client", "simulated-secret")
"""Client id and secret that the stand-in of RTE's portal takes."""
KEY: Final = "simulated-key"
"""The key that the stand-in of Electricity Maps takes."""
_TOKEN: Final = "simulated-token"  # noqa: S105
_TOKEN_S: Final = 7200


def addresses(url: str) -> dict[str, str]:
    """Return what to ask instead of each service, by name."""
    return {
        "rte": url + RTE,
        "services_rte": url + SERVICES_RTE,
        "couleur_tempo": url + COULEUR_TEMPO,
        "electricity_maps": url + ELECTRICITY_MAPS,
        "odre": url + ODRE,
        "data_gouv": url + DATA_GOUV,
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

    @routes.get(f"{DATA_GOUV}/resources/{{resource}}/data/")
    async def prices(request: web.Request) -> web.Response:
        kva = int(request.query.get("P_SOUSCRITE__exact", "6"))
        table = regulated_prices(request.match_info["resource"], kva)
        return _json({}, 404) if table is None else _json(table)

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


def _day_of(text: str) -> date:
    return datetime.fromisoformat(text).astimezone(PARIS).date()
