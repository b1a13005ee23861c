"""Synthetic lines to measure decoders on: clean, noisy and with spoiled delimiters.

Everything is made from a seed, so that a run can be repeated; the figures in the
groups follow the tables of the TIC specification (Enedis-NOI-CPT_54E, section 6).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import random

from custom_components.linky_pilote.engine.reading import TicMode
from custom_components.linky_pilote.engine.tic import encode_frame

type Sent = tuple[str, str | None, str]
"""Label, stamp and data of a group."""

NOISE_RATE = 1e-3
"""Share of the bytes that a bad opto-coupler spoils."""

_NUMBERS = frozenset({"ADCO", "ADSC"})
_PLAN = " ".join(("00008002", "0226C001", "06568002") + ("NONUTILE",) * 8)
_HISTORICAL_TEMPO = ("BBRHCJB", "BBRHPJB", "BBRHCJW", "BBRHPJW", "BBRHCJR", "BBRHPJR")


@dataclass(frozen=True, slots=True)
class Stream:
    """A line as it was sent."""

    name: str
    mode: TicMode
    data: bytes
    frames: int
    groups: int
    truth: frozenset[Sent]

    @property
    def serial(self) -> str:
        """The meter's number."""
        return next(data for label, _, data in self.truth if label in _NUMBERS)


def _historical(number: int, power: int, *, three_phase: bool) -> Iterator[Sent]:
    yield "ADCO", None, "021963900417" if three_phase else "041861900318"
    yield "OPTARIF", None, "BBR(" if three_phase else "HC.."
    yield "ISOUSC", None, "20" if three_phase else "30"
    labels = _HISTORICAL_TEMPO if three_phase else ("HCHC", "HCHP")
    for count, label in enumerate(labels, start=2):
        yield label, None, f"{count * 1_234_567 + number:09d}"
    yield "PTEC", None, "HPJB" if three_phase else ("HP..", "HC..")[number % 2]
    if three_phase:
        yield "DEMAIN", None, "----" if number % 3 else "BLAN"
        for phase in "123":
            yield f"IINST{phase}", None, f"{power // 690:03d}"
        for phase in "123":
            yield f"IMAX{phase}", None, "060"
        yield "PMAX", None, "07910"
    else:
        yield "IINST", None, f"{power // 230:03d}"
        yield "IMAX", None, "090"
    yield "PAPP", None, f"{power:05d}"
    yield "HHPHC", None, "A"
    yield "MOTDETAT", None, "000000"
    if three_phase:
        yield "PPOT", None, "00"


def _standard(number: int, power: int, *, producer: bool) -> Iterator[Sent]:
    hour, minute, second = number // 3600 % 24, number // 60 % 60, number % 60
    now = f"H261120{hour:02d}{minute:02d}{second:02d}"
    phases = ("1", "2", "3") if producer else ("1",)
    suffixes = ("", "1", "2", "3") if producer else ("",)
    yield "ADSC", None, "031976900529" if producer else "041875900630"
    yield "VTIC", None, "02"
    yield "DATE", now, ""
    yield "NGTF", None, "     TEMPO      "
    yield "LTARF", None, "    HP  BLEU    "
    yield "EAST", None, f"{23_456_789 + number:09d}"
    for count in range(1, 11):
        yield f"EASF{count:02d}", None, f"{count % 7 * 1_100_011 + number:09d}"
    for count in range(1, 5):
        yield f"EASD{count:02d}", None, f"{count * 2_200_022 + number:09d}"
    if producer:
        yield "EAIT", None, f"{88_888 + number:09d}"
        for count in range(1, 5):
            yield f"ERQ{count}", None, f"{count * 1_010 + number:09d}"
    for phase in phases:
        yield f"IRMS{phase}", None, f"{power // 235 // len(phases):03d}"
    for phase in phases:
        yield f"URMS{phase}", None, f"{234 + int(phase)}"
    yield "PREF", None, "09"
    yield "PCOUP", None, "09"
    for suffix in suffixes:
        yield f"SINSTS{suffix}", None, f"{power // (3 if suffix else 1):05d}"
    for suffix in suffixes:
        yield f"SMAXSN{suffix}", now, "06120"
        yield f"SMAXSN{suffix}-1", now, "05830"
    if producer:
        yield "SINSTI", None, "00000"
        yield "SMAXIN", now, "00000"
        yield "SMAXIN-1", now, "02310"
    for label in ("CCASN", "CCASN-1") + (("CCAIN", "CCAIN-1") if producer else ()):
        yield label, now, "01357"
    for phase in phases:
        yield f"UMOY{phase}", now, f"{234 + int(phase)}"
    yield "STGE", None, "013AC401"
    yield "MSG1", None, "PAS DE          MESSAGE         "
    yield "PRM", None, "09900000000417"
    yield "RELAIS", None, "000"
    yield "NTARF", None, "02"
    yield "NJOURF", None, "00"
    yield "NJOURF+1", None, "00"
    yield "PJOURF+1", None, _PLAN


_KINDS: dict[str, tuple[TicMode, Callable[[int, int], Iterator[Sent]]]] = {
    "historical, 1 phase, off-peak": (
        TicMode.HISTORICAL,
        lambda number, power: _historical(number, power, three_phase=False),
    ),
    "historical, 3 phases, Tempo": (
        TicMode.HISTORICAL,
        lambda number, power: _historical(number, power, three_phase=True),
    ),
    "standard, 1 phase, Tempo": (
        TicMode.STANDARD,
        lambda number, power: _standard(number, power, producer=False),
    ),
    "standard, 3 phases, producer": (
        TicMode.STANDARD,
        lambda number, power: _standard(number, power, producer=True),
    ),
}


def mode_of(name: str) -> TicMode:
    """Return the mode of a line."""
    return _KINDS[name][0]


def groups_of(name: str, number: int, power: int) -> list[Sent]:
    """Return what a line says in its frame of that number, at that power in VA."""
    return list(_KINDS[name][1](number, power))


def clean_streams(frames: int, seed: int) -> list[Stream]:
    """Return the four lines, each with what was really sent."""
    streams = []
    for name, (mode, write) in _KINDS.items():
        rng = random.Random(seed)
        line = bytearray()
        truth: set[Sent] = set()
        groups = 0
        for number in range(frames):
            sent = list(write(number, rng.randrange(100, 9000, 10)))
            truth.update(sent)
            groups += len(sent)
            line += encode_frame(
                mode, ((label, data, stamp) for label, stamp, data in sent)
            )
        streams.append(
            Stream(name, mode, bytes(line), frames, groups, frozenset(truth))
        )
    return streams


def add_noise(data: bytes, seed: int, rate: float = NOISE_RATE) -> bytes:
    """Spoil bytes at random: a third are lost, half get a bit flipped, the rest anything."""
    rng = random.Random(seed)
    noisy = bytearray()
    for byte in data:
        if rng.random() >= rate:
            noisy.append(byte)
            continue
        kind = rng.random()
        if kind < 0.34:
            continue
        noisy.append(byte ^ 1 << rng.randrange(7) if kind < 0.8 else rng.randrange(128))
    return bytes(noisy)


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "LF lost": lambda data: data.replace(b"\r\n", b"\r"),
    "LF as 0x0F": lambda data: data.replace(b"\n", b"\x0f"),
    "CR as LF": lambda data: data.replace(b"\r", b"\n"),
    "parity bit kept": lambda data: bytes(
        byte | (byte.bit_count() & 1) << 7 for byte in data
    ),
}
"""What adapters do to the delimiters, and 8N1 bridges to the parity bit."""
