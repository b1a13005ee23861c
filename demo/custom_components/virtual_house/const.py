"""Names that more than one module of the virtual house uses."""

from typing import Final

DOMAIN: Final = "virtual_house"

CONF_LINK: Final = "link"
CONF_STATE: Final = "state"
CONF_CONTROL: Final = "control"
CONF_METER: Final = "meter"
CONF_MODE: Final = "mode"
CONF_SCENARIO: Final = "scenario"

CONTROL_PANEL: Final = "control_panel"
"""The device that holds what can be done to the world around the house."""
