"""The words of contracts and periods."""

import pytest

from custom_components.linky_pilote.engine.reading import Contract, TariffPeriod as P
from custom_components.linky_pilote.engine.tic.tariff import (
    contract_of_option,
    contract_of_text,
    index_periods,
    period_of_text,
)

TEMPO = (
    P.BLUE_OFF_PEAK,
    P.BLUE_PEAK,
    P.WHITE_OFF_PEAK,
    P.WHITE_PEAK,
    P.RED_OFF_PEAK,
    P.RED_PEAK,
)


@pytest.mark.parametrize(
    ("option", "contract"),
    [
        ("BASE", Contract.BASE),
        ("HC..", Contract.OFF_PEAK),
        ("EJP.", Contract.EJP),
        ("BBR(", Contract.TEMPO),
        ("BBR/", Contract.TEMPO),
        ("BBR0", Contract.TEMPO),
        ("BBR?", Contract.TEMPO),
    ],
)
def test_options(option: str, contract: Contract) -> None:
    assert contract_of_option(option) is contract


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("      BASE      ", P.BASE),
        ("BASE            ", P.BASE),
        (" HEURE  CREUSE  ", P.OFF_PEAK),
        (" HEURE  PLEINE  ", P.PEAK),
        ("heures creuses", P.OFF_PEAK),
        ("Heures Pleines", P.PEAK),
        (" HEURE WEEK-END ", P.WEEKEND),
        ("    HC  BLEU    ", P.BLUE_OFF_PEAK),
        ("    HP  BLEU    ", P.BLUE_PEAK),
        ("BLEU HC         ", P.BLUE_OFF_PEAK),
        ("   HC  BLANC    ", P.WHITE_OFF_PEAK),
        ("BLANC HP", P.WHITE_PEAK),
        ("   HC  ROUGE    ", P.RED_OFF_PEAK),
        ("   HP  ROUGE    ", P.RED_PEAK),
        ("HEURE NORMALE", P.NORMAL),
        ("HN", P.NORMAL),
        ("POINTE MOBILE", P.MOVING_PEAK),
        ("PM", P.MOVING_PEAK),
        (" INDEX NON CONSO", P.OTHER),
        ("INDEX INACTIF 2 ", P.OTHER),
        ("H PLEINE/CREUSE ", P.OTHER),
    ],
)
def test_periods(text: str, period: P) -> None:
    assert period_of_text(text) is period


@pytest.mark.parametrize(
    ("name", "contract"),
    [
        ("BASE", Contract.BASE),
        ("base", Contract.BASE),
        ("H PLEINE/CREUSE", Contract.OFF_PEAK),
        ("HEURES PLEINES CREUSES", Contract.OFF_PEAK),
        ("HP/HC", Contract.OFF_PEAK),
        ("TEMPO", Contract.TEMPO),
        ("EJP", Contract.EJP),
        ("PRODUCTEUR", Contract.PRODUCER),
        ("HC et Week-End", Contract.OTHER),
        ("HC SEM WE LUNDI", Contract.OTHER),
        ("OFFRE ZEN", Contract.OTHER),
    ],
)
def test_contracts(name: str, contract: Contract) -> None:
    assert contract_of_text(name, None) is contract


def test_contract_without_a_name() -> None:
    assert contract_of_text(None, None) is None
    assert contract_of_text(None, P.PEAK) is None
    assert contract_of_text(None, P.RED_PEAK) is Contract.TEMPO


@pytest.mark.parametrize(
    ("contract", "running", "period", "periods"),
    [
        (Contract.TEMPO, 4, P.WHITE_PEAK, TEMPO),
        (Contract.TEMPO, None, None, TEMPO),
        (Contract.OFF_PEAK, 1, P.OFF_PEAK, (P.OFF_PEAK, P.PEAK)),
        (Contract.OFF_PEAK, 2, P.PEAK, (P.OFF_PEAK, P.PEAK)),
        (Contract.OFF_PEAK, 1, P.PEAK, (P.PEAK, P.OFF_PEAK)),
        (Contract.OFF_PEAK, 2, P.OFF_PEAK, (P.PEAK, P.OFF_PEAK)),
        (Contract.OFF_PEAK, None, P.PEAK, (P.OFF_PEAK, P.PEAK)),
        (Contract.OFF_PEAK, 2, P.OTHER, (P.OFF_PEAK, P.PEAK)),
        (Contract.OFF_PEAK, 3, P.PEAK, (P.OFF_PEAK, P.PEAK)),
        (Contract.BASE, 1, P.BASE, ()),
        (Contract.OTHER, 3, P.WEEKEND, ()),
        (Contract.PRODUCER, 1, P.OTHER, ()),
        (None, 1, P.PEAK, ()),
    ],
)
def test_periods_of_the_indexes(
    contract: Contract | None,
    running: int | None,
    period: P | None,
    periods: tuple[P, ...],
) -> None:
    assert index_periods(contract, running, period) == periods
