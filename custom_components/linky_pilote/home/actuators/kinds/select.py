"""A choice of orders."""

from typing import Final

from ....engine.regulation.model import Setting
from .row import Aim, Call, Kept, Row, Told, call, keep_state, told_by_option


def _read_select(aim: Aim) -> Told:
    return told_by_option(aim.load.orders, aim.state.state)


def _write_select(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    option = aim.load.orders.get(setting.level) if setting.level else None
    if option is None:
        return ()
    return (call(aim.state.entity_id, "select_option", option=option),)


def _give_select_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    return (call(entity_id, "select_option", option=kept["state"]),)


SELECT: Final = Row(
    read=_read_select,
    write=_write_select,
    keep=keep_state,
    give_back=_give_select_back,
    off=keep_state,  # heaters alone have one, and no surplus of their own
)
