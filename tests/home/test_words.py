"""What makers call the orders of the pilot wire."""

import pytest

from custom_components.linky_pilote.engine.regulation.model import Level
from custom_components.linky_pilote.home.actuators.words import orders_among

SIX = {
    Level.COMFORT,
    Level.COMFORT_1,
    Level.COMFORT_2,
    Level.ECO,
    Level.FROST,
    Level.OFF,
}


@pytest.mark.parametrize(
    ("options", "levels"),
    [
        pytest.param(
            ["comfort", "eco", "frost_protection", "off", "comfort_-1", "comfort_-2"],
            SIX,
            id="NodOn, Zigbee2MQTT",
        ),
        pytest.param(
            ["Comfort", "Eco", "FrostProtection", "Off", "ComfortMinus1"],
            SIX - {Level.COMFORT_2},
            id="NodOn, ZHA",
        ),
        pytest.param(
            ["Confort", "Confort -1", "Confort -2", "Éco", "Hors-gel", "Arrêt"],
            SIX,
            id="French",
        ),
        pytest.param(
            ["comfort", "eco", "away", "none"],
            {Level.COMFORT, Level.ECO, Level.FROST},
            id="Heatzy",
        ),
        pytest.param(
            ["comfort", "comfort-1", "comfort-2", "eco", "frost_protection", "off"],
            SIX,
            id="Legrand",
        ),
        pytest.param(["red", "green", "boost"], set(), id="something else"),
    ],
)
def test_options(options: list[str], levels: set[Level]) -> None:
    assert orders_among(options).keys() == levels
