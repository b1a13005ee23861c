"""What a decision costs, compared with saying its own inputs in the same run."""

from dataclasses import asdict
import json
from time import process_time

from custom_components.linky_pilote.engine.regulation.model import (
    GridUse,
    Heating,
    Load,
    Modulation,
    Thermal,
)

from .homes import Bench


def _load(place: int) -> Load:
    key, phases = f"load{place}", (place % 3 + 1,)
    match place % 4:
        case 0:
            return Load(key=key, power=900.0, phases=phases, heating=Heating())
        case 1:
            change = Modulation(low=100, high=900, step=50)
            return Load(key=key, power=900.0, phases=phases, modulation=change)
        case 2:
            heat = Thermal(must=40, eco=50, surplus=60, highest=70)
            return Load(key=key, power=900.0, phases=phases, thermal=heat)
        case _:
            return Load(key=key, power=900.0, grid=GridUse.NEVER)


def _best(times: list[float]) -> float:
    return min(times)


def test_a_decision_costs_little_more_than_to_say_what_it_is_made_of() -> None:
    """Twenty loads on three phases; the best of several, on the same processor."""
    loads = [_load(place) for place in range(20)]
    bench = Bench(*loads, base=(300, -900, 1500), cutoff=4000.0)
    bench.more = {
        load.key: {"temperature": 45.0} if load.thermal else {} for load in loads
    }
    bench.run(600)
    decided, said = [], []
    for _ in range(10):
        now = bench.now + bench.every
        reading, statuses = bench.measure(), bench.statuses()
        start = process_time()
        for _ in range(20):
            bench.regulator.decide(now, reading, bench.signals, statuses, bench.state)
        decided.append(process_time() - start)
        inputs = [asdict(reading), [asdict(one) for one in statuses.values()]]
        start = process_time()
        for _ in range(20):
            json.dumps(inputs)
        said.append(process_time() - start)
        bench.run(10)
    assert _best(decided) < 200 * _best(said)
