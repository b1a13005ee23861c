"""What was heard on a line, without what identifies a home.

Numbers are replaced by others of the same length and checksums made good again, so
that the decoder makes of it what it made of the line.
"""

import re
from typing import Final

from .checksum import SEPARATOR, checksum
from .identity import PUBLIC_DIGITS
from .labels import IDENTITY_LABELS, LABELS, METER_NUMBER_LABELS

_PIECE: Final = re.compile(rb"[\t -~\x89\xa0-\xfe]+")
"""What stands between two delimiters; with bit 7, where the parity is heard."""
_LABEL: Final = re.compile(rb"[A-Z][A-Z0-9_+-]{1,8}")
_DIGIT: Final = re.compile(rb"[0-9]")
_LONG_NUMBER: Final = re.compile(rb"[0-9]{10,}")
"""Longer than an index: it may be a number of a meter or of a delivery point."""

_NUMBERS: Final = {
    label.encode("ascii"): label in METER_NUMBER_LABELS for label in IDENTITY_LABELS
}
_GRAMMAR: Final = {
    (spec.mode, spec.label.encode("ascii")): spec.compile() for spec in LABELS
}
_MODES: Final = {separator: mode for mode, separator in SEPARATOR.items()}


def _checksum_of(text: bytes) -> int:
    """Return the checksum that a group ought to have."""
    return checksum(text[:-1] if text[-2:-1] == b"\t" else text[:-2])


def _with_parity(byte: int) -> int:
    return byte | 0x80 if byte.bit_count() % 2 else byte


class Mask:
    """Replaces numbers, the same one by the same in all that it is given."""

    def __init__(self) -> None:
        """Begin without knowing any number."""
        self._masked: dict[bytes, bytes] = {}

    def number(self, number: str, *, meter: bool = True) -> str:
        """Return what stands for a number; a meter's keeps maker, year and type."""
        plain = number.encode("ascii")
        if plain not in self._masked:
            shown = PUBLIC_DIGITS if meter else 0
            count = len(self._masked) + 1
            rest = f"{count:0{len(number) - shown}d}"
            self._masked[plain] = plain[:shown] + rest.encode("ascii")
        return self._masked[plain].decode("ascii")

    def text(self, text: str) -> str:
        """Return a text without the numbers in it."""
        return self._hide_numbers(text.encode("utf-8")).decode("utf-8")

    def line(self, raw: bytes) -> bytes:
        """Return what was heard without the numbers in it."""
        return _PIECE.sub(lambda match: self._mask_piece(match[0]), raw)

    def _mask_piece(self, piece: bytes) -> bytes:
        """Mask a group, good or not; damage stays damage."""
        text = bytes(byte & 0x7F for byte in piece)
        if len(text) > 2 and _checksum_of(text) == text[-1]:
            masked = self._mask_group(text[:-2], text[-2:-1]) + text[-2:]
            masked = masked[:-1] + bytes((_checksum_of(masked),))
        else:
            masked = _DIGIT.sub(b"0", text)
            if len(masked) > 2 and _checksum_of(masked) == masked[-1]:
                masked = masked[:-1] + bytes((0x20 + (masked[-1] + 1) % 0x40,))
        if piece.isascii():
            return masked
        return bytes(
            old if old & 0x7F == new else _with_parity(new)
            for old, new in zip(piece, masked, strict=True)
        )

    def _mask_group(self, body: bytes, separator: bytes) -> bytes:
        """Mask what comes before the checksum and its separator."""
        mode = _MODES.get(separator)
        name, _, rest = body.partition(separator)
        pattern = None if mode is None else _GRAMMAR.get((mode, name))
        if pattern is None and _LABEL.fullmatch(name):
            return name + separator + self._hide_numbers(rest)
        if pattern is None or not pattern.fullmatch(rest):
            return _DIGIT.sub(b"0", body)
        if name in _NUMBERS:
            number = self.number(rest.decode("ascii"), meter=_NUMBERS[name])
            return name + separator + number.encode("ascii")
        return self._hide_known(body)

    def _hide_numbers(self, data: bytes) -> bytes:
        masks = set(self._masked.values())
        return _LONG_NUMBER.sub(
            lambda match: match[0] if match[0] in masks else b"0" * len(match[0]),
            self._hide_known(data),
        )

    def _hide_known(self, data: bytes) -> bytes:
        for number, masked in self._masked.items():
            data = data.replace(number, masked)
        return data
