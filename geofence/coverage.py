"""R10: how much of the time in force was monitored, and why was the rest not?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geofence.instants import FOREVER, SECOND_US, Instant, Interval
from geofence.judgement import Coverage, Nearest, Unmonitored
from geofence.reasons import Gaps, reasons
from geofence.scene import Scene
from geofence.segments import first_after, first_at_or_after, spread
from geofence.sightings import Heard, heard, sightings
from geofence.tracks import BoolArray, IndexArray, InstantArray, Tracks
from geofence.zones import Zones


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Stretches of in-force time within the range that nothing parts, in order; columns of shape (p,)."""

    prohibition: IndexArray
    start: InstantArray
    end: InstantArray
    suspended: BoolArray
    no_zone: BoolArray
    fitted: BoolArray


def coverage(scene: Scene, tracks: Tracks, nearest: Mapping[int, Nearest], between: Interval) -> tuple[Coverage, ...]:
    """Return a row for each prohibition that has a zone or needs one, sorted by (`wearer_id`, `prohibition_id`).

    `in_force = suspended + monitored + unmonitored`, of the range before the horizon. nearest: R11, by prohibition.
    """
    zones = scene.zones
    pieces = _pieces(zones, between.start, min(between.end, scene.horizon))
    seen = sightings(scene)
    gaps = _gaps(pieces, heard(scene, seen), round(scene.rules.monitored_gap_s * SECOND_US))
    why = reasons(scene, tracks, seen, gaps)
    count = len(zones.prohibitions)
    in_force, suspended, unmonitored = (np.zeros(count, dtype=np.int64) for _ in range(3))
    np.add.at(in_force, pieces.prohibition, pieces.end - pieces.start)
    np.add.at(suspended, pieces.prohibition, np.where(pieces.suspended, pieces.end - pieces.start, 0))
    np.add.at(unmonitored, gaps.prohibition, gaps.end - gaps.start)
    rows = tuple(map(Unmonitored, gaps.start.tolist(), gaps.end.tolist(), why))
    ends = np.searchsorted(gaps.prohibition, np.arange(count + 1)).tolist()
    columns = (in_force, in_force - suspended - unmonitored, suspended)
    return tuple(
        Coverage(
            order.wearer_id,
            prohibition.prohibition_id,
            in_force_us,
            monitored_us,
            suspended_us,
            rows[ends[number] : ends[number + 1]],
            nearest.get(number),
        )
        for number, ((order, prohibition), in_force_us, monitored_us, suspended_us) in enumerate(
            zip(zones.prohibitions, *(column.tolist() for column in columns), strict=True)
        )
    )


def _pieces(zones: Zones, start: Instant, end: Instant) -> _Pieces:
    """Return the pieces of in-force time that lie in the range."""
    prohibition, row = spread(zones.piece_first, zones.piece_count)
    begins, ends = np.maximum(zones.pieces[row, 0], start), np.minimum(zones.pieces[row, 1], end)
    some = begins < ends
    row = row[some]
    flags = zones.pieces[row, 2:] != 0
    return _Pieces(prohibition[some], begins[some], ends[some], flags[:, 0], flags[:, 1], flags[:, 2])


def _gaps(pieces: _Pieces, audible: Heard, longest_us: int) -> Gaps:
    """Return the maximal unmonitored intervals of each piece that is not suspended, in order.

    Time is monitored between consecutive usable fixes at most 5 min apart; time in `no_zone` never is.
    """
    blank = np.flatnonzero(~pieces.suspended & pieces.no_zone)
    open_ = np.flatnonzero(~pieces.suspended & ~pieces.no_zone)
    low, high = audible.first[pieces.prohibition[open_]], audible.end[pieces.prohibition[open_]]
    after = first_after(audible.at, low, high, pieces.start[open_])
    beyond = first_at_or_after(audible.at, low, high, pieces.end[open_])
    falls_silent = np.ones(len(audible.at), dtype=np.bool_)
    falls_silent[:-1] = audible.at[1:] - audible.at[:-1] > longest_us
    falls_silent[audible.last_of_segment] = True
    silent = np.flatnonzero(falls_silent)
    heard_again = audible.at[np.minimum(silent + 1, len(audible.at) - 1)]
    heard_again[np.searchsorted(silent, audible.last_of_segment)] = FOREVER
    first = np.searchsorted(silent, np.maximum(after - 1, low))
    stop = np.searchsorted(silent, beyond - 1, side="right")
    owner, place = spread(first, np.maximum(stop - first, 0))
    # Before the first usable fix nothing is monitored.
    leading = np.flatnonzero(after == low)
    until = np.full(len(leading), FOREVER, dtype=np.int64)
    some = low[leading] < high[leading]
    until[some] = audible.at[low[leading][some]]
    piece = np.concatenate([blank, open_[leading], open_[owner]])
    start = np.concatenate([pieces.start[blank], pieces.start[open_[leading]], audible.at[silent[place]]])
    end = np.concatenate([pieces.end[blank], until, heard_again[place]])
    start, end = np.maximum(start, pieces.start[piece]), np.minimum(end, pieces.end[piece])
    order = np.lexsort((start, piece))
    order = order[start[order] < end[order]]
    return _merged(pieces, piece[order], start[order], end[order])


def _merged(pieces: _Pieces, piece: IndexArray, start: InstantArray, end: InstantArray) -> Gaps:
    """Join gaps of one piece that touch: a single usable fix monitors no time."""
    begins = np.ones(len(piece), dtype=np.bool_)
    begins[1:] = (piece[1:] != piece[:-1]) | (start[1:] > end[:-1])
    heads = np.flatnonzero(begins)
    tails = np.append(heads[1:], len(piece))[: len(heads)] - 1
    piece = piece[heads]
    return Gaps(pieces.prohibition[piece], start[heads], end[tails], pieces.no_zone[piece], pieces.fitted[piece])
