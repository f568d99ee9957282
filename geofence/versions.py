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
    """Return the version that judges at each instant: the one then valid, else the one that opens or closes.

    interval: an in-force interval of each zone. Before it the version that opens it judges, after it the one that
    closes it; shape (n,).
    """
    version = version_at(zones, zone, at)
    lost = np.flatnonzero(version < 0)
    start, end = zones.interval_start[interval[lost]], zones.interval_end[interval[lost]]
    version[lost] = _valid_last(zones, zone[lost], np.where(at[lost] < start, start, end - 1))
    return version


def opening_version(zones: Zones, zone: int, interval: int) -> int:
    """Return the version that is valid when an in-force interval opens."""
    return int(_valid_last(zones, np.array([zone]), zones.interval_start[[interval]])[0])


def _valid_last(zones: Zones, zone: IndexArray, at: InstantArray) -> IndexArray:
    """Return the last version of each zone that began at or before an instant."""
    return last_at_or_before(zones.valid_from, zones.version_first, zones.version_count, zone, at)
