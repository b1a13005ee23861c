"""éCO2mix: French production by quarter of an hour, without a key (RTE, by ODRÉ).

Source: odre.opendatasoft.com, data set `eco2mix-national-tr`. Its carbon is that of
burning, per kWh produced in France: no life cycle, no imports.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import aiohttp

from .mix import Carbon, Mix, Origin
from .trouble import SignalError, Trouble
from .web import WITHOUT_KEY, Json, fetch, moment, number, rows

ODRE_URL: Final = "https://odre.opendatasoft.com/api/explore/v2.1"

ZONE: Final = "FR"

_PATH: Final = "catalog/datasets/eco2mix-national-tr/records"
_QUERY: Final = {
    # Rows of the hours to come exist, and are empty
    "where": "taux_co2 is not null",
    "order_by": "date_heure desc",
    "limit": "4",
}
_ORIGINS: Final = {
    "nucleaire": Origin.NUCLEAR,
    "eolien": Origin.WIND,
    "solaire": Origin.SOLAR,
    "hydraulique": Origin.HYDRO,
    "bioenergies": Origin.BIOMASS,
    "gaz": Origin.GAS,
    "fioul": Origin.OIL,
    "charbon": Origin.COAL,
}
_BORDER: Final = "ech_comm_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eco2mix:
    """The last quarter of an hour that is measured."""

    carbon: Carbon
    mix: Mix


class Eco2mixClient:
    """Asks ODRÉ."""

    def __init__(self, session: aiohttp.ClientSession, url: str = ODRE_URL) -> None:
        """Ask at an address."""
        self._session = session
        self._url = url

    async def ask(self, now: datetime) -> Json:
        """Return the last rows."""
        reply = await fetch(self._session, f"{self._url}/{_PATH}", params=_QUERY)
        reply.raise_for_status(WITHOUT_KEY)
        return reply.json()

    def read(self, body: Json) -> Eco2mix:
        """Return what the last row with values says; raise MALFORMED without one."""
        measured = [
            row
            for row in rows(body, "results")
            if number(row.get("taux_co2")) is not None
            and number(row.get("nucleaire")) is not None
        ]
        if not measured:
            raise SignalError(Trouble.MALFORMED, "no row with values")
        return _read(max(measured, key=lambda row: moment(row.get("date_heure"))))

    def join(self, before: Json, body: Json) -> Json:
        """Keep nothing."""
        return body


def _read(row: Mapping[str, Json]) -> Eco2mix:
    time = moment(row.get("date_heure"))
    powers = {
        # At night the sun gives some MW less than nothing
        origin: max(power, 0.0)
        for name, origin in _ORIGINS.items()
        if (power := number(row.get(name))) is not None
    }
    borders = {
        name.removeprefix(_BORDER): power
        for name, value in row.items()
        if name.startswith(_BORDER) and (power := number(value)) is not None
    }
    return Eco2mix(
        carbon=Carbon(zone=ZONE, time=time, intensity=number(row.get("taux_co2"))),
        mix=Mix(
            zone=ZONE,
            time=time,
            powers=powers,
            consumed=False,
            imports=borders,
            exchange=number(row.get("ech_physiques")),
        ),
    )
