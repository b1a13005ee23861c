"""A day of a run as a picture: power, limit and filter, the loads, the reasons."""

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Final

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from custom_components.linky_pilote.engine.regulation.model import Reason
from demo.moment import Moment

from .outcome import Outcome, Sample
from .run import Scenario

LANGUAGES: Final = ("en", "fr")

_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "power": ("apparent power", "puissance apparente"),
    "filter": ("the breaker's filter", "filtre du disjoncteur"),
    "cutoff": ("cut-off power", "puissance de coupure"),
    "guard": ("guard", "garde"),
    "sun": ("production", "production"),
    "loads": ("managed loads, W", "appareils pilotés, W"),
    "meter": ("at the meter, VA", "au compteur, VA"),
    "reasons": ("why", "pourquoi"),
    "time": ("hour", "heure"),
}
_REASONS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.ABSENT: ("absent", "absence"),
    Reason.ASKED: ("asked for", "demandé"),
    Reason.CARBON: ("carbon", "carbone"),
    Reason.DATA_LOST: ("data lost", "données perdues"),
    Reason.DISINFECTION: ("disinfection", "désinfection"),
    Reason.DRY_CONTACT: ("dry contact", "contact sec"),
    Reason.ECOWATT: ("EcoWatt", "EcoWatt"),
    Reason.EJP_PEAK: ("EJP peak", "pointe EJP"),
    Reason.EMERGENCY: ("emergency", "urgence"),
    Reason.FLOOR: ("room floor", "minimum de la pièce"),
    Reason.FORCED: ("forced", "forcé"),
    Reason.FREQUENCY: ("frequency", "fréquence"),
    Reason.GUARANTEE: ("guarantee", "garantie"),
    Reason.HAND: ("by hand", "à la main"),
    Reason.HEAT: ("heat", "chauffage"),
    Reason.HOT: ("hot", "chaud"),
    Reason.HOUSE_OFF: ("house off", "maison arrêtée"),
    Reason.IN_CYCLE: ("in its cycle", "cycle en cours"),
    Reason.METER_SUSPECT: ("meter suspect", "compteur douteux"),
    Reason.MIN_OFF: ("shortest off time", "arrêt minimal"),
    Reason.MIN_ON: ("shortest on time", "marche minimale"),
    Reason.NOT_CONNECTED: ("not connected", "non branché"),
    Reason.NOT_ENABLED: ("not enabled", "non activé"),
    Reason.NOT_FOLLOWING: ("does not follow", "n’obéit pas"),
    Reason.NO_ROOM: ("no room", "pas de place"),
    Reason.NO_SURPLUS: ("no surplus", "pas de surplus"),
    Reason.OFF_PEAK: ("off-peak", "heures creuses"),
    Reason.OVERLOAD: ("overload", "surcharge"),
    Reason.PAUSED: ("paused", "en pause"),
    Reason.PREHEATING: ("preheating", "préchauffage"),
    Reason.PRICE: ("price", "prix"),
    Reason.RED_PEAK: ("red peak", "pointe rouge"),
    Reason.SATISFIED: ("satisfied", "satisfait"),
    Reason.SCHEDULE: ("schedule", "programme"),
    Reason.SENSOR_LOST: ("sensor lost", "capteur perdu"),
    Reason.SETTLING: ("settling", "stabilisation"),
    Reason.STAGED_START: ("staged start", "reprise étagée"),
    Reason.STARTS_USED_UP: ("starts used up", "démarrages épuisés"),
    Reason.SUPPLIER_PEAK: ("supplier's peak", "pointe du fournisseur"),
    Reason.SURPLUS: ("surplus", "surplus"),
    Reason.SWITCHED_OFF: ("switched off", "arrêté"),
    Reason.TOO_COLD: ("too cold", "trop froid"),
    Reason.UNAVAILABLE: ("unavailable", "indisponible"),
    Reason.WHITE_PEAK: ("white peak", "pointe blanche"),
}
_DEVICES: Final[Mapping[str, tuple[str, str]]] = {
    "living": ("living room", "séjour"),
    "bedroom": ("bedroom", "chambre"),
    "study": ("study", "bureau"),
    "bath": ("bathroom", "salle de bains"),
    "tank": ("hot water", "eau chaude"),
    "car": ("car", "voiture"),
    "panels": ("panels", "panneaux"),
    "battery": ("battery", "batterie"),
    "dishes": ("dishwasher", "lave-vaisselle"),
    "wash": ("washing machine", "lave-linge"),
}
_HOUR_S: Final = 3600.0
_DAY_H: Final = 24
_HOURS: Final = 2
"""Between two ticks."""
_SIZE: Final = (13.0, 9.5)
_SHARES: Final = (3, 3, 2.4)


