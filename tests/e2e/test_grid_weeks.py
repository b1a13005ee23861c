"""Two weeks over each clock change in the real Home Assistant, on a clock in steps.

The services are as bad as they come; the oracle is the scenario's own table of colours
at Paris time. On the day that the clock changes Home Assistant starts again each hour,
on others its entry does at some. In one of the weeks it is on the other side of the
world.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import re
from typing import Final

import pytest

from demo.clock import find_library
from tests.bodies import PARIS
from tests.grid.weeks import DAYS, MINUTE, Oracle, Weeks, moments, restarts
from tests.upstream import serve

from .flows import Flow
from .grid_home import SteppedHome

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.long,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_KEYS: Final = {"rte_client_id": "an-id", "rte_client_secret": "a-secret"}

_CHANGES: Final = 7
"""Number of the day on which the clock changes: at each of its hours Home Assistant
itself starts again, and at these hours and minutes of other days."""
_RESTARTS: Final = {(3, 11, 10), (8, 5, 50)}

_TOLD_ONCE: Final = re.compile(
    r"Error fetching linky_pilote \w+ data: .*(temporary|malformed|quota)"
)
"""Home Assistant's own word for a source that begins to fail."""


@pytest.mark.timeout(1500)
@pytest.mark.parametrize(
    ("first", "keys", "zone"),
    [
        (date(2026, 3, 22), _KEYS, "Europe/Paris"),
        (date(2026, 10, 18), {}, "Pacific/Noumea"),
    ],
    ids=["spring", "autumn, without a key, far away"],
)
async def test_no_wrong_colour_at_any_time(
    tmp_path: Path, first: date, keys: dict[str, str], zone: str
) -> None:
    weeks = Weeks(first, seed=first.month)
    midnight = datetime(first.year, first.month, first.day, tzinfo=PARIS)
    weeks.now = begin = midnight.astimezone(UTC)
    async with serve(weeks):
        weeks.healthy = True
        home = SteppedHome(tmp_path / "config", weeks, begin, zone)
        try:
            await home.start()
            async with Flow(home) as flow:
                await flow.submit(next_step_id="grid")
                await flow.submit(**keys)
                assert flow.step["type"] == "create_entry", flow.step
                entry_id = flow.step["result"]["entry_id"]
            weeks.healthy = False
            oracle = Oracle(weeks)
            for now in moments(begin + MINUTE, begin + timedelta(DAYS), 10):
                weeks.now = now
                shown = await home.move_to(now)
                wall = now.astimezone(PARIS)
                day = (wall.date() - first).days
                each_hour = day == _CHANGES and wall.minute == 0
                if each_hour or (day, wall.hour, wall.minute) in _RESTARTS:
                    await home.restart()
                    shown = await home.look()
                elif wall.minute == 0 and wall.hour in restarts(wall.day):
                    path = f"/api/config/config_entries/entry/{entry_id}/reload"
                    await home.user.post(path, {})
                    shown = await home.look()
                oracle.check(now, shown)
            complaints = [
                line
                for line in home.log.complaints(("linky_pilote",))
                if not _TOLD_ONCE.search(line) and "has not been tested" not in line
            ]
            assert not complaints, "\n".join(complaints)
        finally:
            await home.stop()
    oracle.check_end()
