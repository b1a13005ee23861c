"""Messages of bridges: every shape, what it loses, and what is no meter's at all."""

from collections.abc import Iterable
from dataclasses import fields, replace
from itertools import pairwise
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_pilote.engine.reading import (
    Contract,
    MeterReading,
    Peak,
    TariffPeriod,
)
from custom_components.linky_pilote.engine.tic import (
    Assembler,
    Cause,
    FrameEnd,
    Group,
    MeterChanged,
    PayloadReader,
    Rejection,
    Shape,
    shape_of,
)
from custom_components.linky_pilote.engine.tic.labels import LABELS

from ...meters import METERS, Meter
from . import bridges
from .bridges import Bridge, Message
from .figures import (
    ALL,
    BASE_1,
    EJP_1,
    OFF_PEAK_1,
    PRODUCER_3,
    STANDARD_TEMPO_1,
    TEMPO_1,
    TEMPO_3,
    Figures,
)
from .lines import Sent, changed, decode, frame_ends, groups, read
from .test_frames import ALL_RECORDINGS, Recording

LOSSLESS = (
    bridges.raw,
    bridges.fragments,
    bridges.text,
    bridges.text_with_marks,
)
WITHOUT_STAMPS = (bridges.flat, bridges.tasmota, bridges.teleinfokit)


class Listener:
    """Messages to readings, on a clock of its own."""

    def __init__(self, serial: str | None = None) -> None:
        self.reader = PayloadReader()
        self.assembler = Assembler(serial)
        self.now = 1000.0
        self.causes: list[str] = []
        self.changes: list[MeterChanged] = []

    def hear(self, *messages: Message, live: bool = True) -> list[MeterReading]:
        """Take messages that come at once, and the quiet after them."""
        self.now += 1
        events = []
        for topic, payload in messages:
            found = self.reader.read(topic, payload, live=live)
            events += [*self.reader.recall(), *found] if live else found
        events += self.reader.pause()
        readings = []
        for event in events:
            if isinstance(event, Rejection):
                self.causes.append(str(event.cause))
            match self.assembler.take(event, self.now):
                case MeterReading() as reading:
                    readings.append(reading)
                case MeterChanged() as change:
                    self.changes.append(change)
        return readings

    def last(self, *messages: Message) -> MeterReading:
        """Take messages and return the last reading that they make."""
        return self.hear(*messages)[-1]


def sent_by(meter: Meter) -> list[Sent]:
    return [
        (label, data, meter.stamps[label]) if label in meter.stamps else (label, data)
        for label, data in meter.groups.items()
    ]


FRAMES: dict[str, Iterable[Sent]] = {
    **{figures.name: figures.sent for figures in ALL},
    **{name: sent_by(meter) for name, meter in METERS.items()},
}

EACH_FRAME = pytest.mark.parametrize("name", FRAMES)


def reading_of(sent: Iterable[Sent]) -> MeterReading:
    """Return what a line with these groups says."""
    return read(bridges.raw(sent)[0][1])


def without_stamps(reading: MeterReading) -> MeterReading:
    """Leave out what only horodates say."""

    def peak(value: Any) -> Any:
        if isinstance(value, Peak):
            return replace(value, time=None)
        if value and isinstance(value, tuple) and isinstance(value[0], Peak):
            return tuple(peak(item) for item in value)
        return value

    values = {f.name: peak(getattr(reading, f.name)) for f in fields(reading)}
    degraded = bool(reading.status and reading.status.clock_degraded)
    values |= {"clock": None, "clock_degraded": degraded, "moving_peaks": {}}
    return MeterReading(**values)


def assert_same(found: MeterReading, expected: MeterReading) -> None:
    for field in fields(MeterReading):
        assert getattr(found, field.name) == getattr(expected, field.name), field.name


# --- Shapes -----------------------------------------------------------------------


