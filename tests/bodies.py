"""Answers of the services in their documented shape, made up here."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def midnight(day: date) -> str:
    """Return the start of a day in Paris, as RTE writes it."""
    return datetime(day.year, day.month, day.day, tzinfo=PARIS).isoformat()


def rte_tempo(
    colors: Mapping[date, str], *, degraded: Sequence[date] = ()
) -> dict[str, Any]:
    """Return RTE's calendar, newest day first."""
    days = sorted(colors, reverse=True)
    return {
        "tempo_like_calendars": {
            "start_date": midnight(days[-1]) if days else "",
            "end_date": midnight(days[0] + timedelta(1)) if days else "",
            "values": [
                {
                    "start_date": midnight(day),
                    "end_date": midnight(day + timedelta(1)),
                    "value": colors[day],
                    "fallback": day in degraded,
                    "updated_date": midnight(day - timedelta(1)),
                }
                for day in days
            ],
        }
    }


def services_rte(colors: Mapping[date, str]) -> dict[str, Any]:
    """Return a calendar of www.services-rte.com."""
    values: dict[str, str] = {}
    for day, color in colors.items():
        values[day.isoformat()] = color
        values[f"{day.isoformat()}-fallback"] = "false"
    return {"values": values}


def couleur_tempo(day: date, code: int) -> dict[str, Any]:
    """Return a day of www.api-couleur-tempo.fr."""
    return {"dateJour": day.isoformat(), "codeJour": code, "periode": "2026-2027"}


def ecowatt_day(
    day: date,
    level: int = 1,
    hours: Mapping[int, int] | None = None,
    message: str = "Pas d’alerte.",
) -> dict[str, Any]:
    """Return a day of EcoWatt, all of it green but for some hours."""
    return {
        "GenerationFichier": midnight(day),
        "jour": midnight(day),
        "dvalue": level,
        "message": message,
        "values": [
            {"pas": hour, "hvalue": (hours or {}).get(hour, 1)} for hour in range(24)
        ],
    }


def ecowatt(*days: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of EcoWatt."""
    return {"signals": list(days)}


def carbon(zone: str, intensity: float | None, time: datetime) -> dict[str, Any]:
    """Return a carbon intensity of Electricity Maps."""
    return {
        "zone": zone,
        "carbonIntensity": intensity,
        "datetime": time.isoformat(),
        "isEstimated": True,
    }


def breakdown(zone: str, time: datetime, **parts: float | None) -> dict[str, Any]:
    """Return a power breakdown of Electricity Maps."""
    return {
        "zone": zone,
        "datetime": time.isoformat(),
        "powerConsumptionBreakdown": {
            name.replace("_", " "): power for name, power in parts.items()
        },
        "powerImportBreakdown": {"DE": 100, "BE": None},
        "powerExportBreakdown": {"GB": 900},
        "powerImportTotal": 100,
        "powerExportTotal": 900,
        "fossilFreePercentage": 96,
        "renewablePercentage": 26,
        "isEstimated": False,
    }


def forecast(zone: str, start: datetime, *intensities: float) -> dict[str, Any]:
    """Return a forecast of Electricity Maps, by the hour."""
    return {
        "zone": zone,
        "forecast": [
            {
                "carbonIntensity": intensity,
                "datetime": (start + timedelta(hours=place)).isoformat(),
            }
            for place, intensity in enumerate(intensities)
        ],
    }


def eco2mix_row(time: datetime, carbon: int | None = 20) -> dict[str, Any]:
    """Return a quarter of an hour of éCO2mix."""
    known = carbon is not None
    return {
        "date_heure": time.isoformat(),
        "consommation": 60000 if known else None,
        "nucleaire": 40000 if known else None,
        "eolien": 6000 if known else None,
        "eolien_terrestre": "5500",
        "eolien_offshore": "500",
        "solaire": -5 if known else None,
        "hydraulique": 8000 if known else None,
        "bioenergies": 1000 if known else None,
        "gaz": 4500 if known else None,
        "fioul": 400 if known else None,
        "charbon": 100 if known else None,
        "pompage": -500 if known else None,
        "ech_physiques": -2500 if known else None,
        "ech_comm_angleterre": "-1200",
        "ech_comm_espagne": None,
        "taux_co2": carbon,
    }


def eco2mix(*rows: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of ODRÉ."""
    return {"total_count": len(rows), "results": list(rows)}


def tempo_prices(start: str = "2026-01-08") -> dict[str, Any]:
    """Return the prices of Tempo of 1 August 2026, one number as text."""
    return {
        "data": [
            {
                "__id": 1,
                "DATE_DEBUT": start,
                "DATE_FIN": None,
                "P_SOUSCRITE": 6,
                "PART_FIXE_TTC": 189.98,
                "PART_VARIABLE_HCBleu_TTC": 0.1356,
                "PART_VARIABLE_HPBleu_TTC": "0,1654",
                "PART_VARIABLE_HCBlanc_TTC": 0.1536,
                "PART_VARIABLE_HPBlanc_TTC": 0.1921,
                "PART_VARIABLE_HCRouge_TTC": 0.1615,
                "PART_VARIABLE_HPRouge_TTC": 0.7295,
            }
        ],
        "links": {},
        "meta": {},
    }
