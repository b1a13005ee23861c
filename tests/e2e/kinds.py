"""The kinds of meters that the tests add, and what each must become."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from .bench import Frame

type Value = float | str | None

_VOLTS_OF_CONTRACT: Final = 200
_PERIODS: Final = {
    "HC..": "off_peak",
    "HP..": "peak",
    "HN..": "normal",
    "PM..": "moving_peak",
    "HCJB": "blue_off_peak",
    "HPJB": "blue_peak",
    "HCJW": "white_off_peak",
    "HPJW": "white_peak",
    "HCJR": "red_off_peak",
    "HPJR": "red_peak",
    "HC  BLEU": "blue_off_peak",
    "HP  BLEU": "blue_peak",
    "HC  BLANC": "white_off_peak",
    "HP  BLANC": "white_peak",
    "HC  ROUGE": "red_off_peak",
    "HP  ROUGE": "red_peak",
    "BASE": "base",
}
_COLORS: Final = {"BLEU": "blue", "BLAN": "white", "ROUG": "red", "----": "unknown"}
_REGISTER_COLORS: Final = ("unknown", "blue", "white", "red")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an entity must show of a frame, and how."""

    value: Callable[[Frame], Value]
    device_class: str | None = None
    unit: str | None = None
    state_class: str | None = None
    enabled: bool = True
    platform: str = "sensor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of meter."""

    name: str
    setup: MeterSetup
    mode: TicMode
    at: str
    entities: Mapping[str, Expected]
    found: Mapping[str, tuple[str, ...]]
    """What the form says was found, by language."""
    model: str
    maker: str
    moves: tuple[str, ...] = field(
        default=("apparent_power", "index_total", "headroom")
    )
    """What changes within a minute."""


def _number(label: str, factor: float = 1.0) -> Callable[[Frame], float]:
    return lambda frame: int(frame[label]) * factor


def _power(value: Callable[[Frame], Value], *, enabled: bool = True) -> Expected:
    return Expected(
        value=value,
        device_class="apparent_power",
        unit="VA",
        state_class="measurement",
        enabled=enabled,
    )


def _energy(*labels: str, enabled: bool = True) -> Expected:
    return Expected(
        value=lambda frame: sum(int(frame[label]) for label in labels) / 1000,
        device_class="energy",
        unit="kWh",
        state_class="total_increasing",
        enabled=enabled,
    )


def _current(label: str) -> Expected:
    return Expected(
        value=_number(label),
        device_class="current",
        unit="A",
        state_class="measurement",
    )


def _voltage(label: str) -> Expected:
    return Expected(
        value=_number(label),
        device_class="voltage",
        unit="V",
        state_class="measurement",
    )


def _choice(value: Callable[[Frame], Value]) -> Expected:
    return Expected(value=value, device_class="enum")


def _kva(value: Callable[[Frame], Value]) -> Expected:
    return Expected(value=value, device_class="apparent_power", unit="kVA")


def _difference(
    one: Callable[[Frame], float], other: Callable[[Frame], float]
) -> Callable[[Frame], float]:
    return lambda frame: one(frame) - other(frame)


def _headrooms(
    limit: Callable[[Frame], float], *powers: Callable[[Frame], float]
) -> Iterator[tuple[str, Expected]]:
    """Yield what may still be drawn; the limit is that of one phase."""

    def headroom(frame: Frame) -> float:
        return min(limit(frame) - power(frame) for power in powers)

    def percent(frame: Frame) -> float:
        return round(100 * headroom(frame) / limit(frame))

    yield "headroom", _power(headroom)
    yield (
        "headroom_percent",
        Expected(value=percent, unit="%", state_class="measurement"),
    )
    if len(powers) == 1:
        return
    for phase, power in enumerate(powers, 1):
        yield (
            f"headroom_phase_{phase}",
            _power(_difference(limit, power), enabled=False),
        )


def _historical(
    phases: int, contract: Contract, option: str, indexes: Mapping[str, str]
) -> dict[str, Expected]:
    """Return the entities of a meter in historical mode; indexes by their labels."""
    suffixes = ("",) if phases == 1 else ("1", "2", "3")
    currents = [f"IINST{suffix}" for suffix in suffixes]
    names = ["current"] if phases == 1 else [f"current_phase_{n}" for n in (1, 2, 3)]
    powers = (
        [_number("PAPP")]
        if phases == 1
        else [_number(label, _VOLTS_OF_CONTRACT) for label in currents]
    )

    def overloaded(frame: Frame) -> str:
        limit = int(frame["ISOUSC"])
        warned = any(label.startswith("ADIR") for label in frame) or "ADPS" in frame
        over = any(int(frame[label]) > limit for label in currents)
        return "on" if warned or over else "off"

    return {
        "apparent_power": _power(_number("PAPP")),
        "index_total": _energy(*indexes),
        **{f"index_{name}": _energy(label) for label, name in indexes.items()},
        **{name: _current(label) for name, label in zip(names, currents, strict=True)},
        **dict(_headrooms(_number("ISOUSC", _VOLTS_OF_CONTRACT), *powers)),
        "tariff_period": _choice(lambda frame: _PERIODS[frame["PTEC"]]),
        "contract": _choice(lambda _: contract),
        "tariff_name": Expected(value=lambda _: option, enabled=False),
        "subscribed_power": _kva(
            lambda frame: int(frame["ISOUSC"]) * _VOLTS_OF_CONTRACT * phases / 1000
        ),
        "subscribed_current": Expected(
            value=_number("ISOUSC"), device_class="current", unit="A", enabled=False
        ),
        "overload": Expected(
            value=overloaded, device_class="problem", platform="binary_sensor"
        ),
    }