@EACH_FRAME
@pytest.mark.parametrize("bridge", LOSSLESS, ids=lambda bridge: bridge.__name__)
def test_bytes_of_a_line(bridge: Bridge, name: str) -> None:
    messages = bridge(FRAMES[name])
    listener = Listener()
    found = [listener.hear(*messages) for _ in range(2)][-1][-1]
    marked = bridge is not bridges.text
    assert_same(found, replace(reading_of(FRAMES[name]), complete=marked))


@EACH_FRAME
@pytest.mark.parametrize("bridge", WITHOUT_STAMPS, ids=lambda bridge: bridge.__name__)
def test_labels_without_horodates(bridge: Bridge, name: str) -> None:
    sent = FRAMES[name]
    listener = Listener()
    found = listener.last(*bridge(sent))
    by_topic = bridge is bridges.teleinfokit
    if by_topic:
        sent = changed(sent, PEJP=None, MSG2=None, PPOINTE=None)
    expected = without_stamps(reading_of(sent))
    assert_same(found, replace(expected, complete=not by_topic))


@EACH_FRAME
@pytest.mark.parametrize(
    "bridge", [bridges.teleinfo2mqtt, bridges.teleinfo2mqtt_values]
)
def test_teleinfo2mqtt(bridge: Bridge, name: str) -> None:
    sent = [
        item
        for item in FRAMES[name]
        if len(item) < bridges.STAMPED or item[-1][0] in "HE"
    ]
    assert_same(Listener().last(*bridge(sent)), reading_of(sent))


@pytest.mark.parametrize(
    "figures", [BASE_1, OFF_PEAK_1, EJP_1, TEMPO_1, TEMPO_3], ids=lambda f: f.name
)
def test_sections_in_historical_mode(figures: Figures) -> None:
    found = Listener().last(*bridges.bernaerts(figures.sent))
    expected = replace(
        figures.reading,
        complete=False,
        contract_name=None,
        max_currents=(),
        peak_notice_minutes=None,
        peak_yesterday=None,
        meter_status_word=None,
        timetable_code=None,
    )
    assert_same(found, expected)


def test_sections_in_standard_mode() -> None:
    found = Listener().last(*bridges.bernaerts(STANDARD_TEMPO_1.sent))
    expected = STANDARD_TEMPO_1.reading
    for name in (
        "serial",
        "contract",
        "color_today",
        "total_index",
        "contract_indexes",
        "apparent_power",
        "currents",
        "voltages",
        "subscribed_power",
        "relays",
    ):
        assert getattr(found, name) == getattr(expected, name), name
    for period in expected.contract_indexes:
        assert found.indexes[period] == expected.indexes[period]
    assert found.period is TariffPeriod.BLUE_PEAK


def test_live_sections_need_the_mode_from_a_whole_message() -> None:
    """`tele/…/LIVE` has only the section METER: it does not show the mode."""
    listener = Listener()
    live = ("tele/linky/LIVE", b'{"METER":{"PH":1,"P":1230,"I1":5.04,"U1":230}}')
    assert listener.hear(live) == []
    listener.hear(*bridges.bernaerts(OFF_PEAK_1.sent))
    reading = listener.last(live)
    assert (reading.apparent_power, reading.currents) == (1230, (5,))
    assert reading.total_index == OFF_PEAK_1.reading.total_index


def test_an_alert_in_the_sections() -> None:
    listener = Listener()
    ((topic, payload),) = bridges.bernaerts(changed(OFF_PEAK_1.sent, IINST="047"))
    alarmed = payload.replace(b'"Load": 0', b'"Load": 1')
    reading = listener.last((topic, alarmed))
    assert reading.overload
    assert reading.overload_currents == {1: 47}


def test_linkytop() -> None:
    reading = Listener().last(*bridges.linkytop(OFF_PEAK_1.sent))
    assert reading.serial is None
    assert reading.contract is Contract.OFF_PEAK
    assert reading.period is TariffPeriod.PEAK
    assert reading.indexes == OFF_PEAK_1.reading.indexes
    assert reading.total_index == OFF_PEAK_1.reading.total_index
    assert (reading.apparent_power, reading.currents) == (2160, (9,))


