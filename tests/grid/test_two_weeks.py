"""Two weeks over each clock change, with services as bad as they come.

The oracle is the scenario's own table of colours at Paris time.
"""

from datetime import UTC, date, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_pilote.grid.servers import DATA_GRID_SERVERS

from ..bodies import PARIS
from ..conftest import attribute, state
from ..upstream import serve
from .homes import Clock, make_grid, servers, start
from .weeks import DAYS, TODAY, TOMORROW, Oracle, Weeks, moments, restarts


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("first", "keys"),
    [
        (date(2026, 3, 22), True),
        (date(2026, 10, 18), False),
    ],
    ids=["spring", "autumn, without a key"],
)
async def test_no_wrong_colour_at_any_time(
    hass: HomeAssistant,
    socket_enabled: None,
    freezer: FrozenDateTimeFactory,
    first: date,
    keys: bool,
) -> None:
    weeks = Weeks(first, seed=first.month)
    async with serve(weeks):
        hass.data[DATA_GRID_SERVERS] = servers(weeks)
        entry = make_grid(rte=keys)
        midnight = datetime(first.year, first.month, first.day, tzinfo=PARIS)
        begin = midnight.astimezone(UTC)
        clock = Clock(hass, freezer)
        weeks.now = begin
        weeks.healthy = True
        await clock.move_to(begin)
        await start(hass, entry)
        weeks.healthy = False

        oracle = Oracle(weeks)
        for now in moments(begin, begin + timedelta(DAYS), 30):
            weeks.now = now
            await clock.move_to(now)
            wall = now.astimezone(PARIS)
            if wall.minute == 0 and wall.hour in restarts(wall.day):
                assert await hass.config_entries.async_unload(entry.entry_id)
                await start(hass, entry)
            shown = {
                entity: (state(hass, entity), attribute(hass, entity, "why"))
                for entity in (TODAY, TOMORROW)
            }
            oracle.check(now, shown)
    oracle.check_end()
