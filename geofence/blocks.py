"""How far from each zone do blocks of consecutive fixes stay at least? Most pairs need no closer look.

Boxes in degrees around blocks and around zones bound every distance from below.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geofence.fixes import Fixes
from geofence.legs import Legs
from geofence.segments import spread
from geofence.tracks import FloatArray, IndexArray
from geofence.zones import SHORTEST_DEGREE_M, Zones

_BLOCK = 16
# Beyond this gap in longitude (20 degrees) no bound is given.
_FARTHEST = 1 - np.radians(20.0) ** 2

# West, south, east, north in degrees, each of shape (n,).
Sides = FloatArray | Sequence[FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """Each track with each zone of its wearer: columns `track` and `zone` of shape (w,), sorted by both.

    wearer: shape (tracks,), the number of each track's wearer among those with an order; -1 where he has none.
    """

    track: IndexArray
    zone: IndexArray
    wearer: IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Up to 16 consecutive fixes of one track each: `first`, `count`, the greatest r95_m.

    box: shape (4, blocks): west, south, east, north in degrees, around the fixes and the ends of their legs.
    Each with each zone its track is watched against, sorted by both: `watch`, `block`, and `apart_m`, which is no more
    than the distance from the zone to any place in the block's box.
    """

    first: IndexArray
    count: IndexArray
    widest_r95_m: FloatArray
    box: FloatArray
    watch: IndexArray
    block: IndexArray
    apart_m: FloatArray


def watch(fixes: Fixes, zones: Zones) -> Watch:
    """Return which track is to be watched against which zones."""
    wearer = np.array([zones.wearers.get(fitting.wearer_id, -1) for fitting in fixes.fittings], dtype=np.int64)
    # The last of these belongs to no wearer, and so to -1.
    first, count = np.append(zones.own_first, 0), np.append(zones.own_count, 0)
    track, zone = spread(first[wearer], count[wearer])
    return Watch(track, zone, wearer)


def blocks(fixes: Fixes, legs: Legs, zones: Zones, watched: Watch) -> Blocks:
    """Return the fixes in blocks, and how far these are from the zones."""
    track_count = -(-(fixes.end - fixes.first) // _BLOCK)
    track_first = np.cumsum(track_count) - track_count
    track, number = spread(np.zeros(len(track_count), dtype=np.int64), track_count)
    first = fixes.first[track] + _BLOCK * number
    count = np.minimum(fixes.end[track] - first, _BLOCK)
    pair, block = spread(track_first[watched.track], track_count[watched.track])
    if len(first) == 0:
        empty = np.empty(0)
        return Blocks(first, count, empty, np.empty((4, 0)), pair, block, empty)
    box = _boxes(fixes, legs, first)
    each, own = track_count[watched.track], zones.box[:, watched.zone]
    farthest = np.maximum.reduceat(farthest_deg(box), track_first)
    narrowest = shortening(np.maximum(farthest[watched.track], farthest_deg(own)))
    around = [np.repeat(side, each) for side in own]
    apart = apart_m([side[block] for side in box], around, np.repeat(narrowest, each))
    return Blocks(first, count, np.maximum.reduceat(fixes.r95_m, first), box, pair, block, apart)


def apart_m(box: Sides, other: Sides, narrowest: FloatArray) -> FloatArray:
    """Return a distance in metres that no place in a box is nearer than to a place in the other; shape (n,).

    narrowest: the least by which a degree of longitude is shortened in either.
    """
    west, south, east, north = box
    aside = np.maximum(other[0] - east, west - other[2])
    along = np.maximum(other[1] - north, south - other[3])
    np.maximum(aside, 0.0, out=aside)
    np.maximum(along, 0.0, out=along)
    # A parallel is not the shortest way: over a gap of g degrees it is longer by less than the square of g in radians.
    shorter = 1.0 - np.square(aside * (np.pi / 180.0))
    aside *= narrowest * shorter
    aside[shorter < _FARTHEST] = 0.0
    np.maximum(along, aside, out=along)
    along *= SHORTEST_DEGREE_M * 0.999
    return along


def farthest_deg(box: Sides) -> FloatArray:
    """Return the latitude of each box that is farthest from the equator, as a positive number."""
    farthest: FloatArray = np.maximum(np.abs(box[1]), np.abs(box[3]))
    return farthest


def shortening(farthest: FloatArray) -> FloatArray:
    """Return the least by which a degree of longitude is shortened up to some degrees from the equator."""
    shortest: FloatArray = np.cos(np.radians(np.minimum(farthest, 90.0)))
    return shortest


def _boxes(fixes: Fixes, legs: Legs, first: IndexArray) -> FloatArray:
    """Return boxes around blocks that start at `first`, the ends of their legs included."""
    longitude, latitude = fixes.longitude_deg, fixes.latitude_deg
    sides = [(np.minimum, longitude), (np.minimum, latitude), (np.maximum, longitude), (np.maximum, latitude)]
    box = np.stack([farthest.reduceat(column, first) for farthest, column in sides])
    # Only the last leg of a block ends outside it.
    beyond = np.maximum(np.maximum.reduceat(legs.onward, first), first)
    for side, (farthest, column) in zip(box, sides, strict=True):
        farthest(side, column[beyond], out=side)
    return box
