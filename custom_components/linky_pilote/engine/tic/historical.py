"""Readings of historical mode (Enedis-NOI-CPT_54E, section 6.1)."""

from collections.abc import Mapping
from typing import Final

from ..reading import ColorSource, Contract, Peak
from . import registers, tariff
from .labels import HISTORICAL_INDEXES
from .parts import Facts, Fields, part
from .values import Values

_NOMINAL_VOLTAGE: Final = 200
"""V; a contracted current is the contracted power over 200 V (54E, section 5.3.6)."""


def _supply(values: Values, facts: Facts, _: Fields) -> Fields:
    period = tariff.HISTORICAL_PERIODS.get(values.raw("PTEC") or "")
    today = tariff.COLOR_OF_PERIOD.get(period) if period else None
    tomorrow = tariff.ANNOUNCED_COLORS.get(values.raw("DEMAIN") or "")
    limit = values.number("ISOUSC")
    return {
        "serial": values.raw("ADCO"),
        "contract_name": values.raw("OPTARIF"),
        "period": period,
        "period_name": values.raw("PTEC"),
        "peak_notice_minutes": values.number("PEJP"),
        "color_today": today,
        "color_today_source": ColorSource.TARIFF_PERIOD if today else None,
        "color_tomorrow": tomorrow,
        "color_tomorrow_source": ColorSource.ANNOUNCEMENT if tomorrow else None,
        "subscribed_current": limit,
        "subscribed_power": limit and limit * _NOMINAL_VOLTAGE * facts.phases,
    }


def _indexes(values: Values, _: Facts, __: Fields) -> Fields:
    option = values.raw("OPTARIF")
    contract = (
        _contract_of_indexes(values)
        if option is None
        else tariff.contract_of_option(option)
    )
    indexes = {
        str(tariff.HISTORICAL_INDEX_PERIODS[label]): index
        for label in tariff.HISTORICAL_INDEXES_OF.get(contract, ())
        if (index := values.number(label)) is not None
    }
    return {
        "contract": contract,
        "indexes": indexes,
        "contract_indexes": frozenset(indexes),
        "total_index": _total_index(values, contract, indexes),
    }


def _records(values: Values, facts: Facts, _: Fields) -> Fields:
    highest = values.number("PMAX")
    return {
        "max_currents": values.phases("IMAX" + _each(facts.phases), facts.phases),
        "peak_yesterday": None if highest is None else Peak(power=highest),
        "meter_status_word": values.raw("MOTDETAT"),
        "timetable_code": values.raw("HHPHC"),
        "missing_phases": values.parse("PPOT", registers.parse_missing_phases, ()),
    }


def _live(values: Values, facts: Facts, fields: Fields) -> Fields:
    currents = values.phases("IINST" + _each(facts.phases), facts.phases)
    limit = fields["subscribed_current"]
    return {
        "apparent_power": values.number("PAPP"),
        "currents": currents,
        "overload": bool(facts.warnings)
        or (bool(limit) and any(current > limit for current in currents)),
        "overload_currents": dict(facts.warnings),
    }


def _each(phases: int) -> str:
    """Return how the labels of a phase end."""
    return "{}" if phases > 1 else ""


def _contract_of_indexes(values: Values) -> Contract | None:
    """Return the contract whose indexes are sent, where OPTARIF never is.

    A meter sends the indexes of its option only (54E, section 6.1.2).
    """
    found = [
        contract
        for contract, labels in {
            **tariff.HISTORICAL_INDEXES_OF,
            Contract.BASE: ("BASE",),
        }.items()
        if values.number(*labels) is not None
    ]
    return found[0] if len(found) == 1 else None


def _total_index(
    values: Values, contract: Contract | None, indexes: Mapping[str, int]
) -> int | None:
    """Return BASE, or the sum of the contract's indexes once all of them are known."""
    if contract is Contract.BASE:
        return values.number("BASE")
    expected = tariff.HISTORICAL_INDEXES_OF.get(contract, ())
    return sum(indexes.values()) if expected and len(indexes) == len(expected) else None


HISTORICAL: Final = (
    part(_supply, "ADCO OPTARIF ISOUSC PTEC PEJP DEMAIN"),
    part(_indexes, "OPTARIF", HISTORICAL_INDEXES),
    part(_records, "IMAX IMAX1 IMAX2 IMAX3 PMAX HHPHC MOTDETAT PPOT"),
    part(
        _live,
        "ISOUSC IINST IINST1 IINST2 IINST3 PAPP ADPS ADIR1 ADIR2 ADIR3",
    ),
)
"""A part comes after those whose fields it takes, and has their labels too."""
