"""The checksum, and groups and frames written with it."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_pilote.engine.tic import (
    checksum,
    encode_frame,
    encode_group,
)

from .lines import HISTORICAL, STANDARD


@pytest.mark.parametrize(
    ("label", "data", "expected"),
    [
        ("ADCO", "012345678912", "G"),
        ("HCHC", "004196915", ")"),
        ("PTEC", "HP..", " "),
        ("IINST", "009", " "),
        ("PPOT", "00", "#"),
    ],
)
def test_historical(label: str, data: str, expected: str) -> None:
    group = encode_group(HISTORICAL, label, data)
    assert group == f"\n{label} {data} {expected}\r".encode()


@pytest.mark.parametrize(
    ("label", "stamp", "data", "expected"),
    [
        ("VTIC", None, "02", "J"),
        ("EAST", None, "011887649", ";"),
        ("EASD01", None, "000000000", " "),
        ("DATE", "H230301091834", "", "C"),
    ],
)
def test_standard(label: str, stamp: str | None, data: str, expected: str) -> None:
    group = encode_group(STANDARD, label, data, stamp)
    fields = [label, data] if stamp is None else [label, stamp, data]
    assert group == ("\n" + "\t".join([*fields, expected]) + "\r").encode()


def test_frame() -> None:
    frame = encode_frame(
        STANDARD, [("VTIC", "02"), ("DATE", "", "H230301091834"), ("MSG2", "x", None)]
    )
    assert frame == (
        b"\x02\nVTIC\t02\tJ\r\nDATE\tH230301091834\t\tC\r\nMSG2\tx\tC\r\x03"
    )


@settings(max_examples=50)
@given(st.binary(max_size=120))
def test_always_a_printable_character(summed: bytes) -> None:
    assert 0x20 <= checksum(summed) <= 0x5F
    # With and without the last separator, the methods of the two modes never agree.
    assert checksum(summed) != checksum(summed + b" ")
