"""Which fixes and legs deserve to be measured against which zones? All others are OUTSIDE with certainty.

Boxes in degrees around blocks of consecutive fixes and around zones settle nearly every pair without a measurement.
"""

from dataclasses import dataclass

import numpy as np

from geofence.fixes import Fixes
from geofence.legs import Legs
from geofence.segments import spread
from geofence.tracks import BoolArray, FloatArray, IndexArray
from geofence.zones import Zones, bulge_m, widened

_BLOCK = 16


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """Each track with each zone of its wearer: columns `track` and `zone` of shape (w,), sorted by both."""

    track: IndexArray
    zone: IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """What may touch: pairs (`fix_watch`, `fix`) and pairs (`leg_watch`, `leg`), a leg named by the fix it starts at.

    Both are sorted; `fix_watch` and `leg_watch` are rows of a `Watch`.
    """

    fix_watch: IndexArray
    fix: IndexArray
    leg_watch: IndexArray
    leg: IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Up to 16 consecutive fixes of one track: `first`, `count`, a box around them and their legs, the greatest r95_m.

    box: shape (4, blocks): west, south, east, north in degrees. `of_first`, `of_count`: each track's blocks.
    """

    first: IndexArray
    count: IndexArray
    box: FloatArray
    widest_r95_m: FloatArray
    of_first: IndexArray
    of_count: IndexArray


def watch(fixes: Fixes, zones: Zones) -> Watch:
    """Return which track is to be watched against which zones."""
    own = [zones.zones_of.get(fitting.wearer_id, (0, 0)) for fitting in fixes.fittings]
    bounds = np.array(own, dtype=np.int64).reshape(-1, 2)
    track, zone = spread(bounds[:, 0], bounds[:, 1] - bounds[:, 0])
    return Watch(track, zone)


def blocks(fixes: Fixes, legs: Legs) -> Blocks:
    """Return the fixes in blocks."""
    length = fixes.end - fixes.first
    of_count = -(-length // _BLOCK)
    track, number = spread(np.zeros(len(length), dtype=np.int64), of_count)
    first = fixes.first[track] + _BLOCK * number
    count = np.minimum(fixes.end[track] - first, _BLOCK)
    onward = np.where(legs.onward >= 0, legs.onward, np.arange(len(fixes)))
    longitude, latitude = fixes.longitude_deg, fixes.latitude_deg
    there_lon, there_lat = longitude[onward], latitude[onward]
    if len(first) == 0:
        return Blocks(first, count, np.empty((4, 0)), np.empty(0), np.cumsum(of_count) - of_count, of_count)
    box = np.stack(
        [
            np.minimum.reduceat(np.minimum(longitude, there_lon), first),
            np.minimum.reduceat(np.minimum(latitude, there_lat), first),
            np.maximum.reduceat(np.maximum(longitude, there_lon), first),
            np.maximum.reduceat(np.maximum(latitude, there_lat), first),
        ]
    )
    widest = np.maximum.reduceat(fixes.r95_m, first)
    return Blocks(first, count, box, widest, np.cumsum(of_count) - of_count, of_count)


def near(fixes: Fixes, legs: Legs, zones: Zones, watched: Watch, cut: Blocks) -> Near:
    """Return the pairs that may touch: the fix's circle of r95_m, or the leg, may reach the zone."""
    pair, block = spread(cut.of_first[watched.track], cut.of_count[watched.track])
    reach = widened(cut.box, cut.widest_r95_m + bulge_m(cut.box))
    meets = _overlap(reach[:, block], zones.box[:, watched.zone[pair]])
    pair, block = pair[meets], block[meets]
    owner, fix = spread(cut.first[block], cut.count[block])
    pair = pair[owner]
    zone_box = zones.box[:, watched.zone[pair]]
    longitude, latitude = fixes.longitude_deg[fix], fixes.latitude_deg[fix]
    circle = widened(np.stack([longitude, latitude, longitude, latitude]), fixes.r95_m[fix])
    touching = _overlap(circle, zone_box)
    onward = legs.onward[fix]
    there = np.stack([fixes.longitude_deg[onward], fixes.latitude_deg[onward]])
    here = np.stack([longitude, latitude])
    span = np.concatenate([np.minimum(here, there), np.maximum(here, there)])
    passing = (onward >= 0) & _overlap(widened(span, bulge_m(span)), zone_box)
    return Near(pair[touching], fix[touching], pair[passing], fix[passing])


def _overlap(one: FloatArray, other: FloatArray) -> BoolArray:
    met: BoolArray = one[0] <= other[2]
    for apart in (one[2] >= other[0], one[1] <= other[3], one[3] >= other[1]):
        met &= apart
    return met
