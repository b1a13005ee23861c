"""A reading that is made in parts is the one that is made at once."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.tic import Decoder, Group
from custom_components.linky_pilote.engine.tic.builder import ReadingBuilder
from custom_components.linky_pilote.engine.tic.parts import Facts

from .figures import (
    EJP_1,
    PRODUCER_3,
    STANDARD_BASE_1,
    STANDARD_TEMPO_1,
    STANDARD_TEMPO_3,
    TEMPO_1,
    TEMPO_3,
    Figures,
)


def _groups(figures: Figures) -> dict[str, Group]:
    events = Decoder().feed(figures.frame * 2)
    return {event.label: event for event in events if isinstance(event, Group)}


HISTORICAL = [_groups(figures) for figures in (TEMPO_1, TEMPO_3, EJP_1)]
STANDARD = [
    _groups(figures)
    for figures in (STANDARD_BASE_1, STANDARD_TEMPO_1, STANDARD_TEMPO_3, PRODUCER_3)
]


@pytest.mark.parametrize("frames", [HISTORICAL, STANDARD], ids=["hist", "standard"])
@given(data=st.data())
def test_parts(frames: list[dict[str, Group]], data: st.DataObject) -> None:
    """Whatever changed before, and whatever was urgent, nothing old is left."""
    first = frames[0]
    facts = Facts(
        mode=next(iter(first.values())).mode, phases=1, periods=None, warnings={}
    )
    labels = sorted({label for groups in frames for label in groups})
    groups = dict(first)
    builder = ReadingBuilder()
    assert builder.build(groups, facts, complete=True).complete
    for _ in range(data.draw(st.integers(1, 12))):
        label = data.draw(st.sampled_from(labels))
        group = data.draw(st.sampled_from(frames)).get(label)
        if group is None:
            groups.pop(label, None)
        else:
            groups[label] = group
        facts = data.draw(
            st.sampled_from(
                (
                    facts,
                    facts._replace(phases=3),
                    facts._replace(periods=(TariffPeriod.PEAK,)),
                    facts._replace(warnings={2: 45}),
                )
            )
        )
        if group is not None and data.draw(st.booleans()):
            assert not builder.renew(groups, facts, label).complete
            continue
        made = builder.build(groups, facts, complete=True)
        assert made == ReadingBuilder().build(groups, facts, complete=True)
        assert replace(made, complete=False) == builder.build(
            groups, facts, complete=False
        )
