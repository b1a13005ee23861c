"""Electricity Maps, version 4: carbon, origin and forecast for zones of the world.

Source: the service's reference (portal.electricitymaps.com/developer-hub).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import aiohttp

from .mix import Carbon, Mix, Origin
from .trouble import SignalError, Trouble
from .web import Json, fetch, moment, number, rows, table

ELECTRICITY_MAPS_URL: Final = "https://api.electricitymaps.com/v4"

_HORIZON: Final = "72"
"""Hours of forecast; 6, 24, 48 and 72 are offered."""

_FORECAST_EVERY: Final = timedelta(hours=1)
_FORECAST_REFUSED_FOR: Final = timedelta(days=1)

_ORIGINS: Final = {
    "hydro discharge": Origin.STORAGE,
    "battery discharge": Origin.STORAGE,
    **{origin.value: origin for origin in Origin if origin is not Origin.STORAGE},
}
_STORES: Final = ("hydro storage", "battery storage")
_NOT_FOR_THIS_KEY: Final = frozenset({Trouble.NOT_SUBSCRIBED, Trouble.RETIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CarbonHour:
    """The carbon intensity that is expected at a time, in gCO2eq/kWh."""

    time: datetime
    intensity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricityMaps:
    """All that the service says of a zone."""

    carbon: Carbon
    mix: Mix | None
    """None where the plan has neither breakdown nor mix."""
    forecast: tuple[CarbonHour, ...] | None
    """In order; None where the plan has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone that a token can be used for."""

    key: str
    name: str
    """Its own, and that of its country."""


class ElectricityMapsClient:
    """Asks for one zone with a user's token.

    The body that is kept has the answers by name: `carbon`, `breakdown` or `mix`, and
    `forecast`; None for what was refused.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: str,
        zone: str,
        url: str = ELECTRICITY_MAPS_URL,
    ) -> None:
        """Begin as if the plan had everything."""
        self._session = session
        self._token = token
        self._zone = zone
        self._url = url
        self._forecast_after: datetime | None = None

    async def check(self) -> None:
        """Raise what is wrong with the token or with the zone."""
        await self._get("carbon-intensity/latest")

    async def ask(self, now: datetime) -> Json:
        """Return what the service says; the rest is not lost with one part of it."""
        body: dict[str, Json] = {"carbon": await self._get("carbon-intensity/latest")}
        try:
            body["breakdown"] = await self._get("power-breakdown/latest")
        except SignalError as err:
            if err.trouble in _NOT_FOR_THIS_KEY:
                body["mix"] = await self._get_or_none(
                    "electricity-mix/latest", breakdownType="normal"
                )
        if self._forecast_after is None or now >= self._forecast_after:
            await self._ask_forecast(now, body)
        return body

    async def _ask_forecast(self, now: datetime, body: dict[str, Json]) -> None:
        self._forecast_after = now + _FORECAST_EVERY
        try:
            body["forecast"] = await self._get(
                "carbon-intensity/forecast", horizonHours=_HORIZON
            )
        except SignalError as err:
            if err.trouble in _NOT_FOR_THIS_KEY:
                self._forecast_after = now + _FORECAST_REFUSED_FOR
                body["forecast"] = None

    def read(self, body: Json) -> ElectricityMaps:
        """Return what a body says."""
        answers = table(body)
        mix = None
        if answers.get("breakdown") is not None:
            mix = self.read_breakdown(answers["breakdown"])
        elif answers.get("mix") is not None:
            mix = self.read_mix(answers["mix"])
        forecast = answers.get("forecast")
        return ElectricityMaps(
            carbon=self.read_carbon(answers.get("carbon")),
            mix=mix,
            forecast=None if forecast is None else self.read_forecast(forecast),
        )

    def join(self, before: Json, body: Json) -> Json:
        """Keep the parts that were not asked for, or failed, this time."""
        return {**table(before), **table(body)}

    def read_carbon(self, body: Json) -> Carbon:
        """Return the carbon intensity that `carbon-intensity/latest` says."""
        row = self._of_zone(body)
        value = row.get("carbonIntensity", False)
        intensity = number(value)
        if value is not None and (intensity is None or intensity < 0):
            raise SignalError(Trouble.MALFORMED, f"no carbon intensity: {value!r}")
        return Carbon(
            zone=self._zone,
            time=moment(row.get("datetime")),
            intensity=intensity,
            estimated=row.get("isEstimated") is True,
        )

    def read_breakdown(self, body: Json) -> Mix:
        """Return the origins that `power-breakdown/latest` says."""
        row = self._of_zone(body)
        imports = _signed(row.get("powerImportBreakdown"), 1)
        exports = _signed(row.get("powerExportBreakdown"), -1)
        return Mix(
            zone=self._zone,
            time=moment(row.get("datetime")),
            powers=_powers(table(row, "powerConsumptionBreakdown")),
            consumed=True,
            imports=_added(imports, exports),
            exchange=_balance(row.get("powerImportTotal"), row.get("powerExportTotal")),
            estimated=row.get("isEstimated") is True,
            given_renewable=number(row.get("renewablePercentage")),
            given_low_carbon=number(row.get("fossilFreePercentage")),
        )

    def read_mix(self, body: Json) -> Mix:
        """Return the origins that `electricity-mix/latest` says."""
        self._of_zone(body)
        found = rows(body, "data")
        if not found:
            raise SignalError(Trouble.MALFORMED, "no row")
        parts = table(found[0], "mix")
        flows = parts.get("flows")
        if not isinstance(flows, Mapping):
            flows = {}
        return Mix(
            zone=self._zone,
            time=moment(found[0].get("datetime")),
            powers=_powers(parts),
            consumed=False,
            imports={},
            exchange=_balance(flows.get("imports"), flows.get("exports")),
            estimated=found[0].get("isEstimated") is True,
        )

    def read_forecast(self, body: Json) -> tuple[CarbonHour, ...]:
        """Return what `carbon-intensity/forecast` expects."""
        self._of_zone(body)
        hours = [
            CarbonHour(time=moment(row.get("datetime")), intensity=intensity)
            for row in rows(body, "forecast")
            if (intensity := number(row.get("carbonIntensity"))) is not None
        ]
        return tuple(sorted(hours, key=lambda hour: hour.time))

    def _of_zone(self, body: Json) -> Mapping[str, Json]:
        """Return the body of an answer that is for our zone, and not for another."""
        row = table(body)
        if row.get("zone") != self._zone:
            raise SignalError(Trouble.MALFORMED, f"for zone {row.get('zone')!r}")
        return row

    async def _get_or_none(self, path: str, **params: str) -> Json:
        try:
            return await self._get(path, **params)
        except SignalError:
            return None

    async def _get(self, path: str, **params: str) -> Json:
        # Without the switch, a zone that is not known is looked up by our address
        query = {"zone": self._zone, "disableCallerLookup": "true", **params}
        return await _get(self._session, f"{self._url}/{path}", self._token, query)


