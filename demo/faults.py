"""What can go wrong between a meter and its reader, as changes to a stream of bytes."""

from collections.abc import Callable, Mapping
import random
from types import MappingProxyType

type Damage = Callable[[bytes, random.Random, float], bytes]

DATA_BITS = 7


def with_parity(byte: int) -> int:
    """Return a 7-bit character with its even parity bit, as it is on the wire."""
    return byte | ((byte.bit_count() & 1) << DATA_BITS)


def _silence(data: bytes, chance: random.Random, rate: float) -> bytes:
    return b""


def _noise(data: bytes, chance: random.Random, rate: float) -> bytes:
    """Change one bit of a share of the characters."""
    return bytes(
        byte ^ (1 << chance.randrange(DATA_BITS)) if chance.random() < rate else byte
        for byte in data
    )


def _garbage(data: bytes, chance: random.Random, rate: float) -> bytes:
    return chance.randbytes(len(data))


def _lost(delimiter: bytes) -> Damage:
    def damage(data: bytes, chance: random.Random, rate: float) -> bytes:
        return b"".join(
            bytes((byte,))
            for byte in data
            if byte != delimiter[0] or chance.random() >= rate
        )

    return damage


def _replaced(old: int, new: int) -> Damage:
    def damage(data: bytes, chance: random.Random, rate: float) -> bytes:
        return bytes(
            new if byte == old and chance.random() < rate else byte for byte in data
        )

    return damage


def _parity_kept(data: bytes, chance: random.Random, rate: float) -> bytes:
    return bytes(map(with_parity, data))


DAMAGES: Mapping[str, Damage] = MappingProxyType(
    {
        "silence": _silence,
        "noise": _noise,
        "garbage": _garbage,
        "lf-lost": _lost(b"\n"),
        "lf-0f": _replaced(0x0A, 0x0F),
        "cr-lf": _replaced(0x0D, 0x0A),
        "parity": _parity_kept,
    }
)
# share of the characters that the damage concerns, unless another one is given
DEFAULT_RATES: Mapping[str, float] = MappingProxyType({"noise": 0.01})


class Faults:
    """The damages that are on, each until it is taken off or its time is over."""

    def __init__(self, seed: int) -> None:
        """The seed makes the same damages come again."""
        self._chance = random.Random(seed)
        self._active: dict[str, tuple[float, float | None]] = {}

    def set(self, name: str, rate: float | None, until_s: float | None) -> None:
        """Switch a damage on, until an instant on the line's clock or for good."""
        if name not in DAMAGES:
            raise ValueError(f"unknown fault {name}; known: {', '.join(DAMAGES)}")
        self._active[name] = (
            DEFAULT_RATES.get(name, 1.0) if rate is None else rate,
            until_s,
        )

    def clear(self) -> None:
        """Switch all damages off."""
        self._active.clear()

    @property
    def active(self) -> tuple[str, ...]:
        """The names of the damages that are on."""
        return tuple(self._active)

    def apply(self, data: bytes, now_s: float) -> bytes:
        """Return what arrives of the bytes that the meter sends."""
        for name, (rate, until_s) in tuple(self._active.items()):
            if until_s is not None and now_s >= until_s:
                del self._active[name]
                continue
            data = DAMAGES[name](data, self._chance, rate)
        return data
