"""What the meter says: every label, in its order, with its length."""

from itertools import product

import pytest

from custom_components.linky_pilote.engine.reading import (
    Breaker,
    Contract,
    MeterReading,
    TempoColor,
    TicMode,
)
from custom_components.linky_pilote.engine.tic import Assembler
from demo.historical import long_frame
from demo.meter import Snapshot, VirtualMeter
from demo.standard import standard_frame, status_register

from .households import (
    CONTRACTS,
    Steady,
    decoded,
    epoch,
    make_meter,
    make_setup,
    make_wire,
    sent,
)

# a red day after a red day with seed 1, about the time of a fat dinner
EVENING_S = epoch("2026-12-17T20:15")

INDEXES = {
    Contract.BASE: ["BASE"],
    Contract.OFF_PEAK: ["HCHC", "HCHP"],
    Contract.EJP: ["EJPHN", "EJPHPM"],
    Contract.TEMPO: [
        "BBRHCJB",
        "BBRHPJB",
        "BBRHCJW",
        "BBRHPJW",
        "BBRHCJR",
        "BBRHPJR",
    ],
}


def historical_labels(contract: Contract, phases: int) -> list[str]:
    tail = {
        1: ["IINST", "IMAX", "PAPP", "HHPHC", "MOTDETAT"],
        3: [
            *(f"IINST{n}" for n in (1, 2, 3)),
            *(f"IMAX{n}" for n in (1, 2, 3)),
            "PMAX",
            "PAPP",
            "HHPHC",
            "MOTDETAT",
            "PPOT",
        ],
    }
    return [
        "ADCO",
        "OPTARIF",
        "ISOUSC",
        *INDEXES[contract],
        "PTEC",
        *(["DEMAIN"] if contract is Contract.TEMPO else []),
        *tail[phases],
    ]


def standard_labels(phases: int, *, producer: bool) -> list[str]:
    numbers = [1] if phases == 1 else [1, 2, 3]
    own = [] if phases == 1 else [1, 2, 3]
    return [
        *("ADSC", "VTIC", "DATE", "NGTF", "LTARF", "EAST"),
        *(f"EASF{n:02d}" for n in range(1, 11)),
        *(f"EASD{n:02d}" for n in range(1, 5)),
        *(["EAIT", "ERQ1", "ERQ2", "ERQ3", "ERQ4"] if producer else []),
        *(f"IRMS{n}" for n in numbers),
        *(f"URMS{n}" for n in numbers),
        *("PREF", "PCOUP", "SINSTS"),
        *(f"SINSTS{n}" for n in own),
        "SMAXSN",
        *(f"SMAXSN{n}" for n in own),
        "SMAXSN-1",
        *(f"SMAXSN{n}-1" for n in own),
        *(["SINSTI", "SMAXIN", "SMAXIN-1"] if producer else []),
        *("CCASN", "CCASN-1"),
        *(["CCAIN", "CCAIN-1"] if producer else []),
        *(f"UMOY{n}" for n in numbers),
        *("STGE", "MSG1", "PRM", "RELAIS", "NTARF", "NJOURF", "NJOURF+1", "PJOURF+1"),
    ]


def snapshot_at(text: str, contract: Contract = Contract.TEMPO) -> Snapshot:
    """Return what a meter knows at a time, in a house that draws 1000 W."""
    now_s = epoch(text)
    meter = make_meter(make_setup(contract), now_s - 60, Steady(1000))
    meter.advance(now_s)
    return meter.snapshot()


def test_historical_labels_and_their_order() -> None:
    for contract, phases in product(CONTRACTS, (1, 3)):
        setup = make_setup(contract, phases=phases)
        meter = VirtualMeter.new(setup, epoch("2026-09-15T11:00"))
        labels = [label for label, _, _ in long_frame(meter.snapshot())]
        assert labels == historical_labels(contract, phases)


def test_standard_labels_and_their_order() -> None:
    for contract, phases, producer in product(CONTRACTS, (1, 3), (False, True)):
        setup = make_setup(contract, phases=phases, producer=producer)
        meter = VirtualMeter.new(setup, epoch("2026-09-15T11:00"))
        labels = [label for label, _, _ in standard_frame(meter.snapshot())]
        assert labels == standard_labels(phases, producer=producer)


