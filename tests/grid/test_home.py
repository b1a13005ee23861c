"""The grid and the meter: who is believed, what is drawn, what the home is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT as CALENDARS
from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.linky_pilote.engine.reading import (
    Contract,
    MeterReading,
    TariffPeriod,
    TempoColor,
    TicMode,
)
from custom_components.linky_pilote.engine.regulation.model import (
    PeakKind,
    PeakSpan,
    Signals,
    Span,
)
from custom_components.linky_pilote.grid.board import announced, signals_of
from custom_components.linky_pilote.grid.servers import DATA_GRID_SERVERS
from custom_components.linky_pilote.meter.coordinator import SIGNAL_READING

from ..bodies import PARIS
from ..conftest import PORT, attribute, make_entry, set_up, state
from ..meters import STANDARD_TEMPO
from ..serial_line import Port, Time
from ..upstream import ECO2MIX, PRICES, TEMPO_LIGHT, Reply, Upstream
from .conftest import NOON
from .homes import Clock, make_grid, servers, start


class PeakDays(CalendarEntity):
    """A calendar of the user's own, with a supplier's peak and a whole day."""

    entity_id = "calendar.peaks"
    _attr_name = "Peaks"
    event = None

    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return two events."""
        morning = datetime(2026, 12, 16, 8, tzinfo=PARIS)
        return [
            CalendarEvent(
                summary="a day",
                start=morning.date() + timedelta(2),
                end=morning.date() + timedelta(3),
            ),
            CalendarEvent(
                summary="peak", start=morning, end=morning + timedelta(hours=5)
            ),
        ]


async def say(
    hass: HomeAssistant,
    today: TempoColor | None = None,
    tomorrow: TempoColor | None = None,
    *,
    index: int | None = None,
    power: float | None = None,
    meter: str = "id1",
) -> None:
    """Let a meter say something."""
    reading = MeterReading(
        mode=TicMode.STANDARD,
        complete=True,
        color_today=today,
        color_tomorrow=tomorrow,
        total_index=index,
    )
    async_dispatcher_send(hass, SIGNAL_READING, meter, reading, power)
    await hass.async_block_till_done()


async def test_a_meter_is_believed_first(
    hass: HomeAssistant,
    keyless: MockConfigEntry,
    clock: Clock,
    issue_registry: ir.IssueRegistry,
) -> None:
    await say(hass, TempoColor.BLUE)
    entity = "sensor.grid_tempo_today"
    assert state(hass, entity) == "blue"
    assert attribute(hass, entity, "source") == "meter"
    assert attribute(hass, entity, "disputed") is True
    assert attribute(hass, entity, "voices") == {
        "meter": "blue",
        "services_rte": "white",
    }
    signals = signals_of(hass)
    assert signals is not None
    assert signals.color is TempoColor.WHITE, "the dearest is what is shed by"

    await clock.move_to(NOON + timedelta(minutes=59))
    assert not issue_registry.issues
    await clock.move_to(NOON + timedelta(minutes=61))
    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == "tempo_disputed"
    assert issue.translation_placeholders == {
        "name": "Grid",
        "day": "15/12/2026",
        "voices": "Meter: Blue, RTE’s web page: White",
    }
    await say(hass, TempoColor.WHITE)
    assert not issue_registry.issues
    assert state(hass, entity) == "white"


async def test_a_meter_alone(
    hass: HomeAssistant, upstream: Upstream, clock: Clock
) -> None:
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    upstream.set(TEMPO_LIGHT, Reply(status=500))
    await start(hass, make_grid())
    assert state(hass, "sensor.grid_tempo_today") == "unknown"
    assert attribute(hass, "sensor.grid_tempo_today", "why") == "retired"
    await say(hass, TempoColor.WHITE, TempoColor.RED)
    await clock.move_to(datetime(2026, 12, 16, 5, 0, tzinfo=UTC))
    await say(hass, TempoColor.WHITE, None)  # it is some minutes late
    assert state(hass, "sensor.grid_tempo_today") == "red"


