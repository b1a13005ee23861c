"""The picture of the thermostat's guide: what the recorder has of a white and a red day.

LINKY_PILOTE_PICTURES=1 scripts/test --e2e -k tempo_week   keeps it, and
.venv/bin/python scripts/plot_week.py                      draws it, in both languages.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
import json
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

PARIS: Final = ZoneInfo("Europe/Paris")
MIDNIGHT: Final = datetime(2027, 1, 11, tzinfo=PARIS).timestamp()
IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
LIMIT_VA: Final = 6000
COLORS: Final = {"white_peak": "#e8e8e8", "red_peak": "#f6c9c4"}
TEXTS: Final = {
    "en": {
        "meter": "at the meter, VA",
        "limit": "subscribed power",
        "heating": "heating, W",
        "degrees": "°C",
        "target": "target of the thermostat",
        "room": "rooms, mean",
        "heat": "Heat",
        "white_peak": "white peak hours",
        "red_peak": "red peak hours",
    },
    "fr": {
        "meter": "au compteur, VA",
        "limit": "puissance souscrite",
        "heating": "chauffage, W",
        "degrees": "°C",
        "target": "consigne du thermostat",
        "room": "pièces, moyenne",
        "heat": "mode Chauffage",
        "white_peak": "heures pleines blanches",
        "red_peak": "heures pleines rouges",
    },
}

type Row = Sequence[Any]


def at(seconds: float) -> float:
    """Return the hours since the first midnight."""
    return (seconds - MIDNIGHT) / 3600


def numbers(rows: Sequence[Row], place: int = 1) -> tuple[list[float], list[float]]:
    """Return times and values; there is a gap where nothing is known."""
    times, values = [], []
    for row in rows:
        value = row[place] if len(row) > place else None
        times.append(at(row[0]))
        try:
            values.append(float("nan" if value is None else value))
        except ValueError:
            values.append(float("nan"))
    return times, values


def spans(rows: Sequence[Row], state: str) -> Iterator[tuple[float, float]]:
    """Return when something had a state."""
    since: float | None = None
    for row in [*rows, (rows[-1][0], "")]:
        if row[1] == state:
            since = row[0] if since is None else since
        elif since is not None and row[1] not in ("unavailable", "unknown"):
            yield at(since), at(row[0])
            since = None


def summed(kept: dict[str, Sequence[Row]]) -> tuple[list[float], list[float]]:
    """Return the power of all heaters, whenever one of them changed."""
    events = sorted(
        (row[0], name, row[1])
        for name, rows in kept.items()
        if "heater" in name and not name.startswith("Water")
        for row in rows
    )
    now: dict[str, float] = {}
    times, values = [], []
    for when, name, state in events:
        now[name] = float(state) if state not in ("unavailable", "unknown") else 0.0
        times.append(at(when))
        values.append(sum(now.values()))
    return [*times, at(kept["apparent_power"][-1][0])], [*values, values[-1]]


def draw(kept: dict[str, Sequence[Row]], language: str) -> Figure:
    """Return the picture."""
    words = TEXTS[language]
    figure = Figure(figsize=(10, 7), layout="constrained")
    FigureCanvasAgg(figure)
    meter, heating, degrees = figure.subplots(3, sharex=True)
    for axes in (meter, heating, degrees):
        shade(axes, kept["tariff_period"], words)
        axes.grid(alpha=0.3)
    meter.plot(*numbers(kept["apparent_power"]), drawstyle="steps-post", lw=0.6)
    meter.axhline(LIMIT_VA, color="tab:red", lw=1, ls="--", label=words["limit"])
    meter.set_ylabel(words["meter"])
    heating.fill_between(*summed(kept), step="post", color="tab:orange", alpha=0.7)
    heating.set_ylabel(words["heating"])
    thermostat = kept["house_heating"]
    for name, place, color in (("target", 2, "tab:blue"), ("room", 3, "tab:green")):
        degrees.plot(
            *numbers(thermostat, place),
            drawstyle="steps-post",
            color=color,
            label=words[name],
        )
    for begin, end in spans(thermostat, "heat"):
        degrees.plot([begin, end], [21, 21], lw=5, color="tab:orange")
        degrees.text(begin, 21.6, words["heat"], fontsize=8)
    degrees.set_ylim(5, 23.5)
    degrees.set_ylabel(words["degrees"])
    hours = range(6, 50, 4)
    degrees.set_xticks(hours, [f"{hour % 24}:00" for hour in hours])
    degrees.set_xlim(5.7, 48.6)
    meter.legend(loc="upper right", fontsize=8)
    lines, labels = degrees.get_legend_handles_labels()
    degrees.legend(lines[-2:], labels[-2:], loc="lower center", fontsize=8)
    return figure


def shade(axes: Axes, periods: Sequence[Row], words: dict[str, str]) -> None:
    """Colour the dear hours."""
    for period, color in COLORS.items():
        for place, (begin, end) in enumerate(spans(periods, period)):
            label = words[period] if place == 0 else None
            axes.axvspan(begin, end, color=color, label=label, zorder=0)


def main() -> None:
    """Draw it."""
    kept = json.loads((IMAGES / "thermostat-week.json").read_text("utf-8"))
    for language in TEXTS:
        figure = draw(kept, language)
        figure.savefig(IMAGES / f"thermostat-week-{language}.png", dpi=100)


if __name__ == "__main__":
    main()
