"""Every figure that the regulation decides by, in one place.

The same for all homes and meters; what a household chooses is in `Settings`. Sources:
SEMANTICS sections 1 and 4, the study of existing controllers (its section 8), and, where
nothing else is said, `benchmarks/regulation.py`.
"""

from typing import Final

# --- the breaker ---

FILTER_KEPT: Final = 0.992
"""Share of the filtered square that a second keeps (Enedis-NOI-CPT_54E, section 7)."""

LINKY_RATIO: Final = 1.3
"""Times the cut-off power at which the Linky opens (same source)."""

SHED_AHEAD: Final = 20.0
"""s to the guard in which loads are shed, at least."""

SHED_PERIODS: Final = 2.0
"""The same in periods of the meter, to which the time of a command comes."""

SLOW_AFTER: Final = 600.0
"""s halfway between the cut-off power and the guard that are too long (1.05 times the
cut-off power with the usual guard)."""

LASTS_AFTER: Final = 210.0
"""s above the guard that no kettle takes: room is made before another comes."""

WATCH_SHARE: Final = 0.8
"""Share of the guard from which the house is watched."""

MOST_AT_ONCE: Final = 4
"""Loads shed in one pass."""

FUTILE_AFTER: Final = 3
"""Sheddings in a row that did not lower the meter by half of what they should have."""

LEAST_RISE: Final = 2500.0
"""VA that a home's own appliances may always add between two readings."""

STRICT_RISE: Final = 3200.0
"""VA that a household which has just switched something on may add for as long as a
kettle takes (`LASTS_AFTER`): with the strict guard the filter is kept so low that it
bears this, as shedding cannot help then."""

SWITCHED_ON: Final = 500.0
"""VA between two readings that somebody has switched on, or a thermostat."""

LONGEST_BUSY: Final = 10_800.0
"""s of that after which it is a thermostat."""

RISE_KEPT: Final = 0.5 ** (1 / (3 * 3600))
"""What a second keeps of a higher rise that was seen: half of it in three hours, so that
a dinner does not weigh on the night."""

HIGH_KEPT: Final = 0.5 ** (1 / (5 * 86_400))
"""The same of the highest that a home drew by itself: half of it in five days."""

# --- giving power back ---

SPARE: Final = 300.0
"""VA that must be left when a load comes back."""

FIT_FOR: Final = 60.0
"""s for which it must have fitted."""

GROW_AFTER: Final = 600.0
"""s of room after which a load that the grid feeds takes more."""

SHED_FOR: Final = 240.0
"""s that it stays shed at least."""

FAILED_WITHIN: Final = 900.0
"""s after which a load that came back and is still there has come back for good."""

LONGEST_WAIT: Final = 1200.0
"""s for which it must have fitted at most: it is tried within 30 min."""

LONGEST_SHED: Final = 1560.0
"""s for which what is drawn has left it room after which it comes back, whatever else may
come: it is not shed for more than 30 min although it fits. For as long a household that has
switched something on may switch on more."""

ROTATE_AFTER: Final = 1200.0
"""s after which an equal takes the place of one that is on."""

TURN_APART: Final = 0.2
"""K that a room which lends its warmth must be colder than an equal to take its place."""

RESTS_FOR: Final = 900.0
"""s for which a heater draws nothing before its power is free for good, and a machine
before its cycle is over: it soaks, drains and dries."""

WARM_ENOUGH: Final = 0.4
"""K that a room may be below its target while others are owed what they were promised:
less than anybody feels."""

COLD: Final = 0.48
"""K below its target from which a room does not wait for others any more; before that,
from the above on, rooms that are warmer wait for it."""

LENT: Final = 0.3
"""The same of all rooms together."""

LENT_AGAIN: Final = 0.1
"""The same below which they lend again."""

WARM_AGAIN: Final = 0.2
"""K below its target at which a room that was colder may wait again."""

FLOOR_HYSTERESIS: Final = 0.5
"""K that a room at its floor is heated above it."""

WARM_WAIT: Final = 1200.0
"""s of room after which such a heater comes back all the same."""

STAGE: Final = 30.0
"""s between two loads after a power cut."""

# --- surplus ---

START_SPARE: Final = 100.0
"""W more than its power before a load starts on surplus."""

START_FOR: Final = 60.0
"""s of that."""

STOP_AFTER: Final = 300.0
"""s without enough surplus after which a load stops."""

STOP_ENERGY: Final = 80.0 * 3600
"""Ws drawn from the grid after which it stops at once."""

LOWEST_FOR: Final = 1800.0
"""s that a modulated load stays at its lowest, rather than go off and miss the sun
that comes back while it has to stay so."""

