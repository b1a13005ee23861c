"""Real frames: our own figures, and the recordings where they are at hand."""

from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
import re
from typing import Final

import pytest

from custom_components.linky_pilote.engine.reading import (
    Contract,
    MeterReading,
    TicMode,
)
from custom_components.linky_pilote.engine.tic import (
    Decoder,
    Event,
    Group,
    Rejection,
    checksum,
)

from .figures import ALL, Figures
from .lines import Line, cut, decode, frame_ends, groups, single_bytes

RECORDINGS: Final = Path(__file__).parents[4] / "shared" / "tic" / "frames"
"""Recordings kept beside the repository; a clone alone does without."""

WRECK: Final = b"}PR`PzSOUSC 20 8"
"""A wreck whose checksum is right by chance."""


# --- Our own figures --------------------------------------------------------------


@pytest.mark.parametrize("figures", ALL, ids=[figures.name for figures in ALL])
def test_figures_are_read(figures: Figures) -> None:
    readings = Line().hear(figures.frame)
    assert len(readings) == 1
    for field in fields(MeterReading):
        found, expected = (
            getattr(reading, field.name) for reading in (readings[0], figures.reading)
        )
        assert found == expected, field.name


@pytest.mark.parametrize("figures", ALL, ids=[figures.name for figures in ALL])
def test_figures_in_slices(figures: Figures) -> None:
    line = figures.frame * 2
    events = decode(line)
    assert groups(events) == list(figures.sent) * 2
    assert frame_ends(events) == [True, True]
    assert decode(*single_bytes(line)) == events
    assert decode(*cut(line, range(0, len(line), 15))) == events


def test_some_figures_have_a_space_for_checksum() -> None:
    line = b"".join(figures.frame for figures in ALL)
    assert b"\nPTEC HP..  \r" in line
    assert b"\nIINST 009  \r" in line
    assert b"\nEASD01\t000000000\t \r" in line


# --- Recordings -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording, and what its index says of it."""

    name: str
    mode: TicMode | None
    phases: int
    contract: str
    strict: int
    verified: int

    @property
    def data(self) -> bytes:
        """Return what was recorded."""
        return (RECORDINGS / self.name).read_bytes()

    def events(self) -> list[Event]:
        """Return what the decoder makes of it."""
        return decode(self.data)

    def last_reading(self) -> MeterReading:
        """Return the last reading of the recording, then of what its end gives."""
        line = Line()
        readings = line.hear(self.data)
        for event in line.decoder.finish():
            made = line.assembler.take(event, line.now)
            readings += [made] if isinstance(made, MeterReading) else []
        return readings[-1]


_MODES: Final = {"historique": TicMode.HISTORICAL, "standard": TicMode.STANDARD}


def _recordings() -> list[Recording]:
    """Return the recordings that the index lists; none where it is not there."""
    index = RECORDINGS / "INDEX.md"
    lines = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [
        Recording(
            name=row[0],
            mode=_MODES[row[1]],
            phases=int(row[2]),
            contract=row[3],
            strict=int(row[9].partition("/")[0]),
            verified=int(row[10].partition("/")[0]),
        )
        for row in rows
        if row[0].endswith(".tic")
    ]


def _naive(recording: Recording) -> Counter[bytes]:
    """Count what a plain reader accepts: cut at control bytes, checksum, no grammar."""
    masked = bytes(byte & 0x7F for byte in recording.data)
    separator = b"\t" if recording.mode is TicMode.STANDARD else b" "
    ignored = len(separator) if recording.mode is TicMode.HISTORICAL else 0
    return Counter(
        piece
        for piece in re.split(rb"[\x00-\x08\x0a-\x1f\x7f]", masked)
        if len(piece) > 4
        and piece[-2:-1] == separator
        and checksum(piece[: -1 - ignored]) == piece[-1]
    )


def _accepted(events: list[Event]) -> Counter[bytes]:
    """Count the groups, as they were on the line."""
    accepted: Counter[bytes] = Counter()
    for event in events:
        if isinstance(event, Group):
            separator = "\t" if event.mode is TicMode.STANDARD else " "
            parts = [event.label, event.stamp, event.data, ""]
            text = separator.join(part for part in parts if part is not None)
            body = text.encode()
            summed = body if event.mode is TicMode.STANDARD else body[:-1]
            accepted[body + bytes((checksum(summed),))] += 1
    return accepted


ALL_RECORDINGS: Final = _recordings()
_EACH = pytest.mark.parametrize(
    "recording", ALL_RECORDINGS, ids=[recording.name for recording in ALL_RECORDINGS]
)

_HEAVY_ERRORS: Final = "hist_tri_base_linky_rx_errors.tic"
_PARITY_KEPT: Final = "derived_std_parity_bit_kept.tic"
_EIGHT_BIT: Final = "noise_hist_eight_bit.tic"

