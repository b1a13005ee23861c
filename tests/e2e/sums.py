"""What the Energy dashboard is made of: statistics, made every five minutes."""

from collections.abc import Sequence
import time
from typing import Any, Final

from .instance import Instance, until

MADE_S: Final = 330.0
"""Home Assistant makes them every five minutes, ten seconds later."""
_PERIOD_S: Final = 300


async def check_sums(
    instance: Instance, entities: Sequence[str], *, of: float = 0.0
) -> None:
    """Check that sums only grow, by what was counted; wait for those of an instant.

    The instant is in seconds since 1970.
    """
    period_ms = of // _PERIOD_S * _PERIOD_S * 1000

    async def rows() -> dict[str, list[dict[str, Any]]]:
        answer: dict[str, list[dict[str, Any]]] = await instance.user.ask(
            "recorder/statistics_during_period",
            start_time="2020-01-01T00:00:00+00:00",
            statistic_ids=entities,
            period="5minute",
            types=["sum", "state"],
        )
        return answer

    made = await until(
        rows,
        MADE_S,
        f"statistics of all indexes, at {time.ctime(of)}",
        lambda made: (
            len(made) == len(entities)
            and all(rows[-1]["start"] >= period_ms for rows in made.values())
        ),
    )
    for entity_id, of_entity in made.items():
        first = next(
            float(change.new or 0)
            for change in instance.watch.changes
            if change.entity_id == entity_id and _is_number(change.new)
        )
        sums = [row["sum"] for row in of_entity]
        assert sums == sorted(sums), entity_id
        assert sums[0] >= 0, entity_id
        # the sum is what was counted since the first state: no reset, nothing twice
        for row in of_entity:
            assert abs(row["sum"] - (row["state"] - first)) < 0.0015, (entity_id, row)


def _is_number(state: str | None) -> bool:
    try:
        float(state or "")
    except ValueError:
        return False
    return True
