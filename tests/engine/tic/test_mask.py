"""Lines without numbers, from which the decoder makes the same as before."""

import pytest

from custom_components.linky_pilote.engine.reading import TicMode
from custom_components.linky_pilote.engine.tic import Decoder, Group, Mask, encode_group

from ...meters import METERS, STANDARD_TEMPO

SERIAL = STANDARD_TEMPO.serial
PRM = STANDARD_TEMPO.groups["PRM"]


def with_parity(line: bytes) -> bytes:
    """Return what a receiver of 8 bits makes of a line with even parity."""
    return bytes(byte | 0x80 if byte.bit_count() % 2 else byte for byte in line)


@pytest.mark.parametrize("name", METERS)
@pytest.mark.parametrize("parity", [False, True])
def test_same_groups_with_other_numbers(name: str, *, parity: bool) -> None:
    meter = METERS[name]
    line = with_parity(meter.frame()) if parity else meter.frame()
    masked = Mask().line(line)
    assert len(masked) == len(line)
    before, after = Decoder(), Decoder()
    for old, new in zip(before.feed(line), after.feed(masked), strict=True):
        if isinstance(old, Group) and old.label in {"ADCO", "ADSC"}:
            assert isinstance(new, Group)
            assert new.data == f"{meter.serial[:6]}000001"
        elif isinstance(old, Group) and old.label == "PRM":
            assert isinstance(new, Group)
            assert new.data == "00000000000002"
        else:
            assert new == old
    assert after.accepted == before.accepted
    plain = bytes(byte & 0x7F for byte in masked)
    assert meter.serial.encode() not in plain


def test_each_number_has_its_own() -> None:
    mask = Mask()
    assert mask.number("022075000123") == "022075000001"
    assert mask.number("022075999999") == "022075000002"
    assert mask.number("12345678901234", meter=False) == "00000000000003"
    assert mask.number("022075000123") == "022075000001"
    assert mask.text("PRM 12345678901234, 0123456789, 012345678") == (
        "PRM 00000000000003, 0000000000, 012345678"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"ADSC\t" + SERIAL.encode(),
        b"ADSC\t0" + SERIAL.encode(),
        b"ADSO\t" + SERIAL.encode(),
        b"PRM\t" + PRM[:9].encode(),
        b"1234567890\t",
        b"MSG1\tPRM " + PRM.encode() + b"              ",
    ],
)
def test_damaged_groups_stay_damaged_and_say_nothing(body: bytes) -> None:
    """Whatever the checksum, none of the digits that were heard remain."""
    mask = Mask()
    mask.number(SERIAL)
    mask.number(PRM, meter=False)
    right = encode_group(TicMode.STANDARD, *body.decode().split("\t", 1))
    for check in range(0x20, 0x60):
        line = b"\x02" + right[:-2] + bytes((check,)) + b"\r"
        masked = mask.line(line)
        assert len(masked) == len(line)
        for secret in (SERIAL, PRM, SERIAL[6:], PRM[:9], "1234567890"):
            assert secret.encode() not in masked
        before, after = Decoder(), Decoder()
        before.feed(line)
        after.feed(masked)
        assert after.rejected == before.rejected
        assert after.unknown == before.unknown
        assert after.accepted == before.accepted


def test_a_piece_cut_short() -> None:
    assert Mask().line(b"\n12\r\n1\r\n\tA\r") == b"\n00\r\n0\r\n\tA\r"
    assert Mask().line(b"\nADSC\t0123") == b"\nADSC\t0000"
    assert Mask().line(b"") == b""
