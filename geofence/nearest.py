"""R11: how close did a wearer come to a prohibition's zones while it was in force?

Blocks of fixes bound every depth from above and below, so that only the few fixes that may be the nearest are measured.
"""

from typing import NamedTuple

import numpy as np

from geofence.blocks import Blocks
from geofence.instants import Interval
from geofence.judgement import Nearest
from geofence.scene import Scene
from geofence.segments import spread
from geofence.touches import interval_at, version_at
from geofence.tracks import BoolArray, FloatArray, IndexArray
from geofence.verdict import depths

# The middle of the shortest and the longest degree of latitude.
_DEGREE_M = 111_133.0


def nearest(scene: Scene, cut: Blocks, between: Interval) -> dict[int, Nearest]:
    """Return, by prohibition, the fix of the wearer's precise tracks recorded in the range with the greatest depth.

    Only fixes recorded while the zone was in force and not suspended count. Ties: the earliest, then `zone_id`.
    """
    zones, fixes = scene.zones, scene.fixes
    eligible = scene.legs.precise & (fixes.at >= between.start) & (fixes.at < between.end)
    pair, block, least_m = _eligible(cut, eligible)
    prohibition_of = np.repeat(np.arange(len(zones.zone_count)), zones.zone_count)
    prohibition = prohibition_of[scene.watched.zone[pair]]
    # The block that may come nearest sets the bar; few others can pass it.
    least_of_all = np.full(len(zones.zone_count), np.inf)
    np.minimum.at(least_of_all, prohibition, least_m)
    best = least_m <= least_of_all[prohibition]
    bar = np.full(len(zones.zone_count), -np.inf)
    first = _candidates(scene, cut, pair[best], block[best], eligible)
    deepest, shallowest = _bounds_m(scene, first)
    np.maximum.at(bar, prohibition_of[first.zone], shallowest)
    # A fix within the box around a zone may be at any depth.
    passes = (least_m == 0) | (-least_m >= bar[prohibition])
    passes &= ~best
    others = _candidates(scene, cut, pair[passes], block[passes], eligible)
    more_deepest, shallowest = _bounds_m(scene, others)
    np.maximum.at(bar, prohibition_of[others.zone], shallowest)
    close = _Candidates(*(np.concatenate(columns) for columns in zip(first, others, strict=True)))
    deepest = np.concatenate([deepest, more_deepest])
    close = close.those(deepest >= bar[prohibition_of[close.zone]])
    depth = depths(fixes, zones.shapes, close.fix, close.version)
    owner = prohibition_of[close.zone]
    order = np.lexsort((zones.rank[close.zone], fixes.at[close.fix], -depth, owner))
    chosen = order[np.flatnonzero(np.diff(owner[order], prepend=-1))]
    zone = close.zone[chosen].tolist()
    zone_id = [zones.of[one].zone.zone_id for one in zone]
    found = map(Nearest, zone_id, fixes.at[close.fix[chosen]].tolist(), depth[chosen].tolist())
    return dict(zip(owner[chosen].tolist(), found, strict=True))


class _Candidates(NamedTuple):
    """Fixes that count for a zone, each with the version then valid."""

    zone: IndexArray
    fix: IndexArray
    version: IndexArray

    def those(self, keep: BoolArray) -> "_Candidates":
        return _Candidates(self.zone[keep], self.fix[keep], self.version[keep])


def _eligible(cut: Blocks, eligible: BoolArray) -> tuple[IndexArray, IndexArray, FloatArray]:
    """Return each (watch, block) with an eligible fix, and the least distance its fixes can have from the zone."""
    if eligible.all():
        return cut.watch, cut.block, cut.apart_m
    some = np.flatnonzero(np.logical_or.reduceat(eligible, cut.first)[cut.block])
    return cut.watch[some], cut.block[some], cut.apart_m[some]


def _candidates(scene: Scene, cut: Blocks, pair: IndexArray, block: IndexArray, eligible: BoolArray) -> _Candidates:
    """Return the eligible fixes of some blocks that were recorded while the zone was in force and not suspended."""
    owner, fix = spread(cut.first[block], cut.count[block])
    keep = eligible[fix]
    zone, fix = scene.watched.zone[pair[owner[keep]]], fix[keep]
    interval = interval_at(scene.zones, zone, scene.fixes.at[fix])
    keep = interval >= 0
    keep[keep] = ~scene.zones.suspended[interval[keep]]
    zone, fix = zone[keep], fix[keep]
    return _Candidates(zone, fix, version_at(scene.zones, zone, scene.fixes.at[fix]))


def _bounds_m(scene: Scene, some: _Candidates) -> tuple[FloatArray, FloatArray]:
    """Return the greatest and the least depth that each fix can have, from its rough distance to the zone's origin.

    A degree of latitude is 110.6 to 111.7 km long, and the cosine that shortens one of longitude changes by less than
    `metres / 1,700 km` up to 75 degrees north: together the distance is known to a hundredth and `metres^2 / 3,000 km`.
    """
    shapes, fixes = scene.zones.shapes, scene.fixes
    origin = shapes.planes.latitude_deg[some.version]
    north = fixes.latitude_deg[some.fix] - origin
    east = fixes.longitude_deg[some.fix] - shapes.planes.longitude_deg[some.version]
    east *= np.cos(np.radians(origin))
    away = np.sqrt(north * north + east * east) * _DEGREE_M
    doubt = 0.01 + away * 0.01 + away * away / 3e6
    doubt[(np.abs(origin) > 70.0) | (np.abs(north) > 3.0) | (np.abs(east) > 6.8)] = np.inf
    reach = shapes.reach_m[some.version]
    return reach - away + doubt, 2 * shapes.distance_m[some.version] - reach - away - doubt
