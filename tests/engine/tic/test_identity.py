"""What a meter number says."""

import pytest

from custom_components.linky_pilote.engine.tic import MeterIdentity, identify


@pytest.mark.parametrize(
    ("serial", "maker", "year", "model"),
    [
        ("021861123456", "Sagemcom", 2018, "Linky G3 60 A (1 phase)"),
        ("041776123456", "Landis+Gyr", 2017, "Linky G3 60 A (3 phases)"),
        ("811875123456", "Sagemcom", 2018, "Linky G3 90 A (1 phase)"),
        ("020728123456", "Sagemcom", 2007, "CBE 2007 (1 phase)"),
        ("039826123456", "Itron", 1998, "CBE (3 phases)"),
        ("021067123456", "Sagemcom", 2010, "Linky pilot G1 90 A (1 phase)"),
        ("022186123456", "Sagemcom", 2021, "SEI (1 phase)"),
        ("992199123456", None, 2021, None),
    ],
)
def test_identify(serial: str, maker: str | None, year: int, model: str | None) -> None:
    assert identify(serial) == MeterIdentity(maker=maker, year=year, model=model)


@pytest.mark.parametrize("serial", ["", "02186112345", "0218611234567", "02186112345A"])
def test_not_a_meter_number(serial: str) -> None:
    assert identify(serial) == MeterIdentity(maker=None, year=None, model=None)
