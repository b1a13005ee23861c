"""What was logged in the whole run; these tests are the last ones."""

import asyncio
from itertools import pairwise

import pytest

from .fast import SPEED, FastMeter
from .instance import Instance

_DAY_S = 86_400
# entities, and the integration itself
_OURS = ("linky_", "Linky ")
_SAID_OF_ALL = (
    "has not been tested by Home Assistant",
    # of each platform, when the language of the house changes while it runs
    "Failed to load integration for translation",
)


async def test_a_whole_day_went_by(
    fast_home: Instance, fast_meters: list[FastMeter]
) -> None:
    """A normal one, over midnight, with all that a Tempo day has."""
    for fast in fast_meters:
        line = fast.meter.line
        assert line.setup.start_s is not None
        end_s = line.setup.start_s + _DAY_S
        missing_s = end_s - line.meter.state.epoch_s
        await asyncio.sleep(max(0.0, missing_s / SPEED))
        assert line.meter.state.epoch_s >= end_s
    historical, standard = fast_meters
    seen = {
        (fast.meter.name, before, after)
        for fast in fast_meters
        for before, after in pairwise(
            [
                change.new
                for change in fast_home.watch.changes
                if change.entity_id == fast.period
            ]
        )
    }
    assert {
        (historical.meter.name, "white_peak", "white_off_peak"),
        # at 6:00, when the colour changes too
        (historical.meter.name, "white_off_peak", "red_peak"),
        (standard.meter.name, "blue_peak", "blue_off_peak"),
        (standard.meter.name, "blue_off_peak", "blue_peak"),
    } <= seen
    assert not fast_home.log.matching(r"\[custom_components\.linky_pilote")


@pytest.mark.parametrize("which", ["home", "fast_home", "new_home", "troubled_home"])
async def test_log_is_clean(which: str, request: pytest.FixtureRequest) -> None:
    instance: Instance = request.getfixturevalue(which)
    assert not instance.log.matching("Detected that custom integration")
    complaints = [
        line
        for line in instance.log.complaints(_OURS)
        if not any(words in line for words in _SAID_OF_ALL)
    ]
    assert not complaints
    # the lines of a traceback carry no level
    assert not instance.log.matching(r"custom_components/linky_pilote/.*, line \d+")
    assert not instance.log.matching("Task (exception was never|was destroyed)")
