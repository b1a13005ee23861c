"""A value that is set, with a switch and a choice of phases beside it."""

from typing import Final

from homeassistant.const import STATE_OFF, STATE_ON

from ....engine.regulation.model import Setting
from ..phases import phase_option, phases_told
from .row import Aim, Call, Kept, Row, Told, call, power_call, says_something


def _read_number(aim: Aim) -> Told:
    stopped = aim.switch is not None and aim.switch.state == STATE_OFF
    return Told(
        setting=0.0 if stopped else float(aim.state.state),
        phases=phases_told(aim.phase_switch) if aim.phase_switch else None,
    )


def _write_number(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    switch, entity_id = aim.switch, aim.state.entity_id
    stop = _stop(entity_id, None if switch is None else switch.entity_id)
    if setting.value == 0:
        return (stop,)
    on = switch is None or switch.state == STATE_ON
    calls = _call_phases(aim, setting)
    if calls and on:  # no contact is switched under load
        calls, on = (stop, *calls), switch is None
    calls = (*calls, call(entity_id, "set_value", value=setting.value))
    if switch is None or on:
        return calls
    return (*calls, power_call(switch.entity_id, on=True))


def _stop(entity_id: str, switch: str | None) -> Call:
    if switch is None:
        return call(entity_id, "set_value", value=0.0)
    return power_call(switch, on=False)


def _call_phases(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    """Return the call that switches a charger to other phases, if that is ordered."""
    state, count = aim.phase_switch, setting.phases
    if state is None or count is None or phases_told(state) == count:
        return ()
    option = phase_option(state, count)
    return () if option is None else (_choose(state.entity_id, option),)


def _choose(entity_id: str, option: str) -> Call:
    """Return the call that gives a switch or a selector a state."""
    if entity_id.partition(".")[0] in ("select", "input_select"):
        return call(entity_id, "select_option", option=option)
    return power_call(entity_id, on=option == STATE_ON)


def _keep_number(aim: Aim) -> Kept:
    kept: Kept = {"value": float(aim.state.state)}
    # by their ids in the registry: they may be renamed before they are given back
    for name, stored, state in (
        ("switch", aim.load.switch, aim.switch),
        ("phases", aim.load.phase_switch, aim.phase_switch),
    ):
        if state is not None and says_something(state):
            kept[name] = [stored, state.state]
    return kept


def _number_off(aim: Aim) -> Kept:
    kept = _keep_number(aim)
    if aim.switch is None:
        return kept | {"value": 0.0}
    return kept | {"switch": [aim.load.switch, STATE_OFF]}


def _give_number_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    switch, state = kept.get("switch", (None, None))
    calls: tuple[Call, ...] = (call(entity_id, "set_value", value=kept["value"]),)
    if "phases" in kept:
        calls = (_stop(entity_id, switch), _choose(*kept["phases"]), *calls)
    if switch is None:
        return calls
    return (*calls, power_call(switch, on=state == STATE_ON))


NUMBER: Final = Row(
    read=_read_number,
    write=_write_number,
    keep=_keep_number,
    give_back=_give_number_back,
    off=_number_off,
)
