"""From an order to service calls, by kind of entity, and back to what it was."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import State
import pytest

from custom_components.linky_pilote.engine.regulation.model import Level, Setting
from custom_components.linky_pilote.home.actuators.kinds.row import (
    Aim,
    Call,
    Kept,
    Told,
)
from custom_components.linky_pilote.home.actuators.table import TABLE, row_of
from custom_components.linky_pilote.home.load import HomeLoad

OFF = Setting(power=0.0, value=0.0)
ON = Setting(power=2000.0, value=1.0)
FROST = Setting(power=0.0, value=0.0, level=Level.FROST, target=7.0)
ECO = Setting(power=1000.0, value=1.0, level=Level.ECO, target=15.5)
COMFORT = Setting(power=1000.0, value=1.0, level=Level.COMFORT, target=19.0)

PILOT_WIRE = {"comfort": "Confort", "eco": "Eco", "frost": "Hors-gel"}
PRESETS = {"comfort": "comfort", "eco": "eco", "frost": "away"}
BOOST = {"preset_mode": "boost", "preset_modes": ["none", "boost"]}
HEATS: dict[str, Any] = {
    "hvac_modes": ["off", "heat", "cool"],
    "min_temp": 5,
    "max_temp": 30,
    "temperature": 20.5,
    "preset_mode": None,
}


def aim(
    entity_id: str,
    state: str,
    attributes: dict[str, Any] | None = None,
    *,
    switch: str | None = None,
    phases: State | None = None,
    kept: Kept | None = None,
    **data: Any,
) -> Aim:
    """Return what an order goes to."""
    beside = {"switch": "switch.stop"} if switch else {}
    if phases:
        beside["phase_switch"] = phases.entity_id
    known = {"entity": entity_id, "behaviour": "on_off", **beside, **data}
    subentry = ConfigSubentry(
        data=MappingProxyType(known),
        subentry_type="load",
        title="x",
        unique_id=None,
    )
    return Aim(
        load=HomeLoad.of(subentry),
        state=State(entity_id, state, attributes or {}),
        switch=State("switch.stop", switch) if switch else None,
        kept=kept,
        phase_switch=phases,
    )


def heater(entity_id: str, state: str, attributes: dict[str, Any], **data: Any) -> Aim:
    """Return a heater."""
    return aim(entity_id, state, attributes, **{"behaviour": "heating", **data})


ADJUSTABLE: dict[str, Any] = {
    "behaviour": "adjustable",
    "low": 6,
    "high": 32,
    "step": 1,
    "unit": "A",
}
PERCENT: dict[str, Any] = {
    "behaviour": "adjustable",
    "low": 5,
    "high": 100,
    "step": 1,
    "unit": "%",
}
BY_SWITCH = State("switch.phases", "on")
BY_SELECT = State(
    "select.phases", "1-phase", {"options": ["Auto", "1-phase", "3-phases"]}
)
SWITCH_ORDERS = {"comfort": "on", "frost": "off"}
SIX: dict[str, Any] = {level.value: level.value for level in Level}

CASES = {
    "switch on": (aim("switch.a", "off"), ON, [("turn_on", {})]),
    "switch off": (aim("switch.a", "on"), OFF, [("turn_off", {})]),
    "switch inverted": (aim("switch.a", "on", inverted=True), ON, [("turn_off", {})]),
    "helper": (aim("input_boolean.a", "on"), OFF, [("turn_off", {})]),
    "humidifier": (aim("humidifier.a", "on"), OFF, [("turn_off", {})]),
    "pilot-wire module": (
        heater("switch.a", "off", {}, inverted=True, orders=SWITCH_ORDERS),
        FROST,
        [("turn_on", {})],
    ),
    "select": (
        heater("select.a", "Confort", {}, orders=PILOT_WIRE),
        FROST,
        [("select_option", {"option": "Hors-gel"})],
    ),
    "select without that option": (
        heater("select.a", "Confort", {}, orders={"comfort": "Confort"}),
        ECO,
        [],
    ),
    "number": (
        aim("number.a", "16", **ADJUSTABLE),
        Setting(power=2300, value=10),
        [("set_value", {"value": 10})],
    ),
    "number with a switch, off": (
        aim("number.a", "16", switch="on", **ADJUSTABLE),
        OFF,
        [("switch.stop", "turn_off", {})],
    ),
    "number with a switch, on": (
        aim("number.a", "16", switch="off", **ADJUSTABLE),
        Setting(power=1380, value=6),
        [("set_value", {"value": 6}), ("switch.stop", "turn_on", {})],
    ),
    "charger to three phases, which stops first": (
        aim("number.a", "16", switch="on", phases=BY_SELECT, **ADJUSTABLE),
        Setting(power=4140, value=6, phases=3),
        [
            ("switch.stop", "turn_off", {}),
            ("select.phases", "select_option", {"option": "3-phases"}),
            ("set_value", {"value": 6}),
            ("switch.stop", "turn_on", {}),
        ],
    ),
    "charger that was off, to three phases": (
        aim("number.a", "16", switch="off", phases=BY_SELECT, **ADJUSTABLE),
        Setting(power=4140, value=6, phases=3),
        [
            ("select.phases", "select_option", {"option": "3-phases"}),
            ("set_value", {"value": 6}),
            ("switch.stop", "turn_on", {}),
        ],
    ),
    "charger that stops at 0, to one phase": (
        aim("number.a", "16", phases=BY_SWITCH, **ADJUSTABLE),
        Setting(power=1380, value=6, phases=1),
        [
            ("set_value", {"value": 0.0}),
            ("switch.phases", "turn_off", {}),
            ("set_value", {"value": 6}),
        ],
    ),
    "charger that has its phases": (
        aim("number.a", "16", switch="on", phases=BY_SELECT, **ADJUSTABLE),
        Setting(power=1380, value=6, phases=1),
        [("set_value", {"value": 6})],
    ),
    "charger off": (
        aim("number.a", "16", switch="on", phases=BY_SELECT, **ADJUSTABLE),
        OFF,
        [("switch.stop", "turn_off", {})],
    ),
    "dimmer": (
        aim("light.a", "on", {"brightness": 255}, **PERCENT),
        Setting(power=600, value=30),
        [("turn_on", {"brightness_pct": 30})],
    ),
    "dimmer off": (
        aim("light.a", "on", {"brightness": 255}, **PERCENT),
        OFF,
        [("turn_off", {})],
    ),
    "pilot wire behind a dimmer": (
        heater("light.a", "on", {"brightness": 252}, orders=SIX),
        FROST,
        [("turn_on", {"brightness_pct": 15})],
    ),
    "fan": (
        aim("fan.a", "on", {"percentage": 100}, **PERCENT),
        Setting(power=30, value=40),
        [("set_percentage", {"percentage": 40})],
    ),
    "water heater": (aim("water_heater.a", "eco"), OFF, [("turn_off", {})]),
    "setpoint": (
        heater("climate.a", "heat", HEATS),
        FROST,
        [("set_temperature", {"temperature": 7.0})],
    ),
    "a mode before a setpoint": (
        heater("climate.a", "auto", HEATS),
        COMFORT,
        [
            ("set_hvac_mode", {"hvac_mode": "heat"}),
            ("set_temperature", {"temperature": 19.0}),
        ],
    ),
    "no lower than it can": (
        heater("climate.a", "heat", {**HEATS, "min_temp": 16}),
        FROST,
        [("set_temperature", {"temperature": 16})],
    ),
    "preset": (
        heater("climate.a", "heat", HEATS, orders=PRESETS),
        FROST,
        [("set_preset_mode", {"preset_mode": "away"})],
    ),
    "what cools is stopped": (
        heater("climate.a", "cool", HEATS),
        FROST,
        [("set_hvac_mode", {"hvac_mode": "off"})],
    ),
    "what cools is not told a low temperature": (
        heater("climate.a", "cool", HEATS),
        ECO,
        [],
    ),
    "what cools in a mode that may be either is stopped": (
        heater("climate.a", "heat_cool", {**HEATS, "hvac_action": "cooling"}),
        FROST,
        [("set_hvac_mode", {"hvac_mode": "off"})],
    ),
    "and gets that mode again": (
        heater(
            "climate.a",
            "off",
            HEATS,
            kept={"hvac_mode": "heat_cool", "preset_mode": None, "temperature": 24},
        ),
        COMFORT,
        [
            ("set_hvac_mode", {"hvac_mode": "heat_cool"}),
            ("set_temperature", {"temperature": 24}),
        ],
    ),
    "what heats in such a mode is told a temperature": (
        heater("climate.a", "heat_cool", {**HEATS, "hvac_action": "heating"}),
        FROST,
        [
            ("set_hvac_mode", {"hvac_mode": "heat"}),
            ("set_temperature", {"temperature": 7.0}),
        ],
    ),
    "and is warmed by one": (
        heater(
            "climate.a",
            "heat",
            HEATS,
            kept={"hvac_mode": "heat_cool", "preset_mode": None, "temperature": 24},
        ),
        COMFORT,
        [("set_temperature", {"temperature": 19.0})],
    ),
    "what cooled cools again": (
        heater(
            "climate.a",
            "off",
            HEATS,
            kept={"hvac_mode": "cool", "preset_mode": None, "temperature": 24},
        ),
        COMFORT,
        [
            ("set_hvac_mode", {"hvac_mode": "cool"}),
            ("set_temperature", {"temperature": 24}),
        ],
    ),
    "no level": (heater("climate.a", "heat", HEATS), OFF, []),
    "script": (
        aim("script.a", "off"),
        ON,
        [
            (
                "turn_on",
                {
                    "variables": {
                        "on": True,
                        "power": 2000,
                        "value": 1.0,
                        "level": None,
                        "target": None,
                    }
                },
            )
        ],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_orders(case: tuple[Aim, Setting, list[Any]]) -> None:
    target, setting, expected = case
    entity_id = target.state.entity_id
    calls = []
    for call in expected:
        entity, service, data = call if len(call) == 3 else (entity_id, *call)
        domain = entity.partition(".")[0]
        calls.append(Call(domain, service, {"entity_id": entity, **data}))
    assert row_of(entity_id).write(target, setting) == tuple(calls)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (aim("switch.a", "on"), Told(setting=1.0)),
        (aim("switch.a", "on", inverted=True), Told(setting=0.0)),
        (heater("switch.a", "on", {}, orders=SWITCH_ORDERS), Told(level=Level.COMFORT)),
        (heater("select.a", "Eco", {}, orders=PILOT_WIRE), Told(level=Level.ECO)),
        (
            heater("select.a", "Auto", {}, orders=PILOT_WIRE),
            Told(level=Level.COMFORT, foreign=True),  # a programme may heat
        ),
        (aim("number.a", "16", **ADJUSTABLE), Told(setting=16.0)),
        (aim("number.a", "16", switch="off", **ADJUSTABLE), Told(setting=0.0)),
        (
            aim("number.a", "16", phases=BY_SWITCH, **ADJUSTABLE),
            Told(setting=16.0, phases=3),
        ),
        (
            aim("number.a", "16", phases=BY_SELECT, **ADJUSTABLE),
            Told(setting=16.0, phases=1),
        ),
        (
            aim("number.a", "16", phases=State("switch.p", "unknown"), **ADJUSTABLE),
            Told(setting=16.0),
        ),
        (aim("light.a", "off", {}, **PERCENT), Told(setting=0.0)),
        (aim("light.a", "on", {"brightness": 128}, **PERCENT), Told(setting=50)),
        (
            heater("light.a", "on", {"brightness": 38}, orders=SIX),
            Told(level=Level.FROST),
        ),
        (aim("fan.a", "on", {"percentage": 40}, **PERCENT), Told(setting=40.0)),
        (aim("fan.a", "off", {}), Told(setting=0.0)),
        (aim("climate.a", "cool", HEATS), Told(setting=1.0, target=20.5)),
        (heater("climate.a", "heat", HEATS), Told(level=Level.COMFORT, target=20.5)),
        (
            heater("climate.a", "heat", {**HEATS, "temperature": 8}),
            Told(level=Level.FROST, target=8),
        ),
        (heater("climate.a", "off", HEATS), Told(level=Level.OFF)),
        (heater("climate.a", "cool", HEATS), Told(level=Level.COMFORT)),
        (
            heater("climate.a", "auto", {**HEATS, "hvac_action": "drying"}),
            Told(level=Level.COMFORT),
        ),
        (
            heater("climate.a", "off", HEATS, kept={"hvac_mode": "auto"}),
            Told(level=Level.FROST),
        ),
        (
            heater("climate.a", "off", HEATS, kept={"hvac_mode": "cool"}),
            Told(level=Level.FROST),
        ),
        (
            heater(
                "climate.a", "heat", {**HEATS, "preset_mode": "away"}, orders=PRESETS
            ),
            Told(level=Level.FROST, target=20.5),
        ),
        (
            aim("water_heater.a", "eco", {"temperature": 55}),
            Told(setting=1.0, target=55),
        ),
        (aim("script.a", "off"), Told()),
    ],
)
def test_what_they_say(target: Aim, told: Told) -> None:
    assert row_of(target.state.entity_id).read(target) == told


@pytest.mark.parametrize(
    ("target", "services"),
    [
        (aim("switch.a", "on"), ["turn_on"]),
        (aim("switch.a", "off"), ["turn_off"]),
        (aim("input_select.a", "Confort"), ["select_option"]),
        (aim("number.a", "16", **ADJUSTABLE), ["set_value"]),
        (aim("number.a", "16", switch="on", **ADJUSTABLE), ["set_value", "turn_on"]),
        (
            aim("number.a", "16", switch="on", phases=BY_SELECT, **ADJUSTABLE),
            ["turn_off", "select_option", "set_value", "turn_on"],
        ),
        (
            aim("number.a", "16", phases=BY_SWITCH, **ADJUSTABLE),
            ["set_value", "turn_on", "set_value"],
        ),
        (aim("light.a", "off", {}, **PERCENT), ["turn_off"]),
        (aim("light.a", "on", {"brightness": 77}, **PERCENT), ["turn_on"]),
        (aim("fan.a", "on", {"percentage": 40}, **PERCENT), ["set_percentage"]),
        (aim("fan.a", "off", {}, **PERCENT), ["turn_off"]),
        (aim("climate.a", "off", HEATS), ["set_hvac_mode"]),
        (aim("climate.a", "heat", HEATS), ["set_hvac_mode", "set_temperature"]),
        (
            aim("climate.a", "heat", {**HEATS, **BOOST}),
            ["set_hvac_mode", "set_temperature", "set_preset_mode"],
        ),
        (
            aim("climate.a", "heat", {**HEATS, "preset_mode": "none"}),
            ["set_hvac_mode", "set_temperature"],
        ),
        (aim("water_heater.a", "off"), ["turn_off"]),
        (aim("water_heater.a", "eco"), ["turn_on", "set_operation_mode"]),
        (aim("script.a", "off"), ["turn_on"]),
    ],
)
def test_give_back(target: Aim, services: list[str]) -> None:
    row, entity_id = row_of(target.state.entity_id), target.state.entity_id
    kept = row.keep(target)
    assert [call.service for call in row.give_back(entity_id, kept)] == services


@pytest.mark.parametrize(
    ("target", "services"),
    [
        (aim("switch.a", "on"), ["turn_off"]),
        (aim("switch.a", "off", inverted=True), ["turn_on"]),
        (aim("number.a", "16", **PERCENT), ["set_value"]),
        (aim("number.a", "16", switch="on", **ADJUSTABLE), ["set_value", "turn_off"]),
        (aim("light.a", "on", {"brightness": 77}, **PERCENT), ["turn_off"]),
        (aim("fan.a", "on", {"percentage": 40}, **PERCENT), ["turn_off"]),
        (aim("climate.a", "heat", HEATS), ["set_hvac_mode"]),
        (aim("water_heater.a", "eco"), ["turn_off"]),
        (aim("script.a", "off"), ["turn_on"]),
    ],
)
def test_what_ran_on_surplus_is_given_back_off(
    target: Aim, services: list[str]
) -> None:
    row, entity_id = row_of(target.state.entity_id), target.state.entity_id
    calls = row.give_back(entity_id, row.off(target))
    assert [call.service for call in calls] == services


def test_each_kind_has_a_case() -> None:
    tried = {target.state.domain for target, _, _ in CASES.values()}
    assert tried | {"input_number", "input_select"} == TABLE.keys()
