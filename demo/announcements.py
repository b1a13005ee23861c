"""What the web services of the grid would say at the instant the house lives in.

Everything is made up from the scenario, in the shapes that the services document.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

from custom_components.linky_pilote.engine.reading import TempoColor

from .moment import PARIS, Moment
from .production import carbon_g, mix_mw
from .tariff import TEMPO_DAY_HOUR, TEMPO_NIGHT_HOUR
from .tempo import season_year
from .world import World

type Json = Any

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


_PRICES: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "c13d05e5-9e55-4d03-bf7e-042a2ade7e49": {"PART_VARIABLE_TTC": 0.2001},
        "f7303b3a-93c7-4242-813d-84919034c416": {
            "PART_VARIABLE_HC_TTC": 0.1589,
            "PART_VARIABLE_HP_TTC": 0.2142,
        },
        "0c3d1d36-c412-4620-8566-e5cbb4fa2b5a": {
            f"PART_VARIABLE_{hours}{_CODES[color][1]}_TTC": price
            for color, prices in _EUR.items()
            for hours, price in zip(("HC", "HP"), prices, strict=True)
        },
    }
)
"""Prices by kWh by table: base, off-peak hours, Tempo (regulated, since then)."""


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


def regulated_prices(resource: str, kva: int) -> Json | None:
    """Return the prices of a contract as data.gouv.fr does, None for another table."""
    if resource not in _PRICES:
        return None
    row = {
        "__id": 1,
        # 1 August 2026: that table has the day before the month
        "DATE_DEBUT": "2026-01-08",
        "DATE_FIN": None,
        "P_SOUSCRITE": kva,
        "PART_FIXE_TTC": 190.32,
        **_PRICES[resource],
    }
    return {"data": [row], "links": {}, "meta": {}}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def _utc(epoch_s: float, suffix: str = ".000Z") -> str:
    return f"{datetime.fromtimestamp(epoch_s, UTC):%Y-%m-%dT%H:%M:%S}{suffix}"
