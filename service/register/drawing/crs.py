"""Does a GeoJSON object say that its coordinates are anything but longitude and latitude in WGS 84?"""

from collections.abc import Mapping

from service.register.drawing.draft_faults import DraftFault

# What RFC 7946 means without saying so, and what older writers of GeoJSON say all the same.
_LONGITUDE_LATITUDE = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84")


def crs_faults(holder: Mapping[str, object], member: str, place: str = "") -> list[DraftFault]:
    """Return a fault if `holder` names a foreign reference system: its numbers would be read as degrees all the same.

    member, place: where that stands in the request.
    """
    match holder.get("crs"):
        case None:
            return []
        case {"type": "name", "properties": {"name": str(name)}} if name in _LONGITUDE_LATITUDE:
            return []
    text = "names a reference system, which RFC 7946 leaves no choice of"
    return [DraftFault(member, place, text, "give longitude and latitude in WGS 84, and leave crs out")]
