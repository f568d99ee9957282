"""Reading zones and their versions; the shape itself is read where the rules read it."""

import math
from collections.abc import Mapping

import shapely
from shapely import Geometry

from geofence.footprint import FootprintFaults, footprint_warnings, read_footprint
from geofence.ids import ZoneId
from service.register.content import VersionEntry, ZoneEntry
from service.register.entry import Entry
from service.register.read_places import read_place

_LARGEST_VERSION = 2**31 - 1
_FOOTPRINT_MEMBERS = frozenset({"type", "coordinates", "bbox"})
# What a point or a line may stand in for while its own distance can't be read, so that only the distance is reported.
_SOME_DISTANCE_M = 1.0


def read_zone(entry: Entry) -> ZoneEntry:
    """Read a zone and its versions."""
    zone = ZoneEntry(
        zone_id=ZoneId(entry.identity("zone_id")),
        label=entry.optional_text("label") or "",
        responding_force=entry.optional_identity("responding_force"),
        premises=read_place(entry, "premises"),
        versions=tuple(read_version(inner) for inner in entry.entries("versions")),
        place=entry.place,
    )
    if not zone.versions:
        entry.fault("has no version", "give at least one")
    entry.close()
    return zone


def read_version(entry: Entry) -> VersionEntry:
    """Read one version of a zone."""
    number = entry.whole_number("version", _LARGEST_VERSION)
    distance_m = entry.number("distance_m")
    footprint = _footprint(entry, distance_m)
    version = VersionEntry(
        version=number,
        valid_from=entry.instant("valid_from"),
        valid_until=entry.optional_instant("valid_until"),
        footprint=footprint,
        geojson="" if footprint is None else shapely.to_geojson(footprint),
        distance_m=distance_m,
        place=entry.place,
    )
    entry.close()
    return version


def _footprint(entry: Entry, distance_m: float) -> Geometry | None:
    written = entry.value("footprint")
    if written is None:
        entry.fault("footprint is missing", "give the shape as GeoJSON")
        return None
    if isinstance(written, Mapping):
        for name in written.keys() - _FOOTPRINT_MEMBERS:
            entry.findings.warn(entry.place, f'unknown member "footprint.{name}" is ignored', "remove it")
    try:
        footprint = read_footprint(
            written, _SOME_DISTANCE_M if math.isnan(distance_m) else distance_m, protected=not entry.shows
        )
    except FootprintFaults as refused:
        for fault in refused.faults:
            entry.findings.fault(_joined(entry.place, fault.place), fault.fault, fault.remedy)
        return None
    for warning in footprint_warnings(footprint, 0.0 if math.isnan(distance_m) else distance_m):
        entry.findings.warn(_joined(entry.place, warning.place), warning.fault, warning.remedy)
    return footprint


def _joined(place: str, within: str) -> str:
    return f"{place}, {within}" if within else place