async def fetch_zones(
    session: aiohttp.ClientSession, token: str, url: str = ELECTRICITY_MAPS_URL
) -> tuple[Zone, ...]:
    """Return the zones that a token may ask for, by name."""
    return read_zones(await _get(session, f"{url}/zones", token, {}))


def read_zones(body: Json) -> tuple[Zone, ...]:
    """Return the zones; those whose access is said, and has no carbon, are left out."""
    zones = []
    for key, value in table(body).items():
        zone = table(value)
        access = zone.get("access")
        if isinstance(access, list) and "carbon-intensity/latest" not in access:
            continue
        names = [zone.get("zoneName"), zone.get("countryName")]
        said = [name for name in names if isinstance(name, str) and name]
        zones.append(Zone(key=key, name=", ".join(said) or key))
    return tuple(sorted(zones, key=lambda zone: zone.name))


async def _get(
    session: aiohttp.ClientSession, url: str, token: str, params: Mapping[str, str]
) -> Json:
    reply = await fetch(session, url, params=params, headers={"auth-token": token})
    if reply.status == 401 and (
        "zoneKey=" in reply.text or "do not have access" in reply.text
    ):
        # The same status as for a wrong key, which has no such words
        raise SignalError(Trouble.NOT_SUBSCRIBED, "not in the plan")
    reply.raise_for_status({403: Trouble.KEY_REFUSED})
    return reply.json()


def _powers(parts: Mapping[str, Json]) -> dict[Origin, float]:
    """Return powers by origin; null is not known, and not nothing."""
    powers: dict[Origin, float] = {}
    stores = {
        name: table(parts[name]).get("discharge")
        for name in _STORES
        if isinstance(parts.get(name), Mapping)
    }
    for name, value in {**parts, **stores}.items():
        origin = Origin.STORAGE if name in _STORES else _ORIGINS.get(name)
        power = number(value) if not isinstance(value, Mapping) else None
        if origin is not None and power is not None:
            powers[origin] = powers.get(origin, 0.0) + power
    return powers


def _balance(imports: Json, exports: Json) -> float | None:
    """Return what comes in less what goes out; None unless both are known."""
    coming, going = number(imports), number(exports)
    return None if coming is None or going is None else coming - going


def _signed(parts: Json, sign: int) -> dict[str, float]:
    if not isinstance(parts, Mapping):
        return {}
    return {
        zone: sign * power
        for zone, value in parts.items()
        if (power := number(value)) is not None
    }


def _added(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    return {
        zone: first.get(zone, 0.0) + second.get(zone, 0.0)
        for zone in sorted(first.keys() | second.keys())
    }