def test_the_first_teleinfokit() -> None:
    reading = Listener().last(*bridges.teleinfokit_1(OFF_PEAK_1.sent))
    assert reading.serial == OFF_PEAK_1.reading.serial
    assert reading.indexes == OFF_PEAK_1.reading.indexes
    assert reading.subscribed_power == 9000


def test_photovoltaic_optimiser() -> None:
    listener = Listener()
    reading = listener.last(*bridges.optimiser(PRODUCER_3.sent))
    assert reading.apparent_power == PRODUCER_3.reading.apparent_power
    assert reading.injected_power == PRODUCER_3.reading.injected_power
    assert reading.reactive_indexes == {}
    assert listener.reader.unknown == {"ERQT": 1}
    assert listener.causes == []


@pytest.mark.parametrize(
    ("topic", "payload", "shape"),
    [
        ("tele/linky/RAW", b"\x02\nADCO 021861111111 /\r", Shape.LINE),
        ("tele/linky/TIC", b'{"PAPP":"00720"}', Shape.OBJECT),
        ("tele/linky/SENSOR", b'{"CONTRACT":{"HC..":12}}', Shape.OBJECT),
        ("tic/SINSTS", b"720", Shape.TOPICS),
        ("PAPP", b"00720", Shape.TOPICS),
        ("teleinfokit-x/data/NJOURF_1", b"00", Shape.TOPICS),
        ("tele/plug/SENSOR", b'{"ENERGY":{"Power":12}}', None),
        ("zigbee2mqtt/thermostat", b'{"local_temperature":19.5}', None),
        ("shellies/em/0/power", b"123.4", None),
        ("site", b"<html>\n<body>", None),
        ("tele/linky/TIC", b'{"PAPP":"' + b"0" * 70_000 + b'"}', None),
    ],
)
def test_shapes_are_told_apart(topic: str, payload: bytes, shape: Shape | None) -> None:
    assert shape_of(topic, payload) is shape


@pytest.mark.parametrize(
    "recording", ALL_RECORDINGS, ids=lambda recording: recording.name
)
def test_recordings_in_every_shape(recording: Recording) -> None:
    """The last whole frame of a recording, carried by each bridge."""
    events = decode(recording.data)
    ends = [n for n, event in enumerate(events) if isinstance(event, FrameEnd)]
    whole = [
        groups(events[start:end])
        for start, end in pairwise([0, *ends])
        if frame_ends(events[end : end + 1]) == [True]
    ]
    for sent in whole[-1:]:
        expected = reading_of(sent)
        for bridge in LOSSLESS[:2]:
            assert_same(Listener().last(*bridge(sent)), expected)
        for bridge in (bridges.flat, bridges.tasmota):
            found = Listener().last(*bridge(sent))
            assert_same(found, without_stamps(expected))
        expected = reading_of(
            [
                item
                for item in sent
                if len(item) < bridges.STAMPED or item[-1][0] in "HE"
            ]
        )
        assert_same(Listener().last(*bridges.teleinfo2mqtt(sent)), expected)


# --- Frames where none are marked ---------------------------------------------------


def test_live_power_waits_for_nothing() -> None:
    listener = Listener()
    listener.hear(*bridges.teleinfokit(OFF_PEAK_1.sent))
    (event,) = listener.reader.read("teleinfokit-a1b2c3/data/PAPP", b"00900")
    reading = listener.assembler.take(event, listener.now)
    assert isinstance(reading, MeterReading)
    assert reading.apparent_power == 900


def test_a_label_that_comes_again_ends_a_frame() -> None:
    reader = PayloadReader()
    assert len(reader.read("x/IINST", b"003")) == 1
    events = reader.read("x/IINST", b"004")
    assert [type(event) for event in events] == [FrameEnd, Group]
    assert events[0] == FrameEnd(BASE_1.mode, complete=False)
    assert reader.pause() == [events[0]]
    assert reader.pause() == []


