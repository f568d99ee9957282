"""R7: which legs pass through a zone in force with no likely fix at either end?"""

from dataclasses import dataclass

import numpy as np

from geofence.fixes import Fixes
from geofence.instants import Instant, Interval
from geofence.near import Near
from geofence.passage import passage
from geofence.plane import to_plane
from geofence.scene import Scene
from geofence.segments import first_after, spread
from geofence.touches import Touches
from geofence.tracks import BoolArray, IndexArray


@dataclass(frozen=True, slots=True)
class Crossing:
    """A leg that passes through a zone. `start`, `end`: the fixes it joins.

    inferred: it goes at least as deep as the sum of their r95_m.
    """

    watch: int
    interval: int
    start: int
    end: int
    entry: Instant
    exit: Instant
    deepest_m: float
    inferred: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Legs against in-force intervals, columns of shape (n,): a leg runs from fix `start` to fix `end`."""

    watch: IndexArray
    interval: IndexArray
    start: IndexArray
    end: IndexArray

    def __getitem__(self, rows: BoolArray) -> "_Candidates":
        return _Candidates(self.watch[rows], self.interval[rows], self.start[rows], self.end[rows])


def crossings(scene: Scene, near: Near, touching: Touches) -> list[Crossing]:
    """Return the crossings, sorted by (track, zone), interval and time."""
    fixes, zones = scene.fixes, scene.zones
    candidates = _unlikely(fixes, _in_force(scene, near), touching)
    candidates = candidates[_within_reach(scene, candidates)]
    found = []
    columns = (candidates.watch, candidates.interval, candidates.start, candidates.end)
    for watch, interval, start, end in zip(*(column.tolist() for column in columns), strict=True):
        during = Interval(
            Instant(max(int(fixes.at[start]), int(zones.interval_start[interval]))),
            Instant(min(int(fixes.at[end]), int(zones.interval_end[interval]))),
        )
        passed = passage(scene, int(scene.watched.zone[watch]), interval, (start, end), during)
        if passed is not None:
            entry, leave = (Instant(min(max(at, during.start), during.end)) for at in passed[:2])
            inferred = passed.deepest_m >= round(float(fixes.r95_m[start] + fixes.r95_m[end]), 3)
            found.append(Crossing(watch, interval, start, end, entry, leave, passed.deepest_m, inferred))
    return found


def _in_force(scene: Scene, near: Near) -> _Candidates:
    """Return the legs near a zone with each in-force interval that they have an instant in."""
    fixes, zones = scene.fixes, scene.zones
    zone, end = scene.watched.zone[near.leg_watch], scene.legs.onward[near.leg]
    low = zones.interval_first[zone]
    high = low + zones.interval_count[zone]
    first = first_after(zones.interval_end, low, high, fixes.at[near.leg])
    beyond = first_after(zones.interval_start, low, high, fixes.at[end])
    row, interval = spread(first, np.maximum(beyond - first, 0))
    return _Candidates(near.leg_watch[row], interval, near.leg[row], end[row])


def _unlikely(fixes: Fixes, candidates: _Candidates, touching: Touches) -> _Candidates:
    """Return the candidates of which no end that lies in the interval is likely."""
    likely = np.flatnonzero(touching.likely)
    keys = touching.watch[likely] * (len(fixes) + 1) + touching.fix[likely]
    clear = np.ones(len(candidates.watch), dtype=np.bool_)
    for end in (candidates.start, candidates.end):
        key = candidates.watch * (len(fixes) + 1) + end
        place = np.searchsorted(keys, key)
        known = place < len(keys)
        known[known] = keys[place[known]] == key[known]
        known[known] = touching.interval[likely[place[known]]] == candidates.interval[known]
        clear &= ~known
    return candidates[clear]


def _within_reach(scene: Scene, candidates: _Candidates) -> BoolArray:
    """Return which legs come as near to the zone's origin as the zone reaches; all, if it has several versions."""
    fixes, zones = scene.fixes, scene.zones
    zone = scene.watched.zone[candidates.watch]
    version = zones.version_first[zone]
    ax, ay = to_plane(
        zones.shapes.planes, version, fixes.longitude_deg[candidates.start], fixes.latitude_deg[candidates.start]
    )
    bx, by = to_plane(
        zones.shapes.planes, version, fixes.longitude_deg[candidates.end], fixes.latitude_deg[candidates.end]
    )
    dx, dy = bx - ax, by - ay
    squared = dx * dx + dy * dy
    share = np.clip(-(ax * dx + ay * dy) / np.where(squared > 0, squared, 1.0), 0.0, 1.0)
    apart = np.hypot(ax + share * dx, ay + share * dy)
    near: BoolArray = (zones.version_count[zone] > 1) | (apart <= zones.shapes.reach_m[version] + 0.01)
    return near