@pytest.mark.parametrize("mode", TicMode)
@pytest.mark.parametrize("phases", [1, 3])
@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("producer", [False, True])
def test_our_decoder_refuses_nothing(
    mode: TicMode, phases: int, contract: Contract, producer: bool
) -> None:
    """An evening and a night of a red day go by while the line carries 12 s."""
    setup = make_setup(contract, phases=phases, producer=producer)
    meter = VirtualMeter.new(setup, EVENING_S, step_s=10)
    wire = make_wire(meter, mode, speed=3600)
    decoder, frames, _ = decoded(b"".join(sent(wire, 12)))
    assert not decoder.rejected
    assert not decoder.unknown
    assert decoder.frames >= 4
    assert decoder.mode is mode
    assert {
        group.data
        for frame in frames
        for group in frame
        if group.label in ("ADCO", "ADSC")
    } == {setup.number}


@pytest.mark.parametrize("mode", TicMode)
@pytest.mark.parametrize("phases", [1, 3])
def test_our_assembler_believes_every_index_at_600_times_the_speed(
    mode: TicMode, phases: int
) -> None:
    setup = make_setup(Contract.TEMPO, phases=phases, producer=True)
    meter = VirtualMeter.new(setup, EVENING_S, step_s=10)
    wire = make_wire(meter, mode, speed=600)
    decoder, assembler = decoded(b"")[0], Assembler()
    readings: list[MeterReading] = []
    for number, data in enumerate(sent(wire, 40)):
        for event in decoder.feed(data):
            taken = assembler.take(event, number * 0.02 * 600)
            if isinstance(taken, MeterReading):
                readings.append(taken)
    assert not assembler.held
    last = [reading for reading in readings if reading.complete][-1]
    assert (last.phases, last.contract) == (phases, Contract.TEMPO)
    assert last.color_today is TempoColor.RED
    assert last.indexes["red_off_peak"] > readings[0].indexes["red_off_peak"]


def test_frames_take_as_long_as_on_a_real_line() -> None:
    """REFERENCE section 6, at 10 bits a character."""
    expected = {
        (TicMode.HISTORICAL, 1, Contract.BASE): 152,
        (TicMode.HISTORICAL, 1, Contract.OFF_PEAK): 170,
        (TicMode.HISTORICAL, 1, Contract.TEMPO): 275,
        (TicMode.HISTORICAL, 3, Contract.TEMPO): 356,
        (TicMode.STANDARD, 1, Contract.BASE): 865,
        (TicMode.STANDARD, 3, Contract.BASE): 1214,
    }
    for (mode, phases, contract), length in expected.items():
        meter = VirtualMeter.new(
            make_setup(contract, phases=phases), epoch("2026-09-15T03:00")
        )
        data = b"".join(sent(make_wire(meter, mode), 8))
        start = data.index(b"\x02")
        # SMAXSNn-1 was shorter in the frames that were measured: nothing is missing
        assert data.index(b"\x03", start) - start + 1 == pytest.approx(length, abs=3)


@pytest.mark.parametrize(
    ("time", "demain", "bits"),
    [
        ("2026-12-16T15:00", "----", 0),
        ("2026-12-16T20:00", "ROUG", 3),
        ("2026-12-17T05:59", "ROUG", 3),
        ("2026-12-17T06:00", "----", 0),
        ("2026-09-15T21:00", "BLEU", 1),
    ],
)
def test_the_colour_of_tomorrow(time: str, demain: str, bits: int) -> None:
    snapshot = snapshot_at(time)
    assert ("DEMAIN", demain, None) in long_frame(snapshot)
    assert status_register(snapshot) >> 26 & 3 == bits


def test_the_status_register_of_a_common_meter() -> None:
    """003A0001 is what most meters send, here by day in summer under BASE."""
    snapshot = snapshot_at("2027-07-14T12:00", Contract.BASE)
    assert f"{status_register(snapshot):08X}" == "003A4001"


