"""The scripts of the guides, with what the grid answers."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import Script
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from ..documented import Example, scripts


@pytest.mark.parametrize("example", scripts(), ids=lambda example: example.name)
async def test_it_runs(
    hass: HomeAssistant, grid: MockConfigEntry, example: Example
) -> None:
    told = async_mock_service(hass, "notify", "notify")
    sequence = cv.SCRIPT_SCHEMA(example.content)
    script = Script(hass, sequence, example.name, "linky_pilote")
    await script.async_run(context=Context())
    await hass.async_block_till_done()
    (call,) = told  # the next day is red
    assert call.data["message"]
