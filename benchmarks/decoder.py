"""Decoder benchmark: speed and wrong groups, beside a reference in the same run.

    python -m benchmarks.decoder [--frames N] [--seed N] [--noise-seeds N] [--json]

Speeds of other machines cannot be compared, ratios can: `ratio` is our speed over
the reference parser's, `goal` is 1.5 times linkytic's published ratio to that same
reference. Wrong groups are those accepted that were never sent.
"""

import argparse
from collections.abc import Callable
from dataclasses import asdict, dataclass
import json
import sys
import time

from custom_components.linky_pilote.engine.reading import TicMode
from custom_components.linky_pilote.engine.tic import Decoder, Group

from .feeder import chunks
from .reference import ReferenceParser
from .streams import SPOILED, Sent, Stream, add_noise, clean_streams

_NUMBERS = frozenset({"ADCO", "ADSC", "PRM"})

_LINKYTIC = {
    "historical, 1 phase, off-peak": (39_091 / 79_903, 18),
    "historical, 3 phases, Tempo": (18_931 / 36_777, 33),
    "standard, 1 phase, Tempo": (10_014 / 21_035, 93),
    "standard, 3 phases, producer": (5_544 / 11_926, 151),
}
"""linkytic 3.0.0b6: speed over the reference parser's, and wrong groups on 2000
noisy frames, as measured on CPython 3.14 in the project's study of meter readers."""

type Parse = Callable[[Stream, bytes], list[Sent]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Clean line, fed in chunks."""

    stream: str
    decoded: int
    sent: int
    frames_per_s: float
    reference_frames_per_s: float
    ratio: float
    goal: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Noisy line: figures are means over the seeds, numbers the sum."""

    stream: str
    seeds: int
    accepted_share: float
    wrong: float
    worst: int
    reference_wrong: float
    wrong_numbers: int
    goal: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoiled:
    """Line with spoiled delimiters."""

    stream: str
    spoiled: str
    decoded: int
    sent: int


def parse_with_ours(pieces: list[bytes]) -> list[Sent]:
    """Decode with the product's decoder, mode found from the bytes."""
    decoder = Decoder()
    return [
        (event.label, event.stamp, event.data)
        for piece in pieces
        for event in decoder.feed(piece)
        if type(event) is Group and event.known
    ]


def parse_with_reference(pieces: list[bytes], mode: TicMode) -> list[Sent]:
    """Decode with the reference parser."""
    accepted: list[Sent] = []
    parser = ReferenceParser(standard=mode is TicMode.STANDARD, sink=accepted.append)
    for piece in pieces:
        parser.feed(piece)
    return accepted


def _time_ours(pieces: list[bytes]) -> float:
    decoder = Decoder()
    start = time.perf_counter()
    for piece in pieces:
        decoder.feed(piece)
    return time.perf_counter() - start


def _time_reference(pieces: list[bytes], mode: TicMode) -> float:
    start = time.perf_counter()
    parse_with_reference(pieces, mode)
    return time.perf_counter() - start


def measure_speed(stream: Stream, rounds: int) -> Speed:
    """Time both decoders in turn, so that a busy machine slows both."""
    pieces = chunks(stream.data)
    ours = reference = float("inf")
    for _ in range(rounds):
        ours = min(ours, _time_ours(pieces))
        reference = min(reference, _time_reference(pieces, stream.mode))
    accepted = parse_with_ours(pieces)
    return Speed(
        stream=stream.name,
        decoded=sum(group in stream.truth for group in accepted),
        sent=stream.groups,
        frames_per_s=stream.frames / ours,
        reference_frames_per_s=stream.frames / reference,
        ratio=reference / ours,
        goal=1.5 * _LINKYTIC[stream.name][0],
    )


def _wrong(accepted: list[Sent], stream: Stream) -> list[Sent]:
    return [group for group in accepted if group not in stream.truth]


def measure_noise(stream: Stream, seeds: range) -> Noise:
    """Count what is accepted and was never sent, over several noises."""
    wrong: list[int] = []
    accepted_groups = reference_wrong = numbers = 0
    for seed in seeds:
        pieces = chunks(add_noise(stream.data, seed))
        accepted = parse_with_ours(pieces)
        errors = _wrong(accepted, stream)
        accepted_groups += len(accepted) - len(errors)
        numbers += sum(label in _NUMBERS for label, _, _ in errors)
        wrong.append(len(errors))
        reference_wrong += len(
            _wrong(parse_with_reference(pieces, stream.mode), stream)
        )
    return Noise(
        stream=stream.name,
        seeds=len(seeds),
        accepted_share=accepted_groups / len(seeds) / stream.groups,
        wrong=sum(wrong) / len(seeds),
        worst=max(wrong),
        reference_wrong=reference_wrong / len(seeds),
        wrong_numbers=numbers,
        goal=_LINKYTIC[stream.name][1] / 10 * stream.frames / 2000,
    )


def measure_spoiled(stream: Stream) -> list[Spoiled]:
    """Count what is decoded of each spoiled line."""
    return [
        Spoiled(
            stream=stream.name,
            spoiled=name,
            decoded=len(parse_with_ours(chunks(spoil(stream.data)))),
            sent=stream.groups,
        )
        for name, spoil in SPOILED.items()
    ]


def main(argv: list[str] | None = None) -> int:
    """Measure, print; exit status 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=42, help="of the values sent")
    parser.add_argument("--noise-seeds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    streams = clean_streams(args.frames, args.seed)
    speeds = [measure_speed(stream, args.rounds) for stream in streams]
    noises = [measure_noise(stream, range(args.noise_seeds)) for stream in streams]
    spoiled = [row for stream in streams for row in measure_spoiled(stream)]
    passed = (
        all(row.ratio >= row.goal and row.decoded == row.sent for row in speeds)
        and all(row.worst <= max(row.goal, 1) for row in noises)
        and not any(row.wrong_numbers for row in noises)
        and all(row.decoded == row.sent for row in spoiled)
    )
    if args.json:
        report = {
            "speed": [asdict(row) for row in speeds],
            "noise": [asdict(row) for row in noises],
            "spoiled": [asdict(row) for row in spoiled],
            "passed": passed,
        }
        print(json.dumps(report, indent=1))
        return 0 if passed else 1
    print(f"{'clean line':32}{'decoded':>16}{'frames/s':>10}{'ratio':>8}{'goal':>7}")
    for speed in speeds:
        print(
            f"{speed.stream:32}{speed.decoded:>8}/{speed.sent:<7}"
            f"{speed.frames_per_s:>10.0f}{speed.ratio:>8.2f}{speed.goal:>7.2f}"
        )
    print(
        f"\n{'noisy line':32}{'kept':>8}{'wrong':>8}{'worst':>7}{'goal':>7}"
        f"{'reference':>11}{'numbers':>9}"
    )
    for noise in noises:
        print(
            f"{noise.stream:32}{noise.accepted_share:>8.1%}{noise.wrong:>8.1f}"
            f"{noise.worst:>7}{noise.goal:>7.1f}{noise.reference_wrong:>11.1f}"
            f"{noise.wrong_numbers:>9}"
        )
    print(f"\n{'spoiled line':32}{'':18}{'decoded':>16}")
    for line in spoiled:
        print(f"{line.stream:32}{line.spoiled:18}{line.decoded:>8}/{line.sent:<7}")
    print("\nall goals met" if passed else "\na goal was missed")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
