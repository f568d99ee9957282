"""R11: how close did a wearer come to a prohibition's zones while it was in force?

Blocks of fixes bound every depth from above and below, so that only the few fixes that may be the nearest are measured.
"""

from typing import NamedTuple

import numpy as np

from geofence.instants import Instant, Interval
from geofence.judgement import Nearest
from geofence.near import Blocks
from geofence.plane import to_plane
from geofence.scene import Scene
from geofence.segments import spread
from geofence.touches import interval_at, version_at
from geofence.tracks import BoolArray, FloatArray, IndexArray, TextArray
from geofence.verdict import depths
from geofence.zones import SHORTEST_DEGREE_M


def nearest(scene: Scene, cut: Blocks, between: Interval) -> dict[int, Nearest]:
    """Return, by prohibition, the fix of the wearer's precise tracks recorded in the range with the greatest depth.

    Only fixes recorded while the zone was in force and not suspended count. Ties: the earliest, then `zone_id`.
    """
    zones, fixes = scene.zones, scene.fixes
    eligible = scene.legs.precise & (fixes.at >= between.start) & (fixes.at < between.end)
    pair, block, least_m = _blocks(scene, cut, eligible)
    prohibition_of = np.repeat(np.arange(len(zones.zone_count)), zones.zone_count)
    prohibition = prohibition_of[scene.watched.zone[pair]]
    # The block that may come nearest sets the bar; few others can pass it.
    order = np.lexsort((least_m, prohibition))
    best = order[np.flatnonzero(np.diff(prohibition[order], prepend=-1))]
    bar = np.full(len(zones.zone_count), -np.inf)
    first = _candidates(scene, cut, pair[best], block[best], eligible)
    _, shallowest = _bounds_m(scene, first)
    np.maximum.at(bar, prohibition_of[first.zone], shallowest)
    # A fix within the box around a zone may be at any depth.
    passes = (least_m == 0) | (-least_m >= bar[prohibition])
    close = _candidates(scene, cut, pair[passes], block[passes], eligible)
    deepest, shallowest = _bounds_m(scene, close)
    np.maximum.at(bar, prohibition_of[close.zone], shallowest)
    close = close.those(deepest >= bar[prohibition_of[close.zone]])
    depth = depths(fixes, zones.shapes, close.fix, close.version)
    owner = prohibition_of[close.zone]
    names = np.array([entry.zone.zone_id for entry in zones.of], dtype=object)
    order = np.lexsort((_rank(names)[close.zone], fixes.at[close.fix], -depth, owner))
    chosen = order[np.flatnonzero(np.diff(owner[order], prepend=-1))]
    columns = (owner[chosen], close.zone[chosen], fixes.at[close.fix[chosen]], depth[chosen])
    return {
        number: Nearest(zones.of[zone].zone.zone_id, Instant(at), depth_m)
        for number, zone, at, depth_m in zip(*(column.tolist() for column in columns), strict=True)
    }


class _Candidates(NamedTuple):
    """Fixes that count for a zone, each with the version then valid."""

    zone: IndexArray
    fix: IndexArray
    version: IndexArray

    def those(self, keep: BoolArray) -> "_Candidates":
        return _Candidates(self.zone[keep], self.fix[keep], self.version[keep])


def _rank(names: TextArray) -> IndexArray:
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(names)] = np.arange(len(names))
    return rank


def _blocks(scene: Scene, cut: Blocks, eligible: BoolArray) -> tuple[IndexArray, IndexArray, FloatArray]:
    """Return each (watch, block) with an eligible fix, and the least distance its fixes can have from the zone."""
    pair, block = spread(cut.of_first[scene.watched.track], cut.of_count[scene.watched.track])
    if len(block):
        keep = np.logical_or.reduceat(eligible, cut.first)[block]
        pair, block = pair[keep], block[keep]
    return pair, block, _apart_m(cut.box[block], scene.zones.box[scene.watched.zone[pair]])


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


def _apart_m(box: FloatArray, zone_box: FloatArray) -> FloatArray:
    """Return the least distance in metres that a place in one box can have from a place in the other."""
    low, high = np.maximum(box[:, :2], zone_box[:, :2]), np.minimum(box[:, 2:], zone_box[:, 2:])
    gap = np.maximum(low - high, 0.0)
    steepest = np.maximum(np.abs(box[:, [1, 3]]).max(axis=1), np.abs(zone_box[:, [1, 3]]).max(axis=1))
    # A parallel is not the shortest way: over a gap of g degrees it is longer by less than the square of g in radians.
    east = gap[:, 0] * np.cos(np.radians(np.minimum(steepest, 90.0))) * np.maximum(0.0, 1 - np.radians(gap[:, 0]) ** 2)
    least: FloatArray = np.maximum(gap[:, 1], np.where(gap[:, 0] < 20.0, east, 0.0)) * (SHORTEST_DEGREE_M * 0.999)
    return least


def _bounds_m(scene: Scene, some: _Candidates) -> tuple[FloatArray, FloatArray]:
    """Return the greatest and the least depth that each fix can have, from its distance to the zone's origin."""
    shapes, fixes = scene.zones.shapes, scene.fixes
    east, north = to_plane(shapes.planes, some.version, fixes.longitude_deg[some.fix], fixes.latitude_deg[some.fix])
    away, reach = np.hypot(east, north), shapes.reach_m[some.version]
    doubt = 0.01 + 1e-3 * np.where(away > 1000.0, away, 0.0)
    return reach - away + doubt, 2 * shapes.distance_m[some.version] - reach - away - doubt
