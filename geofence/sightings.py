"""R10: which plausible fixes of a wearer are there, and which of them say where the wearer is?"""

from dataclasses import dataclass

import numpy as np

from geofence.fixes import Fixes
from geofence.ids import WearerId
from geofence.legs import Legs
from geofence.plane import to_plane
from geofence.rules import Rules
from geofence.scene import Scene
from geofence.segments import spread
from geofence.touches import version_at
from geofence.tracks import BoolArray, IndexArray, InstantArray, Mechanism
from geofence.verdict import depths

# What the plane may be wrong by, so that only distances near the limit are measured exactly.
_DOUBT = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """Every plausible fix, wearer after wearer in order of time; columns of shape (s,).

    precise_enough: gps, wifi or rf with r95_m at most `usable_r95_m`. poor: with more. coarse: cell or unknown.
    of: where each wearer's begin and end.
    """

    fix: IndexArray
    at: InstantArray
    precise_enough: BoolArray
    poor: BoolArray
    coarse: BoolArray
    of: dict[WearerId, tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """The instants of the fixes that are usable for each prohibition: `at[first[i]:end[i]]` for prohibition i.

    last_of_segment: the last row of each wearer's or prohibition's stretch of `at`.
    """

    at: InstantArray
    first: IndexArray
    end: IndexArray
    last_of_segment: IndexArray


def sightings(fixes: Fixes, legs: Legs, rules: Rules) -> Sightings:
    """Return the plausible fixes of each wearer, of all tags together, in order of time."""
    fix = np.flatnonzero(~legs.implausible)
    names = [fitting.wearer_id for fitting in fixes.fittings]
    changes = [0, *(i for i in range(1, len(names)) if names[i] != names[i - 1]), len(names)] if names else [0]
    number = np.repeat(np.arange(len(changes) - 1), np.diff(changes))
    wearer = number[fixes.track[fix]]
    at = fixes.at[fix]
    if ((wearer[1:] == wearer[:-1]) & (at[1:] < at[:-1])).any():
        order = np.lexsort((at, wearer))
        fix, wearer, at = fix[order], wearer[order], at[order]
    ends = np.searchsorted(wearer, np.arange(len(changes))).tolist()
    of = {names[start]: (ends[i], ends[i + 1]) for i, start in enumerate(changes[:-1])}
    mechanism = fixes.mechanism[fix]
    coarse = (mechanism == Mechanism.CELL) | (mechanism == Mechanism.UNKNOWN)
    wide = fixes.r95_m[fix] > rules.usable_r95_m
    return Sightings(fix, at, ~coarse & ~wide, ~coarse & wide, coarse, of)


def heard(scene: Scene, seen: Sightings) -> Heard:
    """Return the usable fixes of each prohibition: precise enough, or certainly far away from all its zones."""
    zones = scene.zones
    own = [seen.of.get(order.wearer_id, (0, 0)) for order, _ in zones.prohibitions]
    span = np.array(own, dtype=np.int64).reshape(-1, 2)
    first, end = span[:, 0].copy(), span[:, 1].copy()
    doubted = np.concatenate([[0], np.cumsum(~seen.precise_enough)])
    mixed = np.flatnonzero(doubted[end] > doubted[first])
    owner, row = spread(first[mixed], end[mixed] - first[mixed])
    usable = seen.precise_enough[row]
    asked = np.flatnonzero(~usable)
    usable[asked] = _far_away(scene, mixed[owner[asked]], seen.fix[row[asked]])
    at = np.concatenate([seen.at, seen.at[row[usable]]])
    counts = np.bincount(owner[usable], minlength=len(mixed))
    end[mixed] = len(seen.at) + np.cumsum(counts)
    first[mixed] = end[mixed] - counts
    wearer_ends = [high for low, high in seen.of.values() if high > low]
    last = np.unique(np.concatenate([np.array(wearer_ends, dtype=np.int64), end[mixed][counts > 0]])) - 1
    return Heard(at, first, end, last)


def _far_away(scene: Scene, prohibition: IndexArray, fix: IndexArray) -> BoolArray:
    """Return whether each fix's circle stays more than `far_away_m` from every zone of the prohibition valid then."""
    zones, fixes = scene.zones, scene.fixes
    owner, zone = spread(zones.zone_first[prohibition], zones.zone_count[prohibition])
    version = version_at(zones, zone, fixes.at[fix[owner]])
    valid = version >= 0
    owner, version = owner[valid], version[valid]
    one = fix[owner]
    east, north = to_plane(zones.shapes.planes, version, fixes.longitude_deg[one], fixes.latitude_deg[one])
    away = np.hypot(east, north)
    limit = scene.rules.far_away_m + fixes.r95_m[one]
    reach, doubt = zones.shapes.reach_m[version], 1.0 + _DOUBT * away
    far = away - reach > limit + doubt
    close = np.flatnonzero(~far & (away + reach > limit - doubt))
    if len(close):
        depth_m = depths(fixes, zones.shapes, one[close], version[close])
        far[close] = np.round(-depth_m - fixes.r95_m[one[close]], 3) > scene.rules.far_away_m
    near_any = np.bincount(owner[~far], minlength=len(fix))
    far_from_all: BoolArray = near_any == 0
    return far_from_all
