"""Measured homes and skies, from a folder of compressed tables, second by second."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime
import gzip
from pathlib import Path
from typing import Final

_MINUTE_S: Final = 60
_DAY_MIN: Final = 1440
_NOT_APPLIANCES: Final = frozenset({"s", "total_w"})
_SKIES: Final = (("pv_1min_*", "frac_of_max"), ("irr_1min_*", "frac_of_1000"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A day of a home that nobody manages, by second."""

    name: str
    watts: array[float]
    apparent: array[float] | None = None
    """VA, where it was measured."""
    parts: Mapping[str, array[float]] = field(default_factory=dict)
    """W of each appliance, where it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """A day of sun, as shares of the panels' peak power by second."""

    name: str
    shares: array[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfHour:
    """Mean powers in W of half an hour; None is missing."""

    time: float
    load: float | None
    production: float | None
    forecast: float | None


def homes(folder: Path) -> tuple[Home, ...]:
    """Return the days measured each second."""
    return tuple(_home(path) for path in sorted(folder.glob("home_1s_*.csv.gz")))


def sceaux_days(folder: Path) -> tuple[Home, ...]:
    """Return the days of the French house, each minute held for 60 s."""
    paths = sorted(folder.glob("fr_sceaux_1min_*.csv.gz"))
    return tuple(day for path in paths for day in _sceaux(path))


def skies(folder: Path) -> tuple[Sky, ...]:
    """Return the days of sun, straight lines between the minutes."""
    return tuple(
        Sky(name=_name(path, 2), shares=_straight(_column(path, column)))
        for pattern, column in _SKIES
        for path in sorted(folder.glob(f"{pattern}.csv.gz"))
    )


def half_hours(folder: Path) -> tuple[HalfHour, ...]:
    """Return the long series of half hours."""
    return tuple(
        HalfHour(
            time=datetime.fromisoformat(row["ts_utc"]).replace(tzinfo=UTC).timestamp(),
            load=_number(row["load_w"]),
            production=_number(row["pv_w"]),
            forecast=_number(row["pv_forecast_w"]),
        )
        for path in sorted(folder.glob("home_30min_*.csv.gz"))
        for row in _rows(path)
    )


def _home(path: Path) -> Home:
    rows = list(_rows(path))
    return Home(
        name=_name(path, 2),
        watts=array("f", (float(row["total_w"]) for row in rows)),
        parts={
            name: array("f", (float(row[name]) for row in rows))
            for name in rows[0]
            if name not in _NOT_APPLIANCES
        },
    )


def _sceaux(path: Path) -> Iterator[Home]:
    days: dict[str, tuple[list[float], list[float]]] = {}
    watts = apparent = 0.0
    for row in _rows(path):
        power, volts, amperes = (_number(row[key]) for key in ("p_w", "u_v", "i_a"))
        # a minute that is missing is like the one before
        if power is not None and volts is not None and amperes is not None:
            watts, apparent = power, max(power, volts * amperes)
        day = days.setdefault(row["ts_local"][:10], ([], []))
        day[0].append(watts)
        day[1].append(apparent)
    for date, (powers, seen) in days.items():
        if len(powers) == _DAY_MIN:
            yield Home(name=f"sceaux {date}", watts=_held(powers), apparent=_held(seen))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)


def _column(path: Path, name: str) -> list[float]:
    return [float(row[name]) for row in _rows(path)]


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _held(minutes: Sequence[float]) -> array[float]:
    return array("f", (value for value in minutes for _ in range(_MINUTE_S)))


def _straight(minutes: Sequence[float]) -> array[float]:
    following = [*minutes[1:], minutes[-1]]
    return array(
        "f",
        (
            value + (after - value) * second / _MINUTE_S
            for value, after in zip(minutes, following, strict=True)
            for second in range(_MINUTE_S)
        ),
    )


def _name(path: Path, skipped: int) -> str:
    """Return what the file's name tells apart from its kind and step."""
    return " ".join(path.name.removesuffix(".csv.gz").split("_")[skipped:])
