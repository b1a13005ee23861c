"""Decode dumps of a meter's line, or a live one, without Home Assistant.

    scripts/tic FILE|URL… [--json] [--show-serials]

`scripts/tic` runs this module with the package's own `__init__` left out, since
that one needs Home Assistant.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
import json
import os
from pathlib import Path
import sys
from typing import Any, Final, TextIO, override

from .engine.tic import Decoder, Event, FrameEnd, Group, identify
from .engine.tic.identity import PUBLIC_DIGITS
from .engine.tic.labels import IDENTITY_LABELS, LABELS

_BLOCK: Final = 4096
_UNITS: Final = {spec.label: spec.unit or "" for spec in LABELS}
_CLEAR: Final = "\x1b[2J\x1b[H"


def mask(label: str, data: str) -> str:
    """Hide what identifies a home: the serial digits, or the whole PRM."""
    shown = 0 if label == "PRM" else PUBLIC_DIGITS
    return data[:shown] + "*" * (len(data) - shown)


class Report:
    """Gathers the groups of each frame and hands whole frames on."""

    def __init__(
        self, show_frame: Callable[[dict[str, Any]], None], *, show_serials: bool
    ) -> None:
        """Hand frames, as the JSON objects they are printed as, to `show_frame`."""
        self.decoder = Decoder()
        self._show_frame = show_frame
        self._show_serials = show_serials
        self._groups: dict[str, str] = {}
        self._stamps: dict[str, str] = {}

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the line."""
        self._take(self.decoder.feed(data))

    def finish(self) -> None:
        """Show what the last, unfinished frame had."""
        self._take(self.decoder.finish())

    def _take(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case Group(label=label, data=data, stamp=stamp, known=True):
                    private = label in IDENTITY_LABELS and not self._show_serials
                    self._groups[label] = mask(label, data) if private else data
                    if stamp is not None:
                        self._stamps[label] = stamp
                case FrameEnd():
                    self._end_frame(event)

    def _end_frame(self, end: FrameEnd) -> None:
        groups, self._groups = self._groups, {}
        stamps, self._stamps = self._stamps, {}
        self._show_frame(
            {
                "mode": str(end.mode),
                "complete": end.complete,
                "serial": groups.get("ADCO", groups.get("ADSC")),
                "groups": groups,
                "stamps": stamps,
            }
        )


def summarise(decoders: list[Decoder]) -> dict[str, Any]:
    """Return the figures of all that was decoded."""
    rejected: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for decoder in decoders:
        rejected.update({str(cause): n for cause, n in decoder.rejected.items()})
        unknown.update(decoder.unknown)
    return {
        "frames": sum(decoder.frames for decoder in decoders),
        "groups": sum(decoder.accepted for decoder in decoders),
        "rejected": dict(sorted(rejected.items())),
        "unknown": dict(sorted(unknown.items())),
    }


def table(frame: dict[str, Any], decoder: Decoder) -> str:
    """Return a frame as a table for a person."""
    serial = frame["serial"] or "no meter number"
    identity = identify(serial[:PUBLIC_DIGITS] + "0" * PUBLIC_DIGITS)
    about = [part for part in (identity.maker, identity.model) if part]
    if identity.year and about:
        about.append(str(identity.year))
    whole = "whole frame" if frame["complete"] else "incomplete frame"
    lines = [f"{serial}  {', '.join(about)}", f"{frame['mode']} mode, {whole}", ""]
    lines += [
        f"  {label:9} {data.strip():>12} {_UNITS[label]:4} "
        f"{frame['stamps'].get(label, '')}".rstrip()
        for label, data in frame["groups"].items()
    ]
    rejected = sum(decoder.rejected.values())
    lines += ["", f"{decoder.accepted} groups accepted, {rejected} pieces rejected"]
    return "\n".join(lines)


def _read_file(target: str, report: Report) -> None:
    standard_input = nullcontext(sys.stdin.buffer)
    with standard_input if target == "-" else Path(target).open("rb") as dump:
        while block := dump.read(_BLOCK):
            report.feed(block)
    report.finish()


async def _read_line(url: str, report: Report) -> None:
    """Follow a live line until it is interrupted."""
    from .sources.base import Problem, SourceListener
    from .sources.serial import SerialSource

    class Line(SerialSource):
        """A source whose bytes go to the report too."""

        @override
        def receive(self, data: bytes) -> None:
            super().receive(data)
            report.feed(data)

    class Listener(SourceListener):
        """Says on the terminal why nothing comes."""

        @override
        def link_down(self, problem: Problem, detail: str) -> None:
            print(f"{url}: {problem} {detail}".rstrip(), file=sys.stderr)

    loop = asyncio.get_running_loop()
    line = Line(url, clock=loop.time, listener=Listener())
    await line.run()


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/tic",
        description="Decode dumps of a Linky's customer output, or a live line.",
    )
    parser.add_argument(
        "targets",
        nargs="+",
        metavar="FILE|URL",
        help="a dump, - for standard input, a serial port or its URL",
    )
    parser.add_argument("--json", action="store_true", help="one object a frame")
    parser.add_argument(
        "--show-serials",
        action="store_true",
        help="show the meter number and the PRM, which identify a home",
    )
    return parser.parse_args(argv)


def _is_live(target: str) -> bool:
    return target != "-" and ("://" in target or Path(target).is_char_device())


def _decode(target: str, args: argparse.Namespace, out: TextIO) -> tuple[Decoder, bool]:
    """Decode one target and show what it says; False when it cannot be read."""
    live = _is_live(target)
    last: dict[str, Any] = {}

    def show(frame: dict[str, Any]) -> None:
        last.update(frame)
        if args.json:
            print(json.dumps(frame), file=out, flush=live)
        elif live:
            clear = _CLEAR if out.isatty() else ""
            print(clear + table(frame, report.decoder), file=out, flush=True)

    report = Report(show, show_serials=args.show_serials)
    try:
        if live:
            asyncio.run(_read_line(target, report))
        else:
            _read_file(target, report)
    except KeyboardInterrupt:
        report.finish()
    except BrokenPipeError:
        raise
    except OSError as err:
        print(f"{target}: {err.strerror or err}", file=sys.stderr)
        return report.decoder, False
    if not args.json and not live:
        print(table(last, report.decoder) if last else f"{target}: no frame", file=out)
    return report.decoder, True


def main(argv: list[str] | None = None, out: TextIO | None = None) -> int:
    """Decode each target; exit status 1 when one cannot be read."""
    args = _parse(argv)
    out = out or sys.stdout
    try:
        return _main(args, out)
    except BrokenPipeError:
        # Whoever read the output, `head` for one, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _main(args: argparse.Namespace, out: TextIO) -> int:
    results = [_decode(target, args, out) for target in args.targets]
    if args.json:
        summary = summarise([decoder for decoder, _ in results])
        print(json.dumps({"summary": summary}), file=out)
    return 0 if all(read for _, read in results) else 1
