"""Reading where something is that is no zone: a wearer's home, the premises that a zone protects."""

import shapely

from geofence.footprint import FootprintFaults, read_footprint
from service.register.entry import Entry

# A point or a line stands for itself here; as a zone's shape it would need a distance.
_SOME_DISTANCE_M = 1.0


def read_place(entry: Entry, name: str) -> str | None:
    """Return the GeoJSON text of a place, None if it is null, left out or faulty. No message shows where it is."""
    written = entry.value(name)
    if written is None:
        return None
    try:
        return shapely.to_geojson(read_footprint(written, _SOME_DISTANCE_M, protected=True))
    except FootprintFaults as refused:
        for fault in refused.faults:
            within = f"{name}, {fault.place}" if fault.place else name
            entry.findings.fault(f"{entry.place}, {within}", fault.fault, fault.remedy, entry.to(name))
        return None
