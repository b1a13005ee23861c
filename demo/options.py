"""The options that describe a meter and its line, shared by the programs of the demo."""

import argparse
from datetime import datetime

from custom_components.linky_pilote.engine.reading import Contract, TicMode

from .moment import PARIS
from .setup import DEFAULT_KVA, MeterSetup
from .virtual_line import LineSetup


def add_meter_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that describe a meter; they are None where not given."""
    parser.add_argument("--mode", type=TicMode, choices=tuple(TicMode))
    parser.add_argument("--phases", type=int, choices=(1, 3))
    parser.add_argument(
        "--contract",
        type=Contract,
        choices=(Contract.BASE, Contract.OFF_PEAK, Contract.TEMPO, Contract.EJP),
    )
    parser.add_argument(
        "--producer",
        action=argparse.BooleanOptionalAction,
        help="solar panels, and a contract to sell",
    )
    parser.add_argument("--kva", type=int, help="subscribed power")
    parser.add_argument("--speed", type=float, help="simulated seconds in a second")
    parser.add_argument("--seed", type=int)


def meter_setup(arguments: argparse.Namespace) -> MeterSetup:
    """Return the meter that the options describe."""
    phases = arguments.phases or 1
    producer = bool(arguments.producer)
    return MeterSetup(
        seed=1 if arguments.seed is None else arguments.seed,
        contract=arguments.contract or Contract.TEMPO,
        phases=phases,
        producer=producer,
        solar=producer or getattr(arguments, "solar", False),
        charger=getattr(arguments, "charger", False),
        subscribed_kva=arguments.kva or DEFAULT_KVA[phases],
        serial=getattr(arguments, "serial", None) or "",
    )


def line_setup(arguments: argparse.Namespace) -> LineSetup:
    """Return the line that the options describe."""
    at: datetime | None = arguments.at
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=PARIS)
    return LineSetup(
        link=arguments.link,
        meter=meter_setup(arguments),
        mode=arguments.mode or TicMode.HISTORICAL,
        speed=arguments.speed or 1.0,
        start_s=None if at is None else at.timestamp(),
        state_file=arguments.state,
        any_speed=arguments.any_speed,
    )
