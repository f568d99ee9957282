"""R7: which legs pass through a zone in force with no likely fix at either end?"""

from dataclasses import dataclass

import numpy as np

from geofence.depth import nearest_on_edge
from geofence.instants import Instant
from geofence.near import Near
from geofence.passage import Ways, passages
from geofence.plane import to_plane
from geofence.scene import Scene
from geofence.segments import first_after, spread
from geofence.touches import Touches
from geofence.tracks import BoolArray


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


def crossings(scene: Scene, near: Near, touching: Touches) -> list[Crossing]:
    """Return the crossings, sorted by (track, zone), interval and time."""
    fixes, zones = scene.fixes, scene.zones
    ways = _unlikely(_in_force(scene, near), touching)
    ways = ways[_within_reach(scene, ways)]
    low = np.maximum(fixes.at[ways.start], zones.interval_start[ways.interval])
    high = np.minimum(fixes.at[ways.end], zones.interval_end[ways.interval])
    passed = passages(scene, ways, low, high)
    certain_m = np.round(fixes.r95_m[ways.start] + fixes.r95_m[ways.end], 3)
    columns = (
        ways.watch,
        ways.interval,
        ways.start,
        ways.end,
        np.clip(passed.entry, low, high),
        np.clip(passed.exit, low, high),
        passed.deepest_m,
        passed.deepest_m >= certain_m,
    )
    met = np.flatnonzero(passed.met)
    return list(map(Crossing, *(column[met].tolist() for column in columns)))


def _in_force(scene: Scene, near: Near) -> Ways:
    """Return the legs near a zone with each in-force interval that they have an instant in."""
    fixes, zones = scene.fixes, scene.zones
    zone, end = scene.watched.zone[near.leg_watch], scene.legs.onward[near.leg]
    low = zones.interval_first[zone]
    high = low + zones.interval_count[zone]
    first = first_after(zones.interval_end, low, high, fixes.at[near.leg])
    beyond = first_after(zones.interval_start, low, high, fixes.at[end])
    row, interval = spread(first, np.maximum(beyond - first, 0))
    return Ways(near.leg_watch[row], zone[row], interval, near.leg[row], end[row])


def _unlikely(ways: Ways, touching: Touches) -> Ways:
    """Return the legs of which no end that lies in the interval is likely."""
    clear = np.ones(len(ways), dtype=np.bool_)
    for end in (ways.start, ways.end):
        row = touching.rows_of(ways.watch, end)
        known = np.flatnonzero(row >= 0)
        row = row[known]
        clear[known[touching.likely[row] & (touching.interval[row] == ways.interval[known])]] = False
    return ways[clear]


def _within_reach(scene: Scene, ways: Ways) -> BoolArray:
    """Return which legs come as near to the zone's origin as the zone reaches; all, if it has several versions."""
    fixes, zones = scene.fixes, scene.zones
    version = zones.version_first[ways.zone]
    planes = zones.shapes.planes
    ax, ay = to_plane(planes, version, fixes.longitude_deg[ways.start], fixes.latitude_deg[ways.start])
    bx, by = to_plane(planes, version, fixes.longitude_deg[ways.end], fixes.latitude_deg[ways.end])
    _, _, squared = nearest_on_edge(ax, ay, bx, by)
    near: BoolArray = zones.version_count[ways.zone] > 1
    near |= np.sqrt(squared) <= zones.shapes.reach_m[version] + 0.01
    return near
