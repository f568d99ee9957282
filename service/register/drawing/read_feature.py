"""A zone's shape as a GeoJSON Feature (RFC 7946), made the flat request that says the same."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from service.register.drawing.crs import crs_faults
from service.register.drawing.draft_faults import DraftFault, DraftRefused
from service.register.drawing.drawn import FORMS, MEMBERS
from service.register.drawing.drawn_geometry import AREAS

# What else a request may say, in the properties of the feature and nowhere else.
_ABOUT = ("valid_from", "valid_until", "zone_id", "label", "responding_force")
# What a zone is printed with that nobody who draws can decide, so that one that was fetched can be sent back edited.
_PRINTED = ("version", "state", "drawn_by", "published_by")


@dataclass(frozen=True, slots=True)
class FeatureRequest:
    """What a feature asks for. `members`: as in a request without GeoJSON around it, null ones left out.

    geometry_as: the member that the geometry became, "" without one. within: how deep in the document the feature is.
    """

    members: Mapping[str, object]
    geometry_as: str
    within: str = ""

    def placed(self, fault: DraftFault) -> DraftFault:
        """Return a fault of these members with the member of the document that was sent: `properties/distance_m`."""
        awaited = fault.member == "footprint" and "footprint" not in self.members
        where = "geometry" if awaited or fault.member == self.geometry_as else f"properties/{fault.member}"
        return replace(fault, member=f"{self.within}{where}")


def read_feature(document: object) -> FeatureRequest:
    """Return what a Feature, or a FeatureCollection of one, asks for.

    The geometry becomes a `line` where the properties give `width_m`; a `shape` if it is an area with no measure at
    all; else the `footprint`. Without a geometry the properties may name a place on the grid. What `as_geojson` prints
    and nobody who draws can decide is left out.

    Raises DraftRefused: no feature or more than one, a foreign reference system, two shapes, or members of a request
    that stand beside the properties, where they would do nothing.
    """
    if not isinstance(document, Mapping) or document.get("type") != "FeatureCollection":
        return _read(document, "", [])
    faults = _foreign(document, "")
    features = document.get("features")
    if not isinstance(features, list) or len(features) != 1:
        text = f"holds {len(features)} features" if isinstance(features, list) else "is no list"
        _refuse(faults, "features", text, "send one feature: a request draws one shape")
    return _read(features[0], "features/0/", faults)


def _read(feature: object, within: str, faults: list[DraftFault]) -> FeatureRequest:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        _refuse(faults, f"{within}type", "is not Feature", "send a Feature with a geometry and properties")
    faults += _foreign(feature, within)
    if "geometry" not in feature:
        faults.append(DraftFault(f"{within}geometry", "", "is missing", "give a geometry, or null to do without"))
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if not isinstance(properties, Mapping | None):
        _refuse(faults, f"{within}properties", "is no object", "give an object with the other members")
    members = {name: value for name, value in (properties or {}).items() if value is not None and name not in _PRINTED}
    geometry_as = "" if geometry is None else _form_of(geometry, members)
    if geometry_as:
        faults += [
            DraftFault(f"{within}properties/{name}", "", "stands beside a geometry", "remove one of the two")
            for form in FORMS
            for name in form.members
            if name in members
        ]
        members[geometry_as] = geometry
    if faults:
        raise DraftRefused(tuple(faults))
    return FeatureRequest(members, geometry_as, within)


def _foreign(holder: Mapping[str, object], within: str) -> list[DraftFault]:
    """Return what a feature or collection says beside its properties that would change the shape or get lost."""
    faults = crs_faults(holder, f"{within}crs")
    for name in (*MEMBERS, *_ABOUT):
        if name in holder:
            text = "stands outside the feature's properties, where nobody reads it"
            faults.append(DraftFault(f"{within}{name}", "", text, "move it there"))
    return faults


def _form_of(geometry: object, members: Mapping[str, object]) -> str:
    if "width_m" in members:
        return "line"
    area = isinstance(geometry, Mapping) and geometry.get("type") in AREAS
    return "shape" if area and "distance_m" not in members else "footprint"


def _refuse(faults: list[DraftFault], member: str, text: str, remedy: str) -> NoReturn:
    raise DraftRefused((*faults, DraftFault(member, "", text, remedy)))
