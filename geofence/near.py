"""Which fixes and legs deserve to be measured against which zones? All others are OUTSIDE with certainty."""

from dataclasses import dataclass

import numpy as np

from geofence.blocks import Blocks, Watch, apart_m, farthest_deg, shortening
from geofence.fixes import Fixes
from geofence.legs import Legs
from geofence.segments import spread
from geofence.tracks import IndexArray
from geofence.zones import Zones, bulge_m


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """What may touch: pairs (`fix_watch`, `fix`) and pairs (`leg_watch`, `leg`), a leg named by the fix it starts at.

    Both are sorted; `fix_watch` and `leg_watch` are rows of a `Watch`.
    """

    fix_watch: IndexArray
    fix: IndexArray
    leg_watch: IndexArray
    leg: IndexArray


def near(fixes: Fixes, legs: Legs, zones: Zones, watched: Watch, cut: Blocks) -> Near:
    """Return the pairs that may touch: the fix's circle of r95_m, or the leg, may reach the zone."""
    close = np.flatnonzero(cut.apart_m <= (cut.widest_r95_m + bulge_m(cut.box))[cut.block])
    block, zone = cut.block[close], watched.zone[cut.watch[close]]
    narrowest = shortening(np.maximum(farthest_deg(cut.box[:, block]), farthest_deg(zones.box[:, zone])))
    owner, fix = spread(cut.first[block], cut.count[block])
    pair, narrowest = cut.watch[close][owner], narrowest[owner]
    around = [side[zone][owner] for side in zones.box]
    longitude, latitude = fixes.longitude_deg[fix], fixes.latitude_deg[fix]
    here = longitude, latitude, longitude, latitude
    touching = np.flatnonzero(apart_m(here, around, narrowest) <= fixes.r95_m[fix])
    onward = legs.onward[fix]
    there = fixes.longitude_deg[onward], fixes.latitude_deg[onward]
    span = (
        np.minimum(longitude, there[0]),
        np.minimum(latitude, there[1]),
        np.maximum(longitude, there[0]),
        np.maximum(latitude, there[1]),
    )
    passing = np.flatnonzero((onward >= 0) & (apart_m(span, around, narrowest) <= bulge_m(span)))
    return Near(pair[touching], fix[touching], pair[passing], fix[passing])