LOWEST_ENERGY: Final = 150.0 * 3600
"""Ws drawn from the grid at its lowest after which it goes off: about what a charger
misses while it has to stay off and waits to start again."""

CHANGE_LEAST: Final = 50.0
"""W that are worth a command to a modulated load."""

CHANGE_ENERGY: Final = 2000.0
"""Ws given away or drawn from the grid that are worth one."""

PATIENCE: Final = 6.0
"""Times as much for what costs nothing: surplus that will be there all day, or power
from the grid that will be needed anyway."""

BESIDE: Final = 50.0
"""W that a load is kept beside the surplus, on the side that costs nothing."""

PLENTY: Final = 2.0
SCARCE: Final = 0.9
"""Times the need that the rest of the day's surplus seems to be, from which there is
plenty, and below which it is scarce. Told by the sun's height it seems up to twice what
it is, as the home's own use takes all of a low sun."""

FORESEEN: Final = 6.0
"""h at the present power that are left when it tells that the sun is scarce: in the
morning there may be more to come than it seems, hardly less."""

STARTS_EASY: Final = 3
"""Starts of a day on surplus after which each such number doubles the wait."""

START_SMALL: Final = 300.0
"""W below which a start costs nothing if the surplus goes again: it is not its mean
that counts, and"""

START_SMALL_FOR: Final = 20.0
"""s of surplus are enough."""

SUN_OVER: Final = 1800.0
"""s of the mean that tells how the day is."""

CHANGES_AN_HOUR: Final = 22.0
"""Commands to one load from which both are doubled; they grow with the square."""

CHANGES_A_DAY: Final = 220.0
"""Commands to one load in a day from which they are doubled; they grow with the eighth
power, so that only the busiest days wait."""

MEAN_OVER: Final = 60.0
"""s of the mean of the home's own power."""

# --- loads ---

SATISFIED_BELOW: Final = 50.0
"""W below which a load that is on wants nothing."""

SATISFIED_AFTER: Final = 120.0
"""s of that."""

UNKNOWN_POWER: Final = 1000.0
"""W that a load is taken for until its power is learnt."""

LEARNT_KEPT: Final = 0.5 ** (1 / (2 * 86_400))
"""What a second that a load is off keeps of what it was learnt to draw above that: half of
it in two days."""

LEARNT_FROM: Final = 3
"""Orders of which the middle step at the meter is what a load draws."""

LEAST_STEP: Final = 300.0
"""W that a load must change by for the meter to tell."""

TRIES: Final = 3
"""Orders without an effect after which a load does not follow."""

TRY_AGAIN: Final = 1800.0
"""s after which a load that did not follow is tried again."""

HAND: Final = 3600.0
"""s for which a person's hand is respected."""

PHASE_CHANGE: Final = 600.0
"""s between two changes of a charger's number of phases."""

# --- the meter ---

FIRST_PERIOD: Final = 2.0
"""s between two readings, before it is learnt."""

LAG: Final = 1.5
"""s from what happens to the meter's word on it."""

STALE_AFTER: Final = 60.0
"""s after which a reading is too old, at least."""

STALE_PERIODS: Final = 5.0

HOLD_SURPLUS: Final = 300.0
"""s that loads on surplus go on for without a meter."""

MUTE_BELOW: Final = 20.0
"""W or VA that a meter says while loads that measure themselves draw much more: it
speaks in kW, or of another home."""

MUCH: Final = 500.0
"""W of such loads, or by which they must change for a frozen meter to be found out."""

SAME_FOR: Final = 30.0
"""s for which a meter has said the same before a load's own sensor can tell that it is
frozen; what changes before that is a sensor that is late."""

HIGH_FOR: Final = 1500.0
"""s without a meter for which a home may draw its highest: no dinner does for longer."""

HIGH_SHARE: Final = 0.4
"""Share of the cut-off power that it draws at most after that."""

SUSPECT_AFTER: Final = 3
"""Orders in a row that the meter contradicts."""

# --- frequency (research, section 6) ---

DEADBAND: Final = 0.015
"""Hz."""

FULL_DROOP: Final = 0.2
"""Hz away from 50 at which all storable loads are off."""

LOW: Final = 49.8
VERY_LOW: Final = 49.2
HIGH: Final = 50.2
"""Hz."""

LOW_FOR: Final = 1.0
"""s below one of them."""

FINE_RESOLUTION: Final = 0.01
COARSE_RESOLUTION: Final = 0.1
"""Hz: what the droop and the steps ask of a source."""

FRESH: Final = 2.0
"""s that a frequency may be old."""

LONGEST_HELP: Final = 1800.0
"""s for which the grid is helped at a stretch."""

RETURN_FROM: Final = 60.0
RETURN_WITHIN: Final = 240.0
"""s after the frequency is good again; each load draws its own delay."""
