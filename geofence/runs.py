"""R8: which likely fixes make an unbroken run?"""

from dataclasses import dataclass

import numpy as np

from geofence.fixes import Fixes
from geofence.instants import SECOND_US
from geofence.legs import Legs
from geofence.rules import Rules
from geofence.touches import Touches
from geofence.tracks import BoolArray, IndexArray, InstantArray


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """The fixes that R8 looks at, track after track: `fix`, `at` of shape (s,); `number[fix]` is a fix's place.

    quiet_before: the latest place, up to this one, after more than 15 min without a fix or at the track's start.
    quiet_after: the first place, from this one on, before more than 15 min without a fix or at the track's end.
    """

    fix: IndexArray
    at: InstantArray
    number: IndexArray
    quiet_before: IndexArray
    quiet_after: IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs of likely fixes, sorted by (watch, interval, time); `first`, `last` are rows of `touching`.

    touching: the touches among the sequence. block_first, block_last, shape (touches,): the first and last row of the
    unbroken stretch of INSIDE and UNCERTAIN fixes that a row lies in: an OUTSIDE fix, or the interval's end, is next.
    """

    touching: Touches
    number: IndexArray
    block_first: IndexArray
    block_last: IndexArray
    first: IndexArray
    last: IndexArray

    def rows_of(self, watch: int) -> tuple[int, int]:
        """Return where the touches of one (track, zone) begin and end."""
        low, high = np.searchsorted(self.touching.watch, [watch, watch + 1])
        return int(low), int(high)


def sequence(fixes: Fixes, legs: Legs, rules: Rules) -> Ordered:
    """Return the plausible fixes but for the cell, rf and unknown ones recorded within a leg."""
    fix = np.flatnonzero(legs.sequence)
    whole = len(fix) == len(fixes)
    at, track = (column if whole else column[fix] for column in (fixes.at, fixes.track))
    quiet = (track[1:] != track[:-1]) | (at[1:] - at[:-1] > round(rules.silence_s * SECOND_US))
    starts = np.concatenate([[0], np.flatnonzero(quiet) + 1])
    length = np.diff(starts, append=len(fix))
    number = np.arange(len(fix), dtype=np.int64) if whole else np.cumsum(legs.sequence) - 1
    return Ordered(fix, at, number, np.repeat(starts, length), np.repeat(starts + length - 1, length))


def runs(ordered: Ordered, legs: Legs, touching: Touches, rules: Rules) -> Runs:
    """Return maximal sequences of likely fixes, no two neighbours parted by an OUTSIDE fix or by over 15 min."""
    touching = touching[legs.sequence[touching.fix]]
    number = ordered.number[touching.fix]
    same = (touching.watch[1:] == touching.watch[:-1]) & (touching.interval[1:] == touching.interval[:-1])
    joined = same & (number[1:] - number[:-1] == 1)
    block_first, block_last = _stretches(joined, len(touching))
    likely = np.flatnonzero(touching.likely)
    at = ordered.at[number[likely]]
    together = (block_first[likely[1:]] == block_first[likely[:-1]]) & (
        at[1:] - at[:-1] <= round(rules.silence_s * SECOND_US)
    )
    starts = np.flatnonzero(np.concatenate([[True], ~together])) if len(likely) else likely
    ends = np.concatenate([starts[1:], [len(likely)]]) - 1 if len(likely) else likely
    return Runs(touching, number, block_first, block_last, likely[starts], likely[ends])


def _stretches(joined: BoolArray, length: int) -> tuple[IndexArray, IndexArray]:
    """Return, for each row, the first and last row of its stretch; `joined[i]`: row i + 1 belongs with row i."""
    rows = np.arange(length, dtype=np.int64)
    if length == 0:
        return rows, rows
    first = np.maximum.accumulate(np.where(np.concatenate([[False], joined]), 0, rows))
    last = np.minimum.accumulate(np.where(np.concatenate([joined, [False]]), length, rows)[::-1])[::-1]
    return first, last