def test_the_status_register_follows_the_tariff() -> None:
    night = snapshot_at("2026-12-17T23:00")
    register = status_register(night)
    assert register & 1 == 0  # dry contact closed
    assert register >> 10 & 15 == 4  # index 5
    assert register >> 14 & 3 == 2  # winter, off-peak
    assert register >> 24 & 3 == 3  # red today
    assert register >> 28 & 3 == 2  # notice of peak 2
    assert register >> 30 == 2  # peak 2 runs
    groups = {label: data for label, data, _ in standard_frame(night)}
    assert groups["NTARF"] == "05"
    assert groups["LTARF"] == "   HC  ROUGE    "
    assert groups["RELAIS"] == "001"
    assert groups["PPOINTE"].startswith("00004005 06004006 22004005 NONUTILE")
    assert len(groups["PPOINTE"]) == len(groups["PJOURF+1"]) == 98
    assert groups["PJOURF+1"].startswith("00004001 06004002 22004001 NONUTILE")


def test_moving_peaks_have_a_space_for_a_season() -> None:
    groups = standard_frame(snapshot_at("2026-12-15T21:00"))
    assert ("DPM2", "00", " 261216060000") in groups
    assert ("FPM2", "00", " 261217060000") in groups


def test_the_breaker_and_the_sun_in_the_status_register() -> None:
    start_s = epoch("2027-01-12T12:00")
    tripped = make_meter(make_setup(), start_s, Steady(30_000))
    tripped.advance(start_s + 60)
    assert status_register(tripped.snapshot()) >> 1 & 7 == 1
    exporting = make_meter(make_setup(producer=True), start_s, Steady(-900))
    exporting.advance(start_s + 1)
    assert status_register(exporting.snapshot()) >> 8 & 3 == 3


def test_the_decoder_reads_the_status_register_as_it_was_meant() -> None:
    start_s = epoch("2027-01-12T12:00")
    meter = make_meter(make_setup(), start_s, Steady(30_000))
    meter.advance(start_s + 60)
    wire = make_wire(meter, TicMode.STANDARD)
    decoder, assembler = decoded(b"")[0], Assembler()
    last = None
    for data in sent(wire, 3):
        for event in decoder.feed(data):
            last = assembler.take(event, 0) or last
    assert isinstance(last, MeterReading)
    assert last.status is not None
    assert last.status.breaker is Breaker.OVERPOWER
    assert last.status.standard_output
    assert not last.status.producer


@pytest.mark.parametrize(
    ("time", "stamp"),
    [
        ("2027-01-12T12:34:56", "H270112123456"),
        ("2027-07-14T12:34:56", "E270714123456"),
    ],
)
def test_the_clock_has_the_letter_of_its_season(time: str, stamp: str) -> None:
    assert ("DATE", "", stamp) in standard_frame(snapshot_at(time))


def test_while_it_exports_papp_is_zero_and_the_current_is_not() -> None:
    start_s = epoch("2027-06-12T12:00")
    meter = make_meter(make_setup(producer=True), start_s, Steady(-2300))
    meter.advance(start_s + 1)
    groups = {label: data for label, data, _ in long_frame(meter.snapshot())}
    assert groups["PAPP"] == "00000"
    assert groups["IINST"] == "010"
    groups = {label: data for label, data, _ in standard_frame(meter.snapshot())}
    assert groups["SINSTS"] == "00000"
    assert groups["SINSTI"] == "02300"


def test_papp_has_steps_of_ten() -> None:
    start_s = epoch("2027-06-12T12:00")
    meter = make_meter(make_setup(), start_s, Steady(1234))
    groups = {label: data for label, data, _ in long_frame(meter.snapshot())}
    assert groups["PAPP"] == "01230"


def test_the_ejp_notice_is_in_the_frame() -> None:
    snapshot = snapshot_at("2026-12-16T06:40", Contract.EJP)
    labels = [label for label, _, _ in long_frame(snapshot)]
    assert labels[5:7] == ["PEJP", "PTEC"]
