"""R1: which in-force interval, and which version of a zone, holds an instant?"""

import numpy as np

from geofence.segments import last_at_or_before
from geofence.tracks import IndexArray, InstantArray
from geofence.zones import Zones


def interval_at(zones: Zones, zone: IndexArray, at: InstantArray) -> IndexArray:
    """Return the in-force interval of each zone that holds each instant, -1 where none does; shape (n,)."""
    found = last_at_or_before(zones.interval_start, zones.interval_first, zones.interval_count, zone, at)
    return np.where((found >= 0) & (at < np.append(zones.interval_end, 0)[found]), found, -1)


def version_at(zones: Zones, zone: IndexArray, at: InstantArray) -> IndexArray:
    """Return the version of each zone that is valid at each instant, -1 where none is; shape (n,)."""
    found = last_at_or_before(zones.valid_from, zones.version_first, zones.version_count, zone, at)
    return np.where((found >= 0) & (at < np.append(zones.valid_until, 0)[found]), found, -1)


def version_for(zones: Zones, zone: IndexArray, interval: IndexArray, at: InstantArray) -> IndexArray:
    """Return the version that judges at each instant: the one then valid, else the one that opens or closes."""
    version = version_at(zones, zone, at)
    for row in np.flatnonzero(version < 0).tolist():
        before = at[row] < zones.interval_start[interval[row]]
        version[row] = (opening_version if before else closing_version)(zones, int(zone[row]), int(interval[row]))
    return version


def opening_version(zones: Zones, zone: int, interval: int) -> int:
    """Return the version that is valid when an in-force interval opens."""
    return _latest_from(zones, zone, int(zones.interval_start[interval]))


def closing_version(zones: Zones, zone: int, interval: int) -> int:
    """Return the version that is valid just before an in-force interval closes."""
    return _latest_from(zones, zone, int(zones.interval_end[interval]) - 1)


def _latest_from(zones: Zones, zone: int, at: int) -> int:
    first = int(zones.version_first[zone])
    own = zones.valid_from[first : first + int(zones.version_count[zone])]
    return first + int(np.searchsorted(own, at, side="right")) - 1