def test_an_overload_is_told_at_once() -> None:
    listener = Listener()
    listener.hear(*bridges.teleinfokit(BASE_1.sent))
    events = listener.reader.read("teleinfokit-a1b2c3/data/ADPS", b"035")
    reading = listener.assembler.take(events[0], listener.now)
    assert isinstance(reading, MeterReading)
    assert reading.overload
    assert reading.overload_currents == {1: 35}


def test_an_overload_whose_end_nobody_tells_passes() -> None:
    listener = Listener()
    listener.hear(*bridges.teleinfokit(BASE_1.sent))
    assert listener.last(("x/ADPS", b"035")).overload
    listener.now += 61
    assert not listener.last(("x/PAPP", b"01200")).overload


def test_nothing_absent_is_over() -> None:
    listener = Listener()
    listener.hear(*bridges.teleinfokit(OFF_PEAK_1.sent))
    for power in range(5):
        reading = listener.last(("x/PAPP", str(power).encode()))
    assert reading.indexes == OFF_PEAK_1.reading.indexes
    assert not reading.complete


# --- What the broker kept -----------------------------------------------------------


def test_kept_values_wait_for_a_live_one() -> None:
    listener = Listener()
    kept = bridges.teleinfokit(OFF_PEAK_1.sent)
    assert listener.hear(*kept, live=False) == []
    reading = listener.last(("teleinfokit-a1b2c3/data/PAPP", b"00900"))
    assert reading.serial == OFF_PEAK_1.reading.serial
    assert reading.indexes == OFF_PEAK_1.reading.indexes
    assert reading.apparent_power == 900
    assert reading.currents == ()


def test_values_kept_in_the_other_mode_are_not_recalled() -> None:
    listener = Listener()
    listener.hear(*bridges.teleinfokit(OFF_PEAK_1.sent), live=False)
    reading = listener.last(("teleinfokit-a1b2c3/data/SINSTS", b"00900"))
    assert reading.serial is None
    assert reading.apparent_power == 900


@pytest.mark.parametrize("bridge", [bridges.raw, bridges.tasmota, bridges.bernaerts])
def test_a_kept_frame_is_no_reading(bridge: Bridge) -> None:
    listener = Listener()
    assert listener.hear(*bridge(OFF_PEAK_1.sent), live=False) == []


# --- Grammar, confirmation, plausibility --------------------------------------------


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("PAPP", -1),
        ("PAPP", 123_456),
        ("PAPP", 7.5),
        ("PAPP", float("nan")),
        ("PAPP", float("inf")),
        ("PAPP", 10**400),
        ("PAPP", True),
        ("PAPP", [720]),
        ("PAPP", {"raw": {"value": 1}}),
        ("PAPP", "72O"),
        ("PAPP", "٧٢٠"),
        ("HCHP", 1_234_567_890),
        ("PTEC", "LUNDI"),
        ("PTEC", "HZ"),
        ("ADCO", 2_147_483_647),
        ("OPTARIF", "é..."),
    ],
)
def test_values_that_do_not_fit_are_refused(label: str, value: object) -> None:
    listener = Listener()
    message = json.dumps({"IINST": 3, label: value}).encode()
    reading = listener.last(("linky", message))
    assert reading.currents == (3,)
    assert reading.apparent_power is reading.serial is reading.period is None
    assert listener.causes == ["data"]
    assert listener.reader.rejected == {Cause.DATA: 1}


@pytest.mark.parametrize(
    ("label", "value", "data"),
    [
        ("PAPP", 720, "00720"),
        ("PAPP", 720.0, "00720"),
        ("PAPP", " 720\r\n", "00720"),
        ("ADCO", 21_861_111_111, "021861111111"),
        ("PTEC", "HP", "HP.."),
        ("OPTARIF", "EJP", "EJP."),
        ("NGTF", "TEMPO", "TEMPO           "),
        ("MOTDETAT", 0, "000000"),
        ("PREF", 9000, "09"),
        ("PCOUP", "12000", "12"),
        ("PCOUP", 12, "12"),
        ("STGE", 380_001, "00380001"),
    ],
)
def test_values_get_their_form_back(label: str, value: object, data: str) -> None:
    events = PayloadReader().read("linky", json.dumps({label: value}).encode())
    assert [event.data for event in events if isinstance(event, Group)] == [data]


