"""The groups of historical mode, in the meter's order."""

from collections.abc import Iterator

from custom_components.linky_pilote.engine.reading import TempoColor

from .meter import Snapshot
from .state import TOTAL
from .tariff import EJP_NOTICE_MIN, OFFERS

type Group = tuple[str, str, str | None]

_DEMAIN = {
    None: "----",
    TempoColor.BLUE: "BLEU",
    TempoColor.WHITE: "BLAN",
    TempoColor.RED: "ROUG",
}
# a Linky always sends these, 54E section 6.1
_IMAX = {1: "090", 3: "060"}
_HIGHEST_PAPP_VA = 99_990


def long_frame(snapshot: Snapshot) -> list[Group]:
    """Return the groups of a complete frame."""
    return [(label, data, None) for label, data in _long_frame(snapshot)]


def short_frame(snapshot: Snapshot) -> list[Group]:
    """Return the groups of a short frame, sent on three phases in an overload."""
    groups = [
        (f"ADIR{phase}", f"{snapshot.currents_a[phase - 1]:03d}", None)
        for phase in snapshot.overloaded_phases
    ]
    return [
        *groups,
        ("ADCO", snapshot.setup.number, None),
        *((label, data, None) for label, data in _currents(snapshot)),
    ]


def overload_warning(snapshot: Snapshot) -> Group:
    """Return the warning of a single-phase meter."""
    return ("ADPS", f"{snapshot.currents_a[0]:03d}", None)


def _long_frame(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    setup = snapshot.setup
    offer = OFFERS[setup.contract]
    tempo = snapshot.tariff.color_today is not None
    yield "ADCO", setup.number
    yield "OPTARIF", offer.optarif
    yield "ISOUSC", f"{setup.subscribed_a:02d}"
    for band in offer.bands:
        yield band.label, f"{snapshot.indexes_wh.get(band.period, 0):09d}"
    if snapshot.tariff.ejp_notice:
        yield "PEJP", f"{EJP_NOTICE_MIN:02d}"
    yield "PTEC", snapshot.tariff.band.ptec
    if tempo:
        yield "DEMAIN", _DEMAIN[snapshot.tariff.color_tomorrow]
    yield from _currents(snapshot)
    single = setup.phases == 1
    if single and snapshot.overloaded_phases:
        yield overload_warning(snapshot)[:2]
    for suffix in _suffixes(setup.phases):
        yield f"IMAX{suffix}", _IMAX[setup.phases]
    if not single:
        best = snapshot.yesterday.get(TOTAL)
        yield "PMAX", f"{round(best.va if best else 0):05d}"
    rounded = min(round(snapshot.drawn_va, -1), _HIGHEST_PAPP_VA)
    yield "PAPP", f"{rounded:05d}"
    yield "HHPHC", "A"
    yield "MOTDETAT", "000000"
    if not single:
        yield "PPOT", "00"


def _currents(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    suffixes = _suffixes(snapshot.setup.phases)
    for suffix, current in zip(suffixes, snapshot.currents_a, strict=True):
        yield f"IINST{suffix}", f"{current:03d}"


def _suffixes(phases: int) -> tuple[str, ...]:
    return ("",) if phases == 1 else ("1", "2", "3")
