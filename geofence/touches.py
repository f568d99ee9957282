"""R5 to R8: which fixes that lie in an in-force interval are not OUTSIDE its zone?"""

from dataclasses import dataclass

import numpy as np

from geofence.near import Near
from geofence.scene import Scene
from geofence.tracks import BoolArray, CodeArray, FloatArray, IndexArray
from geofence.verdict import OUTSIDE, verdicts
from geofence.versions import interval_at, version_at


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """Fixes that a zone in force can't be said not to hold; columns of shape (n,), sorted by `watch` and then `fix`.

    watch: the (track, zone). interval: the in-force interval. version: the version valid then.
    p_inside: 0 where the fix lies at a depth below 0 and can't be likely.
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

    def rows_of(self, watch: IndexArray, fix: IndexArray) -> IndexArray:
        """Return the row of each pair, -1 where it has none; shape (n,)."""
        if len(self) == 0:
            return np.full(len(watch), -1, dtype=np.int64)
        width = max(int(self.fix.max()), int(fix.max(initial=0))) + 1
        keys, wanted = self.watch * width + self.fix, watch * width + fix
        row = np.minimum(np.searchsorted(keys, wanted), len(self) - 1)
        return np.where(keys[row] == wanted, row, -1)


def touches(scene: Scene, near: Near) -> Touches:
    """Return the fixes near a zone, recorded while it was in force, that are INSIDE or UNCERTAIN."""
    fixes, zones = scene.fixes, scene.zones
    zone, at = scene.watched.zone[near.fix_watch], fixes.at[near.fix]
    interval = interval_at(zones, zone, at)
    hit = interval >= 0
    row, fix, interval = near.fix_watch[hit], near.fix[hit], interval[hit]
    version = version_at(zones, zone[hit], at[hit])
    found = verdicts(fixes, zones.shapes, scene.rules, fix, version, sparing=True)
    every = Touches(row, interval, fix, version, found.depth_m, found.p_inside, found.verdict, found.likely)
    return every[found.verdict != OUTSIDE]
