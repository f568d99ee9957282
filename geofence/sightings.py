"""R10: which plausible fixes of a wearer are there, and which of them say where the wearer is?"""

from dataclasses import dataclass

import numpy as np

from geofence.rough import rough_depths_m
from geofence.scene import Scene
from geofence.segments import spread
from geofence.tracks import BoolArray, IndexArray, InstantArray, Mechanism
from geofence.verdict import depths
from geofence.versions import version_at

# Distances this near to the limit are measured, whatever rounding does to the bounds.
_DOUBT_M = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """Every plausible fix of the wearers that have an order, wearer after wearer in order of time; shape (s,).

    precise_enough: gps, wifi or rf with r95_m at most `usable_r95_m`. poor: with more. coarse: cell or unknown.
    first, end: where the sightings of each prohibition's wearer begin and end. ends: where each wearer's end.
    """

    fix: IndexArray
    at: InstantArray
    precise_enough: BoolArray
    poor: BoolArray
    coarse: BoolArray
    first: IndexArray
    end: IndexArray
    ends: IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """The instants of the fixes that are usable for each prohibition: `at[first[i]:end[i]]` for prohibition i.

    last_of_segment: the last row of each wearer's or prohibition's stretch of `at`, in order.
    """

    at: InstantArray
    first: IndexArray
    end: IndexArray
    last_of_segment: IndexArray


def sightings(scene: Scene) -> Sightings:
    """Return the plausible fixes of each wearer, of all tags together, in order of time."""
    fixes, zones = scene.fixes, scene.zones
    seen = ~scene.legs.implausible
    wearer = scene.watched.wearer
    if (wearer < 0).any():
        seen &= (wearer >= 0)[fixes.track]
    whole = bool(seen.all())
    fix = np.flatnonzero(seen)
    first, ends, at = fixes.first, fixes.end, fixes.at
    if not whole:
        first, ends, at = np.searchsorted(fix, first), np.searchsorted(fix, ends), at[fix]
    own_end = np.zeros(len(zones.wearers), dtype=np.int64)
    np.maximum.at(own_end, wearer[wearer >= 0], ends[wearer >= 0])
    np.maximum.accumulate(own_end, out=own_end)
    if _overlap(at, first, ends, wearer):
        order = np.lexsort((at, wearer[fixes.track[fix]]))
        fix, at = fix[order], at[order]
        whole = False
    mechanism, r95_m = (column if whole else column[fix] for column in (fixes.mechanism, fixes.r95_m))
    coarse = (mechanism == Mechanism.CELL) | (mechanism == Mechanism.UNKNOWN)
    wide = r95_m > scene.rules.usable_r95_m
    own_first = np.append(0, own_end)[:-1]
    return Sightings(
        fix, at, ~(coarse | wide), wide & ~coarse, coarse, own_first[zones.wearer], own_end[zones.wearer], own_end
    )


def _overlap(at: InstantArray, first: IndexArray, end: IndexArray, wearer: IndexArray) -> bool:
    """Return whether two tracks of one wearer, next to each other, hold fixes that are not in order of time."""
    some = np.flatnonzero(end > first)
    first, end, wearer = first[some], end[some], wearer[some]
    return bool(((wearer[1:] == wearer[:-1]) & (at[first[1:]] < at[end[:-1] - 1])).any())


def heard(scene: Scene, seen: Sightings) -> Heard:
    """Return the usable fixes of each prohibition: precise enough, or certainly far away from all its zones."""
    first, end = seen.first.copy(), seen.end.copy()
    doubted = np.flatnonzero(~seen.precise_enough)
    mixed = np.flatnonzero(np.searchsorted(doubted, end) > np.searchsorted(doubted, first))
    last = seen.ends[np.diff(seen.ends, prepend=0) > 0] - 1
    if len(mixed) == 0:
        return Heard(seen.at, first, end, last)
    owner, row = spread(first[mixed], end[mixed] - first[mixed])
    usable = seen.precise_enough[row]
    asked = np.flatnonzero(~usable)
    usable[asked] = _far_away(scene, mixed[owner[asked]], seen.fix[row[asked]])
    chosen = np.flatnonzero(usable)
    at = np.concatenate([seen.at, seen.at[row[chosen]]])
    counts = np.bincount(owner[chosen], minlength=len(mixed))
    end[mixed] = len(seen.at) + np.cumsum(counts)
    first[mixed] = end[mixed] - counts
    return Heard(at, first, end, np.append(last, end[mixed][counts > 0] - 1))


def _far_away(scene: Scene, prohibition: IndexArray, fix: IndexArray) -> BoolArray:
    """Return whether each fix's circle stays more than `far_away_m` from every zone of the prohibition valid then."""
    zones = scene.zones
    count = zones.zone_count[prohibition]
    far = np.ones(len(fix), dtype=np.bool_)
    # Who is near one zone need not be held against the others.
    for number in range(int(count.max(initial=0))):
        rows = np.flatnonzero(far & (count > number))
        far[rows] = _far_from(scene, zones.zone_first[prohibition[rows]] + number, fix[rows])
    return far


def _far_from(scene: Scene, zone: IndexArray, fix: IndexArray) -> BoolArray:
    """Return whether each fix's circle stays more than `far_away_m` from a zone, or that has no version then."""
    zones, fixes = scene.zones, scene.fixes
    version = version_at(zones, zone, fixes.at[fix])
    far = version < 0
    valid = np.flatnonzero(~far)
    one, version = fix[valid], version[valid]
    deepest_m, shallowest_m = rough_depths_m(scene, one, version)
    limit_m = scene.rules.far_away_m + fixes.r95_m[one]
    far[valid] = -deepest_m > limit_m + _DOUBT_M
    close = np.flatnonzero((-deepest_m <= limit_m + _DOUBT_M) & (-shallowest_m > limit_m - _DOUBT_M))
    depth_m = depths(fixes, zones.shapes, one[close], version[close])
    far[valid[close]] = np.round(-depth_m - fixes.r95_m[one[close]], 3) > scene.rules.far_away_m
    return far
