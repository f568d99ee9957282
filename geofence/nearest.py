"""R11: how close did a wearer come to a prohibition's zones while it was in force?

Blocks of fixes bound every depth from above and below, so that only the few fixes that may be the nearest are measured.
"""

from dataclasses import dataclass

import numpy as np

from geofence.blocks import Blocks
from geofence.instants import BEGINNING, FOREVER, Interval
from geofence.judgement import Nearest
from geofence.rough import rough_depths_m
from geofence.scene import Scene
from geofence.segments import spread
from geofence.tracks import BoolArray, FloatArray, IndexArray
from geofence.verdict import depths
from geofence.versions import interval_at, version_at


def nearest(scene: Scene, cut: Blocks, between: Interval) -> dict[int, Nearest]:
    """Return, by prohibition, the fix of the wearer's precise tracks recorded in the range with the greatest depth.

    Only fixes recorded while the zone was in force and not suspended count. Ties: the earliest, then `zone_id`.
    """
    zones, fixes = scene.zones, scene.fixes
    prohibition_of = np.repeat(np.arange(len(zones.zone_count)), zones.zone_count)
    close = _that_may_be(scene, cut, between, prohibition_of)
    depth = depths(fixes, zones.shapes, close.fix, close.version)
    owner = prohibition_of[close.zone]
    order = np.lexsort((zones.rank[close.zone], fixes.at[close.fix], -depth, owner))
    chosen = order[np.flatnonzero(np.diff(owner[order], prepend=-1))]
    zone_ids = [zones.of[zone].zone.zone_id for zone in close.zone[chosen].tolist()]
    found = map(Nearest, zone_ids, fixes.at[close.fix[chosen]].tolist(), depth[chosen].tolist())
    return dict(zip(owner[chosen].tolist(), found, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Fixes that count for a zone, the version then valid, and the greatest and the least depth each can have."""

    zone: IndexArray
    fix: IndexArray
    version: IndexArray
    deepest_m: FloatArray
    shallowest_m: FloatArray

    def __getitem__(self, rows: IndexArray) -> "_Candidates":
        return _Candidates(*(getattr(self, name)[rows] for name in self.__slots__))


def _that_may_be(scene: Scene, cut: Blocks, between: Interval, prohibition_of: IndexArray) -> _Candidates:
    """Return the fixes that may be the nearest of their prohibition.

    1. The block that may come nearest sets the bar: the depth that one of its fixes has at least.
    2. Few other blocks can pass it; what their fixes have at least raises it.
    3. What can't reach the bar is not the nearest.
    """
    fixes = scene.fixes
    eligible = scene.legs.precise & (fixes.at >= between.start) & (fixes.at < between.end)
    pair, block, least_m = cut.watch, cut.block, cut.apart_m
    if not eligible.all():
        some = np.flatnonzero(np.logical_or.reduceat(eligible, cut.first)[block])
        pair, block, least_m = pair[some], block[some], least_m[some]
    prohibition = prohibition_of[scene.watched.zone][pair]
    least_of_all = np.full(len(scene.zones.zone_count), np.inf)
    np.minimum.at(least_of_all, prohibition, least_m)
    best = least_m <= least_of_all[prohibition]
    rows = np.flatnonzero(best)
    steady = _steady(scene)
    first = _candidates(scene, cut, pair[rows], block[rows], eligible, steady)
    bar = np.full(len(scene.zones.zone_count), -np.inf)
    np.maximum.at(bar, prohibition_of[first.zone], first.shallowest_m)
    # A fix within the box around a zone may be at any depth.
    rows = np.flatnonzero(~best & ((least_m == 0) | (-least_m >= bar[prohibition])))
    more = _candidates(scene, cut, pair[rows], block[rows], eligible, steady)
    np.maximum.at(bar, prohibition_of[more.zone], more.shallowest_m)
    left = [one[np.flatnonzero(one.deepest_m >= bar[prohibition_of[one.zone]])] for one in (first, more)]
    return _Candidates(*(np.concatenate([getattr(one, name) for one in left]) for name in _Candidates.__slots__))


def _candidates(
    scene: Scene, cut: Blocks, pair: IndexArray, block: IndexArray, eligible: BoolArray, steady: BoolArray
) -> _Candidates:
    """Return the eligible fixes of some blocks that were recorded while the zone was in force and not suspended."""
    zones = scene.zones
    owner, fix = spread(cut.first[block], cut.count[block])
    watched = scene.watched.zone[pair]
    zone, version, counts = watched[owner], zones.version_first[watched][owner], eligible[fix]
    asked = np.flatnonzero(~steady[zone])
    if len(asked):
        at = scene.fixes.at[fix[asked]]
        interval = interval_at(zones, zone[asked], at)
        counts[asked] &= (interval >= 0) & ~np.append(zones.suspended, True)[interval]
        version[asked] = version_at(zones, zone[asked], at)
    if not counts.all():
        zone, fix, version = zone[counts], fix[counts], version[counts]
    return _Candidates(zone, fix, version, *rough_depths_m(scene, fix, version))


def _steady(scene: Scene) -> BoolArray:
    """Return which zones keep their one version and are in force, not suspended, as long as there are fixes."""
    zones, at = scene.zones, scene.fixes.at
    steady: BoolArray = (zones.interval_count == 1) & (zones.version_count == 1)
    own = zones.interval_first[steady]
    steady[steady] = (
        (zones.interval_start[own] <= at.min(initial=FOREVER))
        & (zones.interval_end[own] > at.max(initial=BEGINNING))
        & ~zones.suspended[own]
    )
    return steady
