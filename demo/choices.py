"""What the person who starts the demo has chosen, now or the last time."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custom_components.linky_pilote.engine.reading import Contract, TicMode

from .clock import FASTEST
from .config_folder import REPOSITORY
from .options import add_meter_arguments, meter_setup
from .scenarios import SCENARIOS
from .setup import MeterSetup
from .texts import TEXTS, own_language

_HOME = REPOSITORY / ".demo"
_METER_OPTIONS = ("phases", "contract", "producer", "kva", "seed")
_OTHER_OPTIONS = ("mode", "speed", "language")


class OtherMeterError(Exception):
    """The folder holds another meter; the message names the differences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The options, completed with what was chosen the last time and the defaults."""

    config: Path
    fresh: bool
    port: str | None
    """A real meter's port; None for the virtual one."""
    meter: MeterSetup
    mode: TicMode
    speed: float
    scenario: str | None
    language: str
    http_port: int | None
    fault: str | None
    control: Path | None
    exit_after_s: float | None


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; what is not given is None."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Starts Home Assistant with a meter to try Linky Pilote on.",
        epilog=(
            "Options of the meter are kept for the next start in the same folder."
            " While it runs, type help for what can be done to the virtual meter."
        ),
    )
    add_meter_arguments(parser)
    parser.add_argument(
        "--scenario", choices=tuple(SCENARIOS), help="play a day, anew at each start"
    )
    parser.add_argument("--port", help="a real meter's port instead, /dev/ttyUSB0")
    parser.add_argument("--language", choices=tuple(TEXTS))
    parser.add_argument("--http-port", type=int, help="8123, or the next free one")
    parser.add_argument("--config", type=Path, help="folder of this Home Assistant")
    parser.add_argument("--fresh", action="store_true", help="forget the last time")
    parser.add_argument("--fault", help="spoil the line once it runs: 'noise 0.01'")
    parser.add_argument("--control", type=Path, help="socket that takes commands")
    parser.add_argument(
        "--exit-after",
        type=float,
        metavar="SECONDS",
        help="stop by itself; exit status 0 when all was well",
    )
    given = parser.parse_args(arguments)
    if given.speed is not None and given.speed < 1:
        parser.error("--speed is at least 1")
    if given.speed is not None and given.speed > FASTEST:
        parser.error(f"--speed is at most {FASTEST}")
    not_real = (*_METER_OPTIONS, "fault", "scenario")
    if given.port and any(getattr(given, name) for name in not_real):
        parser.error("--port is a real meter: it is what it is")
    return given


def config_path(given: argparse.Namespace) -> Path:
    """Return the folder to use; a real meter has one of its own."""
    own = given.scenario or ("real" if given.port else "virtual")
    chosen: Path = given.config or _HOME / own
    return chosen.absolute()


def complete(
    given: argparse.Namespace, remembered: dict[str, Any] | None
) -> tuple[Choices, dict[str, Any]]:
    """Return all choices, and what to remember of them."""
    kept = dict(remembered or {})
    meant = {
        name: getattr(given, name)
        for name in (*_METER_OPTIONS, *_OTHER_OPTIONS)
        if getattr(given, name) is not None
    }
    different = [
        f"{name}: {kept[name]}"
        for name in _METER_OPTIONS
        if name in meant and name in kept and meant[name] != kept[name]
    ]
    if different:
        raise OtherMeterError(", ".join(different))
    kept.update(meant)
    if given.scenario is not None:
        scenario = SCENARIOS[given.scenario]
        kept.setdefault("contract", scenario.contract)
        kept.setdefault("producer", scenario.producer)
        kept.setdefault("kva", scenario.kva)
    options = argparse.Namespace(**{name: kept.get(name) for name in _METER_OPTIONS})
    if options.contract is not None:
        options.contract = Contract(options.contract)
    # the virtual house has a roof with panels, whether or not the contract sells
    options.solar = True
    meter = meter_setup(options)
    choices = Choices(
        config=config_path(given),
        # a scenario is the same each time
        fresh=given.fresh or given.scenario is not None,
        port=given.port,
        meter=meter,
        mode=TicMode(kept.get("mode") or TicMode.HISTORICAL),
        speed=1.0 if given.port else float(kept.get("speed") or 1.0),
        scenario=given.scenario,
        language=kept.get("language") or own_language(),
        http_port=given.http_port,
        fault=given.fault,
        control=given.control,
        exit_after_s=given.exit_after,
    )
    kept.update(
        phases=meter.phases,
        contract=meter.contract,
        producer=meter.producer,
        kva=meter.subscribed_kva,
        seed=meter.seed,
    )
    return choices, kept
