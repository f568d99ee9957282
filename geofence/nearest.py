"""R11: how close did a wearer come to a prohibition's zones while it was in force?

Blocks of fixes bound every depth from above and below, so that only the few fixes that may be the nearest are measured.
"""

import numpy as np

from geofence.instants import Instant, Interval
from geofence.judgement import Nearest
from geofence.near import Blocks
from geofence.plane import to_plane
from geofence.scene import Scene
from geofence.segments import spread
from geofence.touches import interval_at, version_at
from geofence.tracks import BoolArray, FloatArray, IndexArray
from geofence.verdict import depths
from geofence.zones import SHORTEST_DEGREE_M, Zones

_LONGEST_DEGREE_M = 111_700.0


def nearest(scene: Scene, cut: Blocks, between: Interval) -> dict[int, Nearest]:
    """Return, by prohibition, the fix of the wearer's precise tracks recorded in the range with the greatest depth.

    Only fixes recorded while the zone was in force and not suspended count. Ties: the earliest, then `zone_id`.
    """
    zones, fixes, watched = scene.zones, scene.fixes, scene.watched
    eligible = scene.legs.precise & (fixes.at >= between.start) & (fixes.at < between.end)
    prohibition_of = np.repeat(np.arange(len(zones.zone_count)), zones.zone_count)
    pair, block = _blocks(scene, cut, between, eligible, prohibition_of)
    owner, fix = spread(cut.first[block], cut.count[block])
    pair = pair[owner]
    keep = eligible[fix]
    pair, fix = pair[keep], fix[keep]
    zone = watched.zone[pair]
    interval = interval_at(zones, zone, fixes.at[fix])
    keep = interval >= 0
    keep[keep] = ~zones.suspended[interval[keep]]
    zone, fix = zone[keep], fix[keep]
    version = version_at(zones, zone, fixes.at[fix])
    prohibition = prohibition_of[zone]
    keep = _may_be_nearest(scene, prohibition, version, fix)
    prohibition, zone, version, fix = prohibition[keep], zone[keep], version[keep], fix[keep]
    depth = depths(fixes, zones.shapes, fix, version)
    names = np.array([entry.zone.zone_id for entry in zones.of], dtype=object)
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(names)] = np.arange(len(names))
    order = np.lexsort((rank[zone], fixes.at[fix], -depth, prohibition))
    first = order[np.flatnonzero(np.diff(prohibition[order], prepend=-1))]
    columns = (prohibition[first], zone[first], fixes.at[fix[first]], depth[first])
    return {
        number: Nearest(zones.of[where].zone.zone_id, Instant(at), depth_m)
        for number, where, at, depth_m in zip(*(column.tolist() for column in columns), strict=True)
    }


def _blocks(
    scene: Scene, cut: Blocks, between: Interval, eligible: BoolArray, prohibition_of: IndexArray
) -> tuple[IndexArray, IndexArray]:
    """Return the (watch, block) pairs that may hold a prohibition's nearest fix."""
    zones, watched = scene.zones, scene.watched
    if len(cut.first) == 0:
        return cut.first, cut.first
    some = np.logical_or.reduceat(eligible, cut.first)
    pair, block = spread(cut.of_first[watched.track], cut.of_count[watched.track])
    keep = some[block]
    pair, block = pair[keep], block[keep]
    zone = watched.zone[pair]
    least, most = _apart_m(cut.box[block], zones.box[zone])
    # Only where the zone is in force all through the range does every eligible fix count.
    certain = _throughout(zones, between)[zone]
    bound = np.full(len(zones.zone_count), np.inf)
    np.minimum.at(bound, prohibition_of[zone[certain]], most[certain])
    keep = least <= bound[prohibition_of[zone]]
    return pair[keep], block[keep]


def _throughout(zones: Zones, between: Interval) -> BoolArray:
    """Return which zones are in force and not suspended all through a range."""
    zone = np.arange(len(zones.of))
    interval = interval_at(zones, zone, np.full(len(zone), between.start, dtype=np.int64))
    whole = interval >= 0
    whole[whole] = (zones.interval_end[interval[whole]] >= between.end) & ~zones.suspended[interval[whole]]
    return whole


def _apart_m(box: FloatArray, zone_box: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest distance in metres between a place in one box and a place in the other."""
    low, high = np.maximum(box[:, :2], zone_box[:, :2]), np.minimum(box[:, 2:], zone_box[:, 2:])
    gap = np.maximum(low - high, 0.0)
    whole = np.maximum(box[:, 2:], zone_box[:, 2:]) - np.minimum(box[:, :2], zone_box[:, :2])
    steepest = np.minimum(np.maximum(np.abs(box[:, [1, 3]]).max(axis=1), np.abs(zone_box[:, [1, 3]]).max(axis=1)), 90.0)
    # A parallel is not the shortest way: over a gap of g degrees it is longer by less than the square of g in radians.
    east = gap[:, 0] * np.cos(np.radians(steepest)) * np.maximum(0.0, 1 - np.radians(gap[:, 0]) ** 2)
    least = np.maximum(gap[:, 1], np.where(gap[:, 0] < 20.0, east, 0.0)) * SHORTEST_DEGREE_M
    return least * 0.999, np.hypot(whole[:, 0], whole[:, 1]) * _LONGEST_DEGREE_M


def _may_be_nearest(scene: Scene, prohibition: IndexArray, version: IndexArray, fix: IndexArray) -> BoolArray:
    """Return which fixes may have the greatest depth of their prohibition, from their distance to the zone's origin."""
    shapes, fixes = scene.zones.shapes, scene.fixes
    east, north = to_plane(shapes.planes, version, fixes.longitude_deg[fix], fixes.latitude_deg[fix])
    away = np.hypot(east, north)
    reach = shapes.reach_m[version]
    doubt = 0.01 + 1e-3 * np.where(away > 1000.0, away, 0.0)
    deepest, shallowest = reach - away + doubt, 2 * shapes.distance_m[version] - reach - away - doubt
    best = np.full(len(scene.zones.zone_count), -np.inf)
    np.maximum.at(best, prohibition, shallowest)
    may: BoolArray = deepest >= best[prohibition]
    return may