def test_every_label_can_be_written() -> None:
    assert len({spec.label for spec in LABELS}) == len(LABELS), (
        "no mode tells them apart"
    )


def test_another_number_must_come_twice() -> None:
    listener = Listener()
    listener.hear(*bridges.flat(BASE_1.sent))
    other = bridges.flat(changed(BASE_1.sent, ADCO="021861999999"))
    assert listener.last(*other).serial == BASE_1.reading.serial
    assert listener.causes == ["unconfirmed"]
    assert listener.hear(*other) == []
    assert [change.new for change in listener.changes] == ["021861999999"]


def test_a_change_that_is_published_once_is_believed_in_time() -> None:
    listener = Listener()
    listener.hear(*bridges.teleinfokit(OFF_PEAK_1.sent))
    listener.hear(("x/ISOUSC", b"60"))
    for count in range(110):
        reading = listener.last(("x/PAPP", str(count).encode()))
        if count < 90:
            assert reading.subscribed_current == 45
    assert reading.subscribed_current == 60


def test_a_change_that_is_taken_back_is_not_believed() -> None:
    listener = Listener()
    listener.hear(*bridges.teleinfokit(OFF_PEAK_1.sent))
    listener.hear(("x/ISOUSC", b"60"), ("x/ISOUSC", b"45"))
    for count in range(110):
        reading = listener.last(("x/PAPP", str(count).encode()))
    assert reading.subscribed_current == 45


def test_an_index_that_leaps_is_held_back() -> None:
    listener = Listener()
    listener.hear(*bridges.tasmota(BASE_1.sent))
    reading = listener.last(*bridges.tasmota(changed(BASE_1.sent, BASE="902815235")))
    assert reading.total_index == BASE_1.reading.total_index
    assert listener.assembler.held == {"BASE": 1}


def test_a_change_of_mode_is_followed() -> None:
    listener = Listener()
    listener.hear(*bridges.flat(BASE_1.sent))
    for _ in range(2):
        readings = listener.hear(*bridges.flat(STANDARD_TEMPO_1.sent))
    assert readings == []  # another meter, by its number
    listener = Listener()
    listener.hear(*bridges.linkytop(OFF_PEAK_1.sent))
    for power in (1, 2, 3):
        readings = listener.hear(("tic/SINSTS", str(power).encode()))
    assert readings[-1].mode is STANDARD_TEMPO_1.reading.mode
    assert listener.causes == ["mode", "mode"]


# --- What is no meter's ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "payload", "cause"),
    [
        ("zigbee2mqtt/thermostat", b'{"local_temperature":19.5}', "label"),
        ("shellies/em/status", b'{"id":0,"apower":720,"aenergy":{}}', "label"),
        ("linky", b"{" * 10_000, "framing"),
        ("linky", b'{"a":' * 60 + b"1" + b"}" * 60, "label"),
        ("linky", b'{"PAPP":', "framing"),
        ("linky", b"{\xff}", "framing"),
        ("linky", b'{"PAPP":' + b"9" * 5000 + b"}", "framing"),
        ("linky", b"{" + b" " * 1_000_000 + b"}", "too_long"),
        ("linky", b"\x00" * 1_000_000, "too_long"),
        ("linky/PAPP", b"<html>", "data"),
        ("linky/PAPP", b"7" * 500, "data"),
    ],
)
def test_other_messages_are_refused(topic: str, payload: bytes, cause: str) -> None:
    listener = Listener()
    assert listener.hear((topic, payload)) == []
    assert listener.causes == [cause]
    assert listener.reader.accepted == 0


