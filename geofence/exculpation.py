"""R11: how close did a wearer come, and which fixes at or beyond an edge were not raised?"""

from collections.abc import Sequence

import numpy as np

from geofence.instants import Instant, Interval
from geofence.judgement import NotRaised
from geofence.parts import Group
from geofence.scene import Scene
from geofence.touches import Touches
from geofence.tracks import BoolArray
from geofence.verdict import UNCERTAIN


def not_raised(scene: Scene, touching: Touches, incidents: Sequence[Group], between: Interval) -> tuple[NotRaised, ...]:
    """Return every fix recorded in the range at depth 0 or more in force that is part of no incident, with its reason.

    touching: all fixes that are not OUTSIDE, also those that R8 leaves out. Sorted by (`recorded_at`, `zone_id`,
    `tag_id`, track order).
    """
    fixes = scene.fixes
    at = fixes.at[touching.fix]
    left = (touching.depth_m >= 0) & (at >= between.start) & (at < between.end)
    left &= ~_raised(touching, incidents)
    found = []
    for row in np.flatnonzero(left).tolist():
        fix = int(touching.fix[row])
        uncertain = touching.verdict[row] == UNCERTAIN
        fitting = fixes.fittings[int(fixes.track[fix])]
        entry = scene.zones.of[int(scene.watched.zone[touching.watch[row]])]
        raised = NotRaised(
            wearer_id=fitting.wearer_id,
            zone_id=entry.zone.zone_id,
            tag_id=fitting.tag_id,
            recorded_at=Instant(int(fixes.at[fix])),
            position_id=fixes.position_id(fix),
            depth_m=float(touching.depth_m[row]),
            p_inside=float(touching.p_inside[row]),
            reason="implausible" if scene.legs.implausible[fix] else "uncertain" if uncertain else "within_leg",
        )
        found.append((raised.recorded_at, raised.zone_id, raised.tag_id, fix, raised))
    return tuple(raised for *_, raised in sorted(found, key=lambda row: row[:4]))


def _raised(touching: Touches, incidents: Sequence[Group]) -> BoolArray:
    """Return where a fix lies between the first and the last fix of an incident of its track and zone."""
    raised = np.zeros(len(touching), dtype=np.bool_)
    for group in incidents:
        low = int(np.searchsorted(touching.watch, group.watch))
        high = int(np.searchsorted(touching.watch, group.watch, side="right"))
        own = touching.fix[low:high]
        raised[
            low + int(np.searchsorted(own, group.first_fix)) : low + int(np.searchsorted(own, group.last_fix, "right"))
        ] = True
    return raised
