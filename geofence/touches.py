"""R5 to R8: which fixes that lie in an in-force interval are not OUTSIDE its zone?"""

from dataclasses import dataclass

import numpy as np

from geofence.near import Near
from geofence.scene import Scene
from geofence.segments import first_after
from geofence.tracks import BoolArray, CodeArray, FloatArray, IndexArray, InstantArray
from geofence.verdict import OUTSIDE, verdicts
from geofence.zones import Zones


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """Fixes that a zone in force can't be said not to hold; columns of shape (n,), sorted by `watch` and then `fix`.

    watch: the (track, zone). interval: the in-force interval. version: the version valid then.
    """

    watch: IndexArray
    interval: IndexArray
    fix: IndexArray
    version: IndexArray
    depth_m: FloatArray
    p_inside: FloatArray
    verdict: CodeArray
    likely: BoolArray

    def __len__(self) -> int:
        return len(self.fix)

    def __getitem__(self, rows: BoolArray | IndexArray) -> "Touches":
        return Touches(*(getattr(self, name)[rows] for name in self.__slots__))


def touches(scene: Scene, near: Near) -> Touches:
    """Return the fixes near a zone, recorded while it was in force, that are INSIDE or UNCERTAIN."""
    fixes, zones = scene.fixes, scene.zones
    zone, at = scene.watched.zone[near.fix_watch], fixes.at[near.fix]
    interval = interval_at(zones, zone, at)
    hit = interval >= 0
    row, fix, interval = near.fix_watch[hit], near.fix[hit], interval[hit]
    version = version_at(zones, zone[hit], at[hit])
    found = verdicts(fixes, zones.shapes, scene.rules, fix, version)
    every = Touches(row, interval, fix, version, found.depth_m, found.p_inside, found.verdict, found.likely)
    return every[found.verdict != OUTSIDE]


def interval_at(zones: Zones, zone: IndexArray, at: InstantArray) -> IndexArray:
    """Return the in-force interval of each zone that holds each instant, -1 where none does; shape (n,)."""
    low = zones.interval_first[zone]
    found = first_after(zones.interval_start, low, low + zones.interval_count[zone], at) - 1
    held = found >= low
    held[held] = at[held] < zones.interval_end[found[held]]
    return np.where(held, found, -1)


def version_at(zones: Zones, zone: IndexArray, at: InstantArray) -> IndexArray:
    """Return the version of each zone that is valid at each instant, -1 where none is; shape (n,)."""
    low = zones.version_first[zone]
    found = first_after(zones.valid_from, low, low + zones.version_count[zone], at) - 1
    valid = found >= low
    valid[valid] = at[valid] < zones.valid_until[found[valid]]
    return np.where(valid, found, -1)
