"""What a reader hears that listens at another speed than the meter sends at."""

from .faults import DATA_BITS, with_parity

# start bit, 7 data bits, parity, stop bit
BITS_PER_CHARACTER = 10
_FALLING_EDGE = b"\x01\x00"


class WrongSpeed:
    """A receiver of 7E1 characters that samples a line of another speed."""

    def __init__(self, sent_baud: int, heard_baud: int) -> None:
        """Both in bits a second."""
        # the line is drawn with as many samples a bit as the faster one needs
        self._samples_per_sent_bit = max(1, heard_baud // sent_baud)
        self._samples_per_heard_bit = (
            sent_baud * self._samples_per_sent_bit / heard_baud
        )
        self._line = bytearray(b"\x01")

    def hear(self, data: bytes) -> bytes:
        """Return the characters that it takes out of the bits of some others."""
        for byte in data:
            for bit in _wire_bits(byte):
                self._line += bytes((bit,)) * self._samples_per_sent_bit
        step = self._samples_per_heard_bit
        length = int(BITS_PER_CHARACTER * step)
        heard = bytearray()
        place = 0
        while (edge := self._line.find(_FALLING_EDGE, place)) >= 0:
            if edge + 1 + length > len(self._line):
                break
            middles = (edge + 1 + int((bit + 1.5) * step) for bit in range(DATA_BITS))
            heard.append(
                sum(self._line[middle] << bit for bit, middle in enumerate(middles))
            )
            place = edge + length
        # the last sample stays: an edge needs what was before it
        del self._line[: edge if edge >= 0 else max(place, len(self._line) - 1)]
        return bytes(heard)


def _wire_bits(byte: int) -> bytes:
    """Return the bits of a character in the order of the line."""
    sent = with_parity(byte)
    return bytes((0, *((sent >> place) & 1 for place in range(8)), 1))