def plot(outcome: Outcome, scenario: Scenario, path: Path, language: str) -> None:
    """Draw a recorded run; the fullest phase stands for all."""
    place = LANGUAGES.index(language)
    figure = Figure(figsize=_SIZE, layout="constrained")
    FigureCanvasAgg(figure)
    at_meter, at_loads, why = figure.subplots(3, 1, sharex=True, height_ratios=_SHARES)
    start = Moment.at(scenario.start).second - scenario.start
    times = [(sample.time + start) / _HOUR_S for sample in outcome.samples]
    keys = [load.key for load in scenario.loads]
    names = {key: _DEVICES[key][place] if key in _DEVICES else key for key in keys}
    texts = {name: both[place] for name, both in _TEXTS.items()}
    figure.suptitle(outcome.scenario)
    ratio = scenario.settings.guard.ratio
    _draw_meter(at_meter, times, outcome.samples, ratio, texts)
    at_loads.stackplot(
        times,
        [[sample.powers[key] for sample in outcome.samples] for key in keys],
        labels=[names[key] for key in keys],
        step="post",
    )
    at_loads.set_ylabel(texts["loads"])
    at_loads.legend(loc="upper left", bbox_to_anchor=(1, 1))
    _draw_reasons(why, times, outcome.samples, names, place)
    why.set_ylabel(texts["reasons"])
    why.set_xlabel(texts["time"])
    why.set_xlim(times[0], times[-1])
    step = _HOURS if times[-1] - times[0] <= _DAY_H else _DAY_H
    hours = range(ceil(times[0] / step) * step, int(times[-1]) + 1, step)
    why.set_xticks(hours, [f"{hour % _DAY_H:02}:00" for hour in hours])
    figure.savefig(path, format="png")


def _draw_meter(
    axes: Axes,
    times: Sequence[float],
    samples: Sequence[Sample],
    ratio: float,
    texts: Mapping[str, str],
) -> None:
    limits = [sample.limit for sample in samples]
    powers = [max(sample.apparent) for sample in samples]
    axes.plot(times, powers, color="0.6", linewidth=0.7, label=texts["power"])
    filtered = [max(sample.filtered) for sample in samples]
    axes.plot(times, filtered, color="C0", linewidth=1.6, label=texts["filter"])
    axes.plot(times, limits, color="C1", linestyle="--", label=texts["cutoff"])
    guards = [ratio * limit for limit in limits]
    axes.plot(times, guards, color="C3", linestyle="--", label=texts["guard"])
    produced = [-sample.powers.get("panels", 0.0) for sample in samples]
    if any(produced):
        axes.plot(times, produced, color="C8", linewidth=1, label=texts["sun"])
    axes.set_ylim(bottom=0)
    axes.set_ylabel(texts["meter"])
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))


def _draw_reasons(
    axes: Axes,
    times: Sequence[float],
    samples: Sequence[Sample],
    names: Mapping[str, str],
    place: int,
) -> None:
    """Draw a bar for each load, coloured by its reason."""
    colors: dict[Reason, tuple[float, ...]] = {}
    width = times[1] - times[0]
    for row, key in enumerate(names):
        bars: dict[Reason, list[tuple[float, float]]] = {}
        last: Reason | None = None
        for time, sample in zip(times, samples, strict=True):
            reason = sample.reasons.get(key)
            if reason is None:
                last = None
                continue
            its = bars.setdefault(reason, [])
            if reason is last:
                start, length = its.pop()
                its.append((start, length + width))
            else:
                its.append((time, width))
            last = reason
        for reason, spans in bars.items():
            color = colors.setdefault(reason, _color(len(colors)))
            axes.broken_barh(spans, (row - 0.4, 0.8), facecolors=[color])
    axes.set_yticks(range(len(names)), list(names.values()))
    axes.invert_yaxis()
    for reason, color in colors.items():
        axes.plot([], [], color=color, linewidth=6, label=_REASONS[reason][place])
    if colors:
        columns = 1 + (len(colors) > 9)
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), ncols=columns)


def _color(number: int) -> tuple[float, ...]:
    """Return a colour that its neighbours do not have."""
    return tuple(map(float, colormaps["tab20"](number % 20)))