def _standard(
    phases: int, contract: Contract, name: str, indexes: Mapping[str, str]
) -> dict[str, Expected]:
    """Return the entities of a meter in standard mode; indexes by their labels."""
    names = [""] if phases == 1 else [f"_phase_{phase}" for phase in (1, 2, 3)]
    numbered = list(enumerate(names, 1))
    if phases == 1:
        powers = [_number("SINSTS")]
    else:
        powers = [_number(f"SINSTS{phase}") for phase, _ in numbered]

    def overloaded(frame: Frame) -> str:
        return "on" if int(frame["STGE"], 16) >> 7 & 1 else "off"

    entities = {
        "apparent_power": _power(_number("SINSTS")),
        "index_total": _energy("EAST"),
        **{f"index_{name}": _energy(label) for label, name in indexes.items()},
        **{
            f"index_distributor_{number}": _energy(f"EASD0{number}", enabled=False)
            for number in (1, 2, 3, 4)
        },
        **{f"current{name}": _current(f"IRMS{phase}") for phase, name in numbered},
        **{f"voltage{name}": _voltage(f"URMS{phase}") for phase, name in numbered},
        **dict(_headrooms(_number("PREF", 1000 / phases), *powers)),
        "tariff_period": _choice(lambda frame: _PERIODS[frame["LTARF"].strip()]),
        "contract": _choice(lambda _: contract),
        "tariff_name": Expected(value=lambda _: name, enabled=False),
        "subscribed_power": _kva(_number("PREF")),
        "cutoff_power": _kva(_number("PCOUP")),
        "overload": Expected(
            value=overloaded, device_class="problem", platform="binary_sensor"
        ),
    }
    if phases > 1:
        entities |= {
            f"apparent_power_phase_{phase}": _power(power)
            for phase, power in enumerate(powers, 1)
        }
    return entities


TEMPO_HISTORICAL: Final = {
    "BBRHCJB": "blue_off_peak",
    "BBRHPJB": "blue_peak",
    "BBRHCJW": "white_off_peak",
    "BBRHPJW": "white_peak",
    "BBRHCJR": "red_off_peak",
    "BBRHPJR": "red_peak",
}
TEMPO_STANDARD: Final = {
    f"EASF0{number}": name for number, name in enumerate(TEMPO_HISTORICAL.values(), 1)
}


def _color_of_period(frame: Frame) -> str:
    return _PERIODS[frame["PTEC"]].partition("_")[0]


def _register_color(bit: int) -> Callable[[Frame], str]:
    return lambda frame: _REGISTER_COLORS[int(frame["STGE"], 16) >> bit & 3]


OFF_PEAK: Final = Kind(
    name="historical_off_peak",
    setup=MeterSetup(
        seed=11, contract=Contract.OFF_PEAK, subscribed_kva=9, serial="022075000123"
    ),
    mode=TicMode.HISTORICAL,
    at="2026-12-10T19:30",
    entities=_historical(
        1, Contract.OFF_PEAK, "HC..", {"HCHC": "off_peak", "HCHP": "peak"}
    ),
    found={
        "en": (
            "Sagemcom, Linky G3 90 A (1 phase), 2020",
            "022075000123",
            "historical mode, single-phase, consumer",
            "peak and off-peak hours",
            "9 kVA",
        ),
        "fr": (
            "Sagemcom, ",
            "2020",
            "022075000123",
            "mode historique, monophasé, consommateur",
            "heures pleines et heures creuses",
            "9 kVA",
        ),
    },
    maker="Sagemcom",
    model="Linky G3 90 A (1 phase)",
)

