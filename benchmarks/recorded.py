"""Draws a run that the end-to-end tests have recorded in a real Home Assistant.

    python -m benchmarks.recorded tests/e2e/output/run-cloud.json docs/images/loads-cloud

makes `loads-cloud-en.png` and `loads-cloud-fr.png`: what was measured as lines, what
loads were as bars, what happened as marks.
"""

import argparse
from collections.abc import Mapping, Sequence
from datetime import datetime
import json
from math import ceil
from pathlib import Path
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from demo.moment import PARIS

_LANGUAGES: Final = ("en", "fr")
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "cloud": ("a cloud comes", "un nuage arrive"),
    "meter": ("at the meter", "au compteur"),
    "off": ("power cut", "coupure"),
    "on": ("power is back", "le courant revient"),
    "panels": ("solar panels", "panneaux solaires"),
    "tank": ("water heater", "chauffe-eau"),
    "running": ("running", "en marche"),
    "satisfied": ("satisfied", "satisfait"),
    "shed": ("shed", "délesté"),
    "unavailable": ("unknown", "inconnu"),
    "Bedroom heater (simulated)": ("bedroom heater", "radiateur chambre"),
    "Child's room heater (simulated)": ("child’s heater", "radiateur enfant"),
    "Lamp": ("lamp", "lampe"),
    "Water heater (simulated)": ("water heater", "chauffe-eau"),
}
_COLORS: Final = {
    "running": "C1",
    "satisfied": "C8",
    "shed": "C3",
    "unavailable": "0.8",
}
_LINES: Final = {"meter": "0.5", "panels": "C8", "tank": "C1"}

_TICK: Final = 600
"""s."""

type Rows = Sequence[tuple[float, str]]


def _said(word: str, place: int) -> str:
    return _WORDS.get(word, (word, word))[place]


def _number(state: str) -> float:
    try:
        return float(state)
    except ValueError:
        return float("nan")


def _clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, PARIS):%H:%M}"


def _draw_lines(axes: Axes, states: Mapping[str, Rows], place: int) -> None:
    for what, color in _LINES.items():
        if rows := states.get(what):
            axes.step(
                [when for when, _ in rows],
                [_number(state) for _, state in rows],
                where="post",
                color=color,
                label=_said(what, place),
            )
    axes.set_ylabel("W, VA")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))


def _draw_bars(axes: Axes, states: Mapping[str, Rows], end: float, place: int) -> None:
    seen: set[str] = set()
    for row, rows in enumerate(states.values()):
        ends = [*(when for when, _ in rows[1:]), end]
        for (start, state), until in zip(rows, ends, strict=True):
            if state in _COLORS:
                seen.add(state)
                span = start, until - start
                axes.broken_barh([span], (row - 0.4, 0.8), facecolors=_COLORS[state])
    axes.set_yticks(range(len(states)), [_said(name, place) for name in states])
    axes.invert_yaxis()
    for state in _COLORS:
        if state in seen:
            label = _said(state, place)
            axes.plot([], [], color=_COLORS[state], linewidth=6, label=label)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))


def draw(run: Mapping[str, Any], path: Path, language: str) -> None:
    """Draw a run in a language."""
    place = _LANGUAGES.index(language)
    states: dict[str, Rows] = run["states"]
    bars = {
        what: rows
        for what, rows in states.items()
        if what not in _LINES and any(state in _COLORS for _, state in rows)
    }
    figure = Figure(figsize=(11, 3.5 + 0.5 * len(bars)), layout="constrained")
    FigureCanvasAgg(figure)
    shares = (3, 0.45 * len(bars)) if bars else (1,)
    found = figure.subplots(
        len(shares), 1, sharex=True, squeeze=False, height_ratios=shares
    )
    axes: list[Axes] = [one for (one,) in found]
    _draw_lines(axes[0], states, place)
    end = max(rows[-1][0] for rows in states.values() if rows)
    if bars:
        _draw_bars(axes[1], bars, end, place)
    for name, instant in run["marks"].items():
        at = datetime.fromisoformat(instant).timestamp()
        for one in axes:
            one.axvline(at, color="C0", linestyle="--", linewidth=1)
        axes[0].annotate(
            _said(name, place),
            (at, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, -12),
            textcoords="offset points",
            color="C0",
        )
    first = min(rows[0][0] for rows in states.values() if rows)
    ticks = range(ceil(first / _TICK) * _TICK, int(end) + 1, _TICK)
    axes[-1].set_xticks(ticks, [_clock(tick) for tick in ticks])
    figure.savefig(path, format="png")


def main(argv: list[str] | None = None) -> None:
    """Draw in both languages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="run-NAME.json")
    parser.add_argument("pictures", type=Path, help="path, to which -en.png is added")
    args = parser.parse_args(argv)
    run = json.loads(args.run.read_text("utf-8"))
    for language in _LANGUAGES:
        name = f"{args.pictures.name}-{language}.png"
        draw(run, args.pictures.with_name(name), language)


if __name__ == "__main__":
    main()
