"""Stored shapes as geometry. One that can't be read must stop whoever would judge it, never be left out."""

import json
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Geometry

from geofence.footprint import FootprintFaults, read_footprint

# Empty: `judge` refuses a zone of such a shape by name, so that an unreadable zone is never silent.
UNREADABLE: Geometry = shapely.Polygon()


def read_shapes(stored: Sequence[str]) -> list[Geometry]:
    """Return the geometry of each GeoJSON text; UNREADABLE where there is no telling what the text means.

    Validity is not asked here: `judge` refuses what it can't judge, and `shape_faults` says why.
    """
    shapes = shapely.from_geojson(np.array(stored, dtype=np.object_), on_invalid="ignore")
    return [UNREADABLE if shape is None else shape for shape in shapes]


def shape_faults(stored: str, distance_m: float, *, protected: bool) -> tuple[str, ...]:
    """Return why a stored shape can't be judged, nothing if it can. No coordinate appears where it is protected."""
    try:
        read_footprint(json.loads(stored), distance_m, protected=protected)
    except FootprintFaults as refused:
        return tuple(f"{fault.place}: {fault.fault}" if fault.place else fault.fault for fault in refused.faults)
    return ()
