"""Reading named places out of a GeoJSON FeatureCollection: whole, with every fault and its place, or not at all."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shapely import Geometry

from geofence.footprint import FootprintFaults, read_footprint
from service.register.findings import Finding, Findings
from service.register.json_text import described, parse
from service.register.places import shortened

WHOLE = "places"
LONGEST_NAME = 200
_KIND = re.compile("[a-z][a-z-]{0,39}")
# Of a place the shape alone counts: whatever the kind, it may be a point or a line.
_SOME_DISTANCE_M = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class PlaceEntry:
    """One feature of the file. kind: a word in small letters; `road` and `rail` are what people travel through on."""

    name: str
    kind: str
    footprint: Geometry


class PlacesRefused(Exception):
    """The file was not loaded, and the set before it is still there; `findings` says why, one line each."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


def read_places(data: bytes) -> list[PlaceEntry]:
    """Read the bytes of a FeatureCollection (RFC 7946) whose features have the properties `name` and `kind`.

    Other properties and members are left alone: open data has many. Raises PlacesRefused with every fault.
    """
    findings = Findings()
    members = parse(data, findings, WHOLE, 'type "FeatureCollection" and features')
    entries = [] if members is None else list(_entries(members, findings))
    if findings.faulty:
        raise PlacesRefused(tuple(findings.found))
    return entries


def _entries(members: Mapping[str, object], findings: Findings) -> Iterator[PlaceEntry]:
    features = members.get("features")
    if members.get("type") != "FeatureCollection" or not isinstance(features, list):
        findings.fault(WHOLE, "is no FeatureCollection", "save the data as a GeoJSON FeatureCollection")
        return
    if not features:
        findings.fault(WHOLE, "holds no feature", "give at least one: an empty set would look like nothing nearby")
    for number, feature in enumerate(features, start=1):
        entry = _entry(feature, f"feature no. {number}", findings)
        if entry is not None:
            yield entry


def _entry(feature: object, place: str, findings: Findings) -> PlaceEntry | None:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        findings.fault(place, "is no Feature", 'give an object of the type "Feature"')
        return None
    properties = feature.get("properties")
    if not isinstance(properties, Mapping):
        findings.fault(place, f"properties is {described(properties)}", "give properties with name and kind")
        return None
    name = _name(properties.get("name"), place, findings)
    kind = _kind(properties.get("kind"), place, findings)
    footprint = _footprint(feature.get("geometry"), place, findings)
    if name is None or kind is None or footprint is None:
        return None
    return PlaceEntry(name, kind, footprint)


def _name(written: object, place: str, findings: Findings) -> str | None:
    if not isinstance(written, str) or not written.strip():
        what = "is empty" if isinstance(written, str) else f"is {described(written)}"
        findings.fault(place, f"name {what}", "give its name, or leave the feature out")
        return None
    if len(written) > LONGEST_NAME:
        findings.fault(place, f"name is longer than {LONGEST_NAME} characters", "shorten it")
        return None
    return written.strip()


def _kind(written: object, place: str, findings: Findings) -> str | None:
    if isinstance(written, str) and _KIND.fullmatch(written):
        return written
    what = f'"{shortened(written)}"' if isinstance(written, str) else described(written)
    findings.fault(place, f"kind is {what}", "give one word in small letters: road and rail for through routes")
    return None


def _footprint(written: object, place: str, findings: Findings) -> Geometry | None:
    try:
        return read_footprint(written, _SOME_DISTANCE_M)
    except FootprintFaults as refused:
        for fault in refused.faults:
            findings.fault(f"{place}, {fault.place}" if fault.place else place, fault.fault, fault.remedy)
        return None
