"""A virtual meter on a pseudo-terminal, as a program of its own.

python -m demo.line --link PATH [--mode standard] [--speed 600] ...

It prints `ready PATH`. Commands come by standard input, one a line (try `help`), or by
a socket (--control); each gets an answer whose last line starts with ok or error.
"""

import argparse
import asyncio
from collections.abc import Sequence
import contextlib
from datetime import datetime
from functools import partial
from pathlib import Path
import signal
import sys

from .control import control_socket, standard_input
from .options import add_meter_arguments, line_setup
from .orders import obey
from .virtual_line import LineSetup, VirtualLine


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo.line", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--link", type=Path, required=True, help="where to read it")
    add_meter_arguments(parser)
    parser.add_argument("--solar", action="store_true", help="panels, nothing sold")
    parser.add_argument("--charger", action="store_true", help="an electric car")
    parser.add_argument("--serial", help="meter number, 12 digits")
    parser.add_argument("--at", type=datetime.fromisoformat, help="simulated start")
    parser.add_argument("--state", type=Path, help="file that keeps the registers")
    parser.add_argument("--control", type=Path, help="socket that takes commands")
    parser.add_argument(
        "--any-speed",
        action="store_true",
        help="a reader at the wrong speed understands all the same",
    )
    return parser.parse_args(arguments)


async def _serve(setup: LineSetup, control: Path | None) -> None:
    line = VirtualLine(setup)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, line.stop)
    line.plug()
    async with contextlib.AsyncExitStack() as stack:
        if control is not None:
            await stack.enter_async_context(
                control_socket(partial(obey, line), control)
            )
        stack.enter_context(
            standard_input(lambda text: print(obey(line, text), flush=True), loop)
        )
        print(f"ready {setup.link}", flush=True)
        await line.run()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one line until it is told to stop."""
    parsed = _parse(arguments)
    try:
        asyncio.run(_serve(line_setup(parsed), parsed.control))
    except (OSError, ValueError) as error:
        print(f"demo.line: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