THREE_PHASE_TEMPO: Final = Kind(
    name="historical_three_phase_tempo",
    setup=MeterSetup(
        seed=2,
        contract=Contract.TEMPO,
        phases=3,
        subscribed_kva=9,
        serial="042176000456",
    ),
    mode=TicMode.HISTORICAL,
    # tomorrow's red is announced about 20:00
    at="2026-12-08T19:30",
    entities={
        **_historical(3, Contract.TEMPO, "BBR(", TEMPO_HISTORICAL),
        "tempo_today": _choice(_color_of_period),
        "tempo_tomorrow": _choice(lambda frame: _COLORS[frame["DEMAIN"]]),
    },
    found={
        "en": (
            "Landis+Gyr, Linky G3 60 A (3 phases), 2021",
            "042176000456",
            "historical mode, three-phase, consumer",
            "Tempo, white today, tomorrow’s colour not announced yet",
            "9 kVA",
        ),
        "fr": (
            "Landis+Gyr, ",
            "2021",
            "042176000456",
            "mode historique, triphasé, consommateur",
            "Tempo, blanc aujourd’hui, couleur de demain pas encore annoncée",
            "9 kVA",
        ),
    },
    maker="Landis+Gyr",
    model="Linky G3 60 A (3 phases)",
    # its headroom is counted from currents, which are too coarse to move often
    moves=("apparent_power", "index_total"),
)

STANDARD_TEMPO: Final = Kind(
    name="standard_tempo",
    setup=MeterSetup(
        seed=2, contract=Contract.TEMPO, subscribed_kva=9, serial="052261000789"
    ),
    mode=TicMode.STANDARD,
    at="2026-12-09T20:30",
    entities={
        **_standard(1, Contract.TEMPO, "TEMPO", TEMPO_STANDARD),
        "tempo_today": _choice(_register_color(24)),
        "tempo_tomorrow": _choice(_register_color(26)),
    },
    found={
        "en": (
            "Sauter / Stepper, Linky G3 60 A (1 phase), 2022",
            "052261000789",
            "standard mode, single-phase, consumer",
            "Tempo, red today, red tomorrow",
            "9 kVA",
        ),
        "fr": (
            "Sauter / Stepper, ",
            "2022",
            "052261000789",
            "mode standard, monophasé, consommateur",
            "Tempo, rouge aujourd’hui, rouge demain",
            "9 kVA",
        ),
    },
    maker="Sauter / Stepper",
    model="Linky G3 60 A (1 phase)",
)

PRODUCER: Final = Kind(
    name="standard_three_phase_producer",
    setup=MeterSetup(
        seed=14,
        contract=Contract.BASE,
        phases=3,
        producer=True,
        solar=True,
        subscribed_kva=12,
        serial="062376000321",
    ),
    mode=TicMode.STANDARD,
    at="2026-06-10T13:00",
    entities={
        **_standard(3, Contract.BASE, "BASE", {"EASF01": "01"}),
        "injected_power": _power(_number("SINSTI")),
        "index_injected": _energy("EAIT"),
        **{
            f"index_reactive_{quadrant}": Expected(
                value=_number(f"ERQ{quadrant}"),
                device_class="reactive_energy",
                unit="varh",
                state_class="total_increasing",
                enabled=False,
            )
            for quadrant in (1, 2, 3, 4)
        },
    },
    found={
        "en": (
            "Itron, Linky G3 60 A (3 phases), 2023",
            "062376000321",
            "standard mode, three-phase, producer",
            "Base",
            "12 kVA",
        ),
        "fr": (
            "Itron, ",
            "2023",
            "062376000321",
            "mode standard, triphasé, producteur",
            "Base",
            "12 kVA",
        ),
    },
    maker="Itron",
    model="Linky G3 60 A (3 phases)",
    # it is noon in June: the house draws nothing
    moves=("injected_power", "index_injected"),
)

EJP: Final = Kind(
    name="historical_ejp",
    setup=MeterSetup(
        seed=15, contract=Contract.EJP, subscribed_kva=6, serial="031728000654"
    ),
    mode=TicMode.HISTORICAL,
    at="2026-12-10T19:30",
    entities=_historical(
        1, Contract.EJP, "EJP.", {"EJPHN": "normal", "EJPHPM": "moving_peak"}
    ),
    found={
        "en": (
            "Itron, CBE 2007 (1 phase), 2017",
            "031728000654",
            "historical mode, single-phase, consumer",
            "EJP",
            "6 kVA",
        ),
        "fr": (
            "Itron, ",
            "2017",
            "031728000654",
            "mode historique, monophasé, consommateur",
            "EJP",
            "6 kVA",
        ),
    },
    maker="Itron",
    model="CBE 2007 (1 phase)",
)

KINDS: Final = (OFF_PEAK, THREE_PHASE_TEMPO, STANDARD_TEMPO, PRODUCER, EJP)


def shows(state: str, expected: Value) -> bool:
    """Tell whether a state says a value."""
    if isinstance(expected, str):
        return state == expected
    try:
        return expected is not None and abs(float(state) - expected) < 1e-6
    except ValueError:
        return False
