"""What was logged in the whole run; these tests are the last ones."""

import pytest

from .instance import Instance

_OURS = ("linky_pilote", "Linky ")
_SAID_OF_ALL = (
    "has not been tested by Home Assistant",
    # of each platform, when the language of the house changes while it runs
    "Failed to load integration for translation",
)


@pytest.mark.parametrize("which", ["home", "fast_home", "new_home"])
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
