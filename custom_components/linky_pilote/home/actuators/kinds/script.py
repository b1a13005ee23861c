"""A script: it is told what to do, and says nothing."""

from typing import Final

from ....engine.regulation.model import Setting
from .row import Aim, Call, Kept, Row, Told, call


def _write_script(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    variables = {
        "on": setting.value > 0,
        "power": round(setting.power),
        "value": setting.value,
        "level": setting.level,
        "target": setting.target,
    }
    return (call(aim.state.entity_id, "turn_on", variables=variables),)


def _give_script_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    return (call(entity_id, "turn_on", variables={"give_back": True}),)


SCRIPT: Final = Row(
    read=lambda aim: Told(),
    write=_write_script,
    keep=lambda aim: {},
    give_back=_give_script_back,
    off=lambda aim: {},
)
