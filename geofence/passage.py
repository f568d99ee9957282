"""R7, R8: when does a leg enter and leave a zone, and how deep does it go?

A leg is straight in the zone's plane and walked at constant speed.
"""

from dataclasses import dataclass

import numpy as np

from geofence.lines import Lines
from geofence.plane import to_plane
from geofence.scene import Scene
from geofence.segments import first_after, first_at_or_after, spread
from geofence.through import through
from geofence.tracks import BoolArray, FloatArray, IndexArray, InstantArray
from geofence.versions import version_for
from geofence.zones import Zones

_MS_US = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Legs, from fix `start` to fix `end`, each against a zone and one of its in-force intervals; shape (n,).

    watch: the (track, zone).
    """

    watch: IndexArray
    zone: IndexArray
    interval: IndexArray
    start: IndexArray
    end: IndexArray

    def __len__(self) -> int:
        return len(self.watch)

    def __getitem__(self, rows: BoolArray | IndexArray) -> "Ways":
        return Ways(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """The part of each leg at depth 0 or more: its first and last instant, and its greatest depth; shape (n,).

    met: whether there is such a part; where not, the other columns mean nothing.
    """

    met: BoolArray
    entry: InstantArray
    exit: InstantArray
    deepest_m: FloatArray


def passages(scene: Scene, ways: Ways, low: InstantArray, high: InstantArray, *, how_deep: bool = True) -> Passages:
    """Return how each leg passes through its zone during `[low, high]`, which lies within the leg.

    Each instant is judged by the version then valid; where none is, by the one that opens (before) or closes (after)
    the in-force interval. Instants are rounded to 1 ms, the depth to 0.001 m (R0).

    1. Cut each leg where a version begins or ends.  2. Lay each stretch into its version's plane.
    3. Between which shares does it lie in the zone, and how deep?  4. Join the stretches of each leg.
    how_deep: whether anybody asks for the depth; where not, it means nothing.
    """
    row, begins, ends, version = _stretches(scene.zones, ways, low, high)
    lines = _in_plane(scene, ways[row], version, begins, ends)
    first, last, deep = through(scene.zones.shapes, lines, how_deep=how_deep)
    met = np.zeros(len(ways), dtype=np.bool_)
    entry, leave = np.full(len(ways), np.inf), np.full(len(ways), -np.inf)
    deepest = np.full(len(ways), -np.inf)
    touched = np.flatnonzero(first <= last)
    leg, span = row[touched], (ends - begins)[touched]
    met[leg] = True
    np.minimum.at(entry, leg, begins[touched] + first[touched] * span)
    np.maximum.at(leave, leg, begins[touched] + last[touched] * span)
    np.maximum.at(deepest, leg, deep[touched])
    deepest[~met], entry[~met], leave[~met] = 0.0, 0.0, 0.0
    return Passages(met, _to_millisecond(entry), _to_millisecond(leave), np.round(deepest, 3) + 0.0)


def _to_millisecond(at: FloatArray) -> InstantArray:
    return np.rint(at / _MS_US).astype(np.int64) * _MS_US


def _in_plane(scene: Scene, ways: Ways, version: IndexArray, begins: InstantArray, ends: InstantArray) -> Lines:
    fixes, planes = scene.fixes, scene.zones.shapes.planes
    x, y = to_plane(planes, version, fixes.longitude_deg[ways.start], fixes.latitude_deg[ways.start])
    to_x, to_y = to_plane(planes, version, fixes.longitude_deg[ways.end], fixes.latitude_deg[ways.end])
    started = fixes.at[ways.start]
    lasts = fixes.at[ways.end] - started
    ahead, share = (begins - started) / lasts, (ends - begins) / lasts
    dx, dy = to_x - x, to_y - y
    return Lines(version, x + ahead * dx, y + ahead * dy, share * dx, share * dy)


def _stretches(
    zones: Zones, ways: Ways, low: InstantArray, high: InstantArray
) -> tuple[IndexArray, InstantArray, InstantArray, IndexArray]:
    """Return `(row, from, to, version)` of stretches that cover each leg's `[low, high]` without a gap, in order."""
    cut_row, cut = _cuts(zones, ways, low, high)
    row = np.concatenate([np.arange(len(ways), dtype=np.int64), cut_row])
    begins = np.concatenate([low, cut])
    order = np.lexsort((begins, row))
    row, begins = row[order], begins[order]
    ends = np.append(begins[1:], 0)
    last = np.flatnonzero(np.diff(row, append=len(ways)))
    ends[last] = high[row[last]]
    return row, begins, ends, version_for(zones, ways.zone[row], ways.interval[row], begins)


def _cuts(zones: Zones, ways: Ways, low: InstantArray, high: InstantArray) -> tuple[IndexArray, InstantArray]:
    """Return `(row, instant)` of each beginning and end of a version strictly within a leg's `(low, high)`, once."""
    several = np.flatnonzero(zones.version_count[ways.zone] > 1)
    first = zones.version_first[ways.zone[several]]
    beyond = first + zones.version_count[ways.zone[several]]
    found = []
    for edges in (zones.valid_from, zones.valid_until):
        inside = first_after(edges, first, beyond, low[several])
        outside = first_at_or_after(edges, first, beyond, high[several])
        owner, edge = spread(inside, np.maximum(outside - inside, 0))
        found.append((several[owner], edges[edge]))
    (row, at), (row_too, at_too) = found
    both = np.unique(np.stack([np.append(row, row_too), np.append(at, at_too)]), axis=1)
    return both[0], both[1]
