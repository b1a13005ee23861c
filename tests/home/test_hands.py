"""Whose doing a change is: the table, case by case."""

from typing import Any

import pytest

from custom_components.linky_pilote.home.actuators.hands import Change, Doing, whose

LONG_AGO = {"since_order": 600.0}
JUST_NOW = {"since_order": 1.0}


@pytest.mark.parametrize(
    ("case", "doing"),
    [
        pytest.param({**JUST_NOW, "as_ordered": True}, Doing.NOTHING, id="it follows"),
        pytest.param(
            {**LONG_AGO, "as_ordered": True}, Doing.NOTHING, id="it follows late"
        ),
        pytest.param(
            {**JUST_NOW, "by_user": True}, Doing.HAND, id="in the frontend, at once"
        ),
        pytest.param({**LONG_AGO, "by_user": True}, Doing.HAND, id="in the frontend"),
        pytest.param(
            {**JUST_NOW, "by_automation": True}, Doing.AUTOMATION, id="an automation"
        ),
        pytest.param(
            {**LONG_AGO, "by_user": True, "by_automation": True},
            Doing.AUTOMATION,
            id="a script that a user ran",
        ),
        pytest.param(LONG_AGO, Doing.HAND, id="a wall button, the app of the maker"),
        pytest.param(
            JUST_NOW, Doing.NOTHING, id="something on the way while it follows"
        ),
        pytest.param(
            {"since_order": 5.0, "as_before": True},
            Doing.NOTHING,
            id="the late echo of a slow cloud",
        ),
        pytest.param(
            {**LONG_AGO, "as_before": True}, Doing.HAND, id="the wall button, back"
        ),
        pytest.param(
            {**LONG_AGO, "returned": True}, Doing.NOTHING, id="it has restarted"
        ),
        pytest.param(
            {**LONG_AGO, "returned": True, "by_user": True},
            Doing.HAND,
            id="in the frontend, when it had just come back",
        ),
        pytest.param(
            {**LONG_AGO, "ours": True}, Doing.NOTHING, id="a step of our own order"
        ),
        pytest.param(
            {**JUST_NOW, "ours": True, "by_automation": True},
            Doing.AUTOMATION,
            id="an automation that our own order triggers",
        ),
    ],
)
def test_whose_doing(case: dict[str, Any], doing: Doing) -> None:
    assert (
        whose(Change(**{"follow": 3.0, "as_ordered": False, "as_before": False} | case))
        is doing
    )
