"""What the history of a power sensor says fills in the form of a load."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.models import StatisticData
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from ..home.homes import Home
from ..serial_line import Port, Time
from ..statistics import keep_statistics
from .test_load import Form, show

POWER = "sensor.plug_power"


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Start the recorder first, as it must."""


async def _drew(hass: HomeAssistant, *watts: float) -> None:
    """Let the recorder know the highest power of some hours, in kW."""
    hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    rows = [
        StatisticData(start=hour - timedelta(hours=number), mean=0.0, max=power / 1000)
        for number, power in enumerate(watts, 2)
    ]
    await keep_statistics(hass, POWER, rows, unit="kW", kind="power", sums=False)


@pytest.mark.parametrize(
    ("watts", "suggested"),
    [((900, 2150, 1800), {"power": 2150}), ((3, 12), {}), ((), {})],
    ids=["highest", "standby", "nothing"],
)
async def test_the_power_is_filled_in(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    freezer: FrozenDateTimeFactory,
    watts: tuple[float, ...],
    suggested: dict[str, Any],
) -> None:
    home = Home(hass, port, time, freezer)
    await home.start()
    show(hass, "fan.plug", "on")
    show(hass, POWER, "0", unit_of_measurement="kW")
    await _drew(hass, *watts)
    form = Form(hass, home.entry)
    await form.open()
    step = await form.submit(
        entity=["fan.plug"], behaviour="appliance", power_sensor=POWER
    )
    assert step["step_id"] == "how"
    assert form.suggested() == suggested