def test_html_is_no_line() -> None:
    listener = Listener()
    page = b"<!DOCTYPE html>\n<html>\n<body>PAPP 00720</body>\n" * 50
    assert listener.hear(("linky", page)) == []
    assert listener.reader.accepted == 0
    assert set(listener.causes) <= {"checksum", "framing", "parity", "too_long"}


def test_nested_garbage_makes_nothing() -> None:
    deep = json.dumps({"a": {"b": {"c": {"d": {"PAPP": 1}}}}}).encode()
    assert Listener().hear(("linky", deep)) == []


def test_unknown_labels_and_topics_are_bounded() -> None:
    listener = Listener()
    listener.hear(("x/PAPP", b"1"))
    for count in range(500):
        listener.hear((f"x/U{count}", b"1"), (f"line{count}", b"ADCO 1 2\n"))
    assert len(listener.reader.unknown) == 64
    assert listener.reader.rejected[Cause.FRAMING] >= 490


TOPICS = st.sampled_from(
    ["linky", "x/PAPP", "x/DATE", "x/NGTF", "vcc", "sleep_time", "x/ERQT", "", "/"]
) | st.text(max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(["00720", "HP..", "H261120184200", "BLEU"])
)
KEYS = st.sampled_from(
    [spec.label for spec in LABELS]
    + ["TIC", "METER", "CONTRACT", "RELAY", "raw", "value", "timestamp", "date", "dst"]
    + ["PSUB", "P", "I1", "I2", "serial", "HC..", "HCJB", "HC BLEU", "V1", "Vcc"]
) | st.text(max_size=10)
OBJECTS = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6)
        ),
        max_leaves=12,
    ),
    max_size=8,
)
PAYLOADS = (
    st.binary(max_size=400)
    | OBJECTS.map(lambda found: json.dumps(found).encode())
    | st.sampled_from([bridges.raw(figures.sent)[0][1] for figures in ALL])
)


@given(st.lists(st.tuples(TOPICS, PAYLOADS, st.booleans()), max_size=12))
@settings(max_examples=300)
def test_no_message_raises(messages: list[tuple[str, bytes, bool]]) -> None:
    listener = Listener()
    for topic, payload, live in messages:
        shape_of(topic, payload)
        listener.hear((topic, payload), live=live)
        listener.reader.finish()
    assert listener.reader.accepted >= 0


@given(st.data())
def test_frames_in_pieces(data: st.DataObject) -> None:
    """Bytes may be cut into messages anywhere."""
    figures = data.draw(st.sampled_from(ALL))
    line = bridges.raw(figures.sent)[0][1] * 3
    points = data.draw(st.lists(st.integers(0, len(line)), max_size=30))
    bounds = sorted({0, *points, len(line)})
    listener = Listener()
    pieces = [("linky", line[start:end]) for start, end in pairwise(bounds)]
    assert_same(listener.last(*pieces), figures.reading)


# --- The bridge itself ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "payload", "volts"),
    [
        ("vcc", b"3.12", 3.12),
        ("linky/VCC", b"3120", 3.12),
        ("tele/linky/STATE", b'{"Uptime":"1T","Vcc":3.057}', 3.057),
        ("tele/w/SENSOR", b'{"WINKY":{"capa":{"Vmax":4.5,"Vmin":3.91}}}', 3.91),
        ("vcc", b"soon", None),
        ("vcc", b"0", None),
        ("linky/battery", b"87", None),
        ("linky", b'{"Vcc":true}', None),
    ],
)
def test_voltage_of_the_bridge(topic: str, payload: bytes, volts: float | None) -> None:
    listener = Listener()
    assert listener.hear((topic, payload)) == []
    assert listener.reader.battery == volts


@pytest.mark.parametrize(("payload", "seconds"), [(b"600", 600.0), (b"long", None)])
def test_an_announced_sleep(payload: bytes, seconds: float | None) -> None:
    reader = PayloadReader()
    assert reader.read("sleep_time", payload) == []
    assert reader.sleep == seconds