async def test_the_home_hears_of_a_new_day_before_the_grid_has_looked_again(
    hass: HomeAssistant, keyless: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await say(hass, TempoColor.WHITE, TempoColor.RED)
    freezer.move_to(datetime(2026, 12, 16, 5, 0, tzinfo=UTC))
    signals = signals_of(hass)
    assert signals is not None
    assert (signals.color, signals.color_tomorrow) == (TempoColor.RED, None)


async def test_a_real_meter_is_heard(
    hass: HomeAssistant,
    keyless: MockConfigEntry,
    port: Port,
    time: Time,
) -> None:
    entry = make_entry(STANDARD_TEMPO)
    await set_up(hass, entry, time, port, STANDARD_TEMPO.frame())
    voices = attribute(hass, "sensor.grid_tempo_today", "voices")
    assert "meter" in voices
    assert state(hass, "sensor.grid_carbon_of_the_home") != "unknown"
    assert port.opened, PORT


async def test_carbon_of_the_home(
    hass: HomeAssistant, keyless: MockConfigEntry, upstream: Upstream, clock: Clock
) -> None:
    rate, today = (
        "sensor.grid_carbon_of_the_home",
        "sensor.grid_carbon_of_the_home_today",
    )
    await say(hass, index=1000, power=3000)
    await clock.move_to(NOON + timedelta(minutes=1))
    assert float(state(hass, rate)) == pytest.approx(3000 * 20 / 60_000)
    assert float(state(hass, today)) == 0
    await say(hass, index=51_000, power=-500)
    await say(hass, index=7000, power=300, meter="id2")
    await clock.move_to(NOON + timedelta(minutes=2))
    assert float(state(hass, today)) == pytest.approx(1.0)  # 50 kWh at 20 g
    assert float(state(hass, rate)) == 0, "one injects what the other draws"

    # what is drawn while the grid's carbon is not known is told, and not guessed
    upstream.set(ECO2MIX, Reply(status=500))
    evening = NOON + timedelta(hours=9)
    await clock.move_to(evening)
    await say(hass, index=51_000, power=100)
    await say(hass, index=51_400, power=100)
    await clock.move_to(evening + timedelta(minutes=1))
    assert state(hass, rate) == "unknown"
    assert attribute(hass, today, "uncounted_wh") == 400

    await clock.move_to(datetime(2026, 12, 15, 23, 0, tzinfo=UTC))
    assert float(state(hass, today)) == 0
    assert attribute(hass, today, "uncounted_wh") == 0


async def test_carbon_of_the_home_goes_on_after_a_restart(
    hass: HomeAssistant, keyless: MockConfigEntry, clock: Clock
) -> None:
    await say(hass, index=0, power=3000)
    await say(hass, index=50_000, power=3000)
    await clock.advance(minutes=1)
    assert await hass.config_entries.async_unload(keyless.entry_id)
    await start(hass, keyless)
    assert float(state(hass, "sensor.grid_carbon_of_the_home_today")) == 1.0


async def test_the_board(hass: HomeAssistant, grid: MockConfigEntry) -> None:
    signals = signals_of(hass)
    assert signals is not None
    assert signals.tempo
    assert (signals.color, signals.color_tomorrow) == ("white", "red")
    assert signals.carbon == 60
    assert signals.price == 0.1921
    red = [span for span in signals.ecowatt if span.level == 3]
    assert [(span.start, span.end) for span in red] == [
        (NOON.timestamp() + 3600, NOON.timestamp() + 2 * 3600),
        (NOON.timestamp() + 6 * 3600, NOON.timestamp() + 8 * 3600),
    ]
    assert {span.level for span in signals.ecowatt} == {1, 3}, "the past is left out"

    own = Signals(
        color=TempoColor.BLUE,
        peaks=(PeakSpan(start=0, end=1, kind=PeakKind.EJP),),
        production=500,
    )
    together = announced(hass, own)
    assert together == replace(
        signals, peaks=own.peaks, production=500, color=TempoColor.WHITE
    )

    assert await hass.config_entries.async_unload(grid.entry_id)
    assert signals_of(hass) is None
    assert announced(hass, own) is own


async def test_off_peak_hours_and_peak_days(
    hass: HomeAssistant, upstream: Upstream, clock: Clock
) -> None:
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    assert await async_setup_component(hass, "calendar", {})
    calendar = PeakDays()
    await hass.data[CALENDARS].async_add_entities([calendar])
    entry = make_grid(
        contract="off_peak",
        off_peak_hours="22:30-06:30,12:00-14:00",
        prices={"peak": 0.3, "off_peak": 0.2},
        peak_calendar="calendar.peaks",
    )
    await start(hass, entry)
    signals = signals_of(hass)
    assert signals is not None
    start_of_peak = datetime(2026, 12, 16, 7, 0, tzinfo=UTC).timestamp()
    assert signals.peaks == (
        PeakSpan(
            start=start_of_peak, end=start_of_peak + 5 * 3600, kind=PeakKind.SUPPLIER
        ),
        PeakSpan(
            start=start_of_peak + 40 * 3600,
            end=start_of_peak + 64 * 3600,
            kind=PeakKind.SUPPLIER,
        ),
    )
    noon = NOON.timestamp()
    assert signals.off_peak[:2] == (
        Span(start=noon, end=noon + 2 * 3600),
        Span(start=noon + 10.5 * 3600, end=noon + 18.5 * 3600),
    )
    assert not signals.tempo
    assert state(hass, "sensor.grid_electricity_price") == "0.2"
    assert attribute(hass, "sensor.grid_electricity_price", "source") == "own"
    assert state(hass, "sensor.grid_next_electricity_price") == "0.3"

    # a calendar that is gone is told of once, and keeps what was known
    await calendar.async_remove()
    await clock.move_to(NOON + timedelta(minutes=16))
    await clock.move_to(NOON + timedelta(minutes=32))
    known = signals_of(hass)
    assert known is not None
    assert known.peaks == signals.peaks


@pytest.mark.parametrize(
    ("contract", "row", "price"),
    [
        ("base", {"PART_VARIABLE_TTC": 0.2001}, "0.2001"),
        # without hours nobody knows which of the two prices counts
        ("off_peak", {"PART_VARIABLE_HC_TTC": 1, "PART_VARIABLE_HP_TTC": 2}, "unknown"),
    ],
)
async def test_other_contracts(
    hass: HomeAssistant,
    upstream: Upstream,
    clock: Clock,
    contract: str,
    row: dict[str, float],
    price: str,
) -> None:
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    upstream.set(PRICES, {"data": [{"DATE_DEBUT": "2026-08-01", **row}]})
    await start(hass, make_grid(contract=contract))
    assert state(hass, "sensor.grid_electricity_price") == price
    why = attribute(hass, "sensor.grid_electricity_price", "why")
    assert why == (None if price != "unknown" else "no_price")
    assert state(hass, "sensor.grid_next_electricity_price") == "unknown"


async def test_ejp(hass: HomeAssistant, upstream: Upstream, clock: Clock) -> None:
    """The meter knows the period that runs and the one it announces; else a calendar."""
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    assert await async_setup_component(hass, "calendar", {})
    await hass.data[CALENDARS].async_add_entities([PeakDays()])
    price, coming = (
        "sensor.grid_electricity_price",
        "sensor.grid_next_electricity_price",
    )
    entry = make_grid(contract="ejp", prices={"normal": 0.16, "moving_peak": 1.5})
    await start(hass, entry)
    assert upstream.count(PRICES) == 0, "EJP has no regulated prices there"
    assert state(hass, price) == "unknown"
    assert attribute(hass, price, "why") == "no_meter"

    async def hear(period: TariffPeriod, notice: int | None = None) -> None:
        reading = MeterReading(
            mode=TicMode.HISTORICAL,
            complete=True,
            contract=Contract.EJP,
            period=period,
            peak_notice_minutes=notice,
        )
        async_dispatcher_send(hass, SIGNAL_READING, "id1", reading, 500.0)
        await hass.async_block_till_done()

    def at_hour(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 12, day, hour, minute, tzinfo=PARIS)

    await hear(TariffPeriod.NORMAL)
    assert (state(hass, price), state(hass, coming)) == ("0.16", "unknown")
    await clock.move_to(at_hour(16, 6, 40))
    await hear(TariffPeriod.NORMAL, notice=30)
    assert (state(hass, price), state(hass, coming)) == ("0.16", "1.5")
    assert attribute(hass, coming, "from") == at_hour(16, 7).isoformat()
    await clock.move_to(at_hour(16, 7))
    await hear(TariffPeriod.MOVING_PEAK)
    assert (state(hass, price), state(hass, coming)) == ("1.5", "0.16")
    for moment in (at_hour(16, 12), at_hour(17, 0, 30)):
        await clock.move_to(moment)
        await hear(TariffPeriod.MOVING_PEAK)
        assert state(hass, price) == "1.5"
        assert attribute(hass, coming, "from") == at_hour(17, 1).isoformat()
    await clock.move_to(at_hour(17, 1))
    await hear(TariffPeriod.NORMAL)
    assert state(hass, price) == "0.16"

    # without a meter the calendar of the peaks is believed
    await clock.move_to(at_hour(17, 1, 10))
    assert state(hass, price) == "unknown"
    calendar = {"contract": "ejp", "peak_calendar": "calendar.peaks"}
    hass.config_entries.async_update_entry(entry, options={**entry.options, **calendar})
    await clock.move_to(at_hour(16, 8, 30))
    await clock.move_to(at_hour(16, 8, 46))
    assert (state(hass, price), state(hass, coming)) == ("1.5", "0.16")


async def test_prices_that_are_outdated(
    hass: HomeAssistant,
    grid: MockConfigEntry,
    clock: Clock,
    issue_registry: ir.IssueRegistry,
) -> None:
    await clock.move_to(datetime(2027, 1, 31, 22, 59, tzinfo=UTC))
    assert not [i for i in issue_registry.issues.values() if "prices" in i.issue_id]
    await clock.move_to(datetime(2027, 1, 31, 23, 1, tzinfo=UTC))
    (issue,) = [i for i in issue_registry.issues.values() if "prices" in i.issue_id]
    assert issue.translation_placeholders == {"name": "Grid", "since": "01/08/2026"}


async def test_diagnostics_have_no_keys(
    hass: HomeAssistant, grid: MockConfigEntry
) -> None:
    shown = await async_get_config_entry_diagnostics(hass, grid)
    for secret in ("an-id", "a-secret", "a-token", "gridid", "token-1"):
        assert secret not in str(shown)
    assert shown["entry"]["data"]["rte_client_secret"] == REDACTED
    assert shown["sources"]["ecowatt"]["requests"] == 1
    assert shown["sources"]["ecowatt"]["answer"]["signals"]
    assert shown["tempo"][1]["color"] == "red"


async def test_system_health(
    hass: HomeAssistant, grid: MockConfigEntry, upstream: Upstream, clock: Clock
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    info = await get_system_health_info(hass, DOMAIN)
    assert info["grid_sources_answering"] == "6/6"
    upstream.set(ECO2MIX, Reply(status=500))
    await clock.move_to(NOON + timedelta(minutes=21))
    info = await get_system_health_info(hass, DOMAIN)
    assert info["grid_sources_answering"] == "5/6, eco2mix: temporary"