_ALL_VERIFIED: Final = {_PARITY_KEPT: 76}
"""Groups that verify once the parity bit is taken off; the index counts before."""

_NEVER_IN_FULL: Final = frozenset(
    {
        "hist_mono_hc_base_no_checksum.tic",
        _HEAVY_ERRORS,
        "hist_tri_hc_prelinky_e.tic",
        "hist_tri_tempo_linky_demain_bleu.tic",
        _EIGHT_BIT,
        "noise_std_lf_damaged.tic",
        "std_mono_base_linky_overrun.tic",
        "std_mono_hcwe_linky_b.tic",
        "std_mono_producer_linky_head.tic",
        "std_tri_hc_linky_overload_first_letter_lost.tic",
        "synth_hist_mono_ejp_adps_pejp.tic",
        "synth_hist_mono_hc_adps.tic",
    }
)
"""Recordings without one whole, undamaged frame."""


@_EACH
def test_recorded_groups(recording: Recording) -> None:
    events = recording.events()
    naive, accepted = _naive(recording), _accepted(events)
    if recording.name == _HEAVY_ERRORS:
        # The index counts somewhat fewer pieces of this one than a cut at every
        # control byte gives; the wreck is in its count.
        assert sum(naive.values()) >= recording.verified
        assert naive - accepted == Counter([WRECK])
    else:
        verified = _ALL_VERIFIED.get(recording.name, recording.verified)
        assert sum(accepted.values()) == verified
        assert naive == accepted
    assert accepted <= naive


@_EACH
def test_recordings_in_slices(recording: Recording) -> None:
    data = recording.data
    events = recording.events()
    assert decode(*single_bytes(data)) == events
    assert decode(*cut(data, range(0, len(data), 15))) == events


@_EACH
def test_recorded_wrecks_are_refused(recording: Recording) -> None:
    """All that is lost of a recording is told, but for its cut-off ends."""
    events = recording.events()
    assert not any(isinstance(event, Group) and not event.known for event in events)
    refused = [event.raw for event in events if isinstance(event, Rejection)]
    masked = {bytes(byte & 0x7F for byte in raw) for raw in refused}
    assert not masked & _accepted(events).keys()


@_EACH
def test_recorded_mode_and_frames(recording: Recording) -> None:
    decoder = Decoder()
    events = decoder.feed(recording.data) + decoder.finish()
    if recording.name == _EIGHT_BIT:
        assert decoder.mode is None
        assert decoder.accepted == 0
        return
    assert decoder.mode is recording.mode
    assert any(frame_ends(events)) is (recording.name not in _NEVER_IN_FULL)


_CONTRACTS: Final = {
    "BASE": Contract.BASE,
    "HC..": Contract.OFF_PEAK,
    "H PLEINE/CREUSE": Contract.OFF_PEAK,
    "EJP": Contract.EJP,
    "Tempo": Contract.TEMPO,
    "producer; Tempo": Contract.TEMPO,
    "producer only": Contract.PRODUCER,
    "HC et Week-End": Contract.OTHER,
    "NGTF in lower case": Contract.BASE,
}
_SAYS_NO_CONTRACT: Final = {
    # All of them are without a good group of the contract.
    _EIGHT_BIT,
    "noise_std_lf_damaged.tic",
    "std_mono_base_linky_overrun.tic",
}
_SAYS_NO_PHASES: Final = {_EIGHT_BIT, "noise_std_lf_damaged.tic"}


@_EACH
def test_recorded_readings(recording: Recording) -> None:
    if recording.name == _EIGHT_BIT:
        return
    reading = recording.last_reading()
    assert reading.mode is recording.mode
    if recording.name not in _SAYS_NO_PHASES:
        assert reading.phases == recording.phases
        assert len(reading.currents) in {0, recording.phases}
    expected = None
    if recording.name not in _SAYS_NO_CONTRACT:
        expected = next(
            contract
            for words, contract in _CONTRACTS.items()
            if recording.contract.startswith(words)
        )
    assert reading.contract is expected


@_EACH
def test_recorded_overload(recording: Recording) -> None:
    """A warning that nothing ended yet is told."""
    warned = {
        "derived_hist_tri_adir1_burst.tic": {1: 27},
        "synth_hist_tri_hc_adir_short_frames.tic": {1: 1},
        "synth_hist_mono_ejp_adps_pejp.tic": {1: 30},
        "synth_hist_mono_hc_adps.tic": {1: 30},
    }
    if recording.name == _EIGHT_BIT:
        return
    reading = recording.last_reading()
    assert reading.overload is (recording.name in warned)
    assert reading.overload_currents == warned.get(recording.name, {})
