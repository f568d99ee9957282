"""A geometry that somebody gives as a shape: of the kind that is asked for, and one that can be judged."""

from collections.abc import Mapping

from geofence.footprint import FootprintFaults, read_footprint
from service.register.drawing.crs import crs_faults
from service.register.drawing.draft_faults import DraftFault, DraftRefused

POINTS, LINES, AREAS = ("Point", "MultiPoint"), ("LineString", "MultiLineString"), ("Polygon", "MultiPolygon")
# What a point or a line is read with where its own distance can't be, so that only the distance is reported.
_SOME_DISTANCE_M = 1.0


def read_geometry(
    drawn: object, member: str, kinds: tuple[str, ...], distance_m: float | None, measure: str, *, protected: bool
) -> Mapping[str, object]:
    """Return the geometry as it was given. Raises DraftRefused with every fault.

    member: of the request, that holds it. kinds: what it may be. distance_m: around it, None if that can't be read.
    measure: the member that gives the distance. protected: messages name ring and vertex, never a coordinate.
    """
    kind = drawn.get("type") if isinstance(drawn, dict) else None
    faults = crs_faults(drawn, member, "crs") if isinstance(drawn, dict) else []
    if kind in (*POINTS, *LINES, *AREAS) and kind not in kinds:
        faults.append(DraftFault(member, "type", f"is {kind}", f"give a {' or a '.join(kinds)}"))
        distance_m = None
    try:
        read_footprint(drawn, _SOME_DISTANCE_M if distance_m is None else distance_m, protected=protected)
    except FootprintFaults as refused:
        faults += [
            DraftFault(measure, "", fault.fault, fault.remedy)
            if fault.place == "distance_m"
            else DraftFault(member, fault.place, fault.fault, fault.remedy)
            for fault in refused.faults
        ]
    if faults or not isinstance(drawn, dict):
        raise DraftRefused(tuple(faults))
    return drawn
