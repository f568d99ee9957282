"""R10: how much of the time in force was monitored, and why was the rest not?"""

from geofence.bounds import Bounds
from geofence.instants import Interval
from geofence.judgement import Coverage
from geofence.near import Blocks
from geofence.tracks import Tracks


def coverage(bounds: Bounds, tracks: Tracks, cut: Blocks, between: Interval) -> tuple[Coverage, ...]:
    """Return a row for each prohibition."""
    return ()
