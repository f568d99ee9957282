"""What zones and their versions look like as JSON."""

from typing import Annotated, Any

from pydantic import Field

from geofence.instants import printed
from service.http.documents import At, Document, Warned
from service.register.zones.drafts import Drawn
from service.register.zones.publishing import Published
from service.register.zones.zone import VersionState, ZoneRecord, ZoneVersionRecord

Geometry = Annotated[dict[str, Any], Field(description="a GeoJSON geometry (RFC 7946) other than a GeometryCollection")]


class VersionDocument(Document):
    """One version of a zone.

    state: draft (judges nothing until a second person publishes it), published, emergency (one person alone has put it
    in force, up to emergency_until unless a second one confirms), or withdrawn (found never to have been right).
    """

    version: int
    state: VersionState
    valid_from: At
    valid_until: At | None
    footprint: Geometry
    distance_m: float
    drawn_by: str
    drawn_at: At
    published_by: str | None
    published_at: At | None
    emergency_until: At | None
    withdrawn_at: At | None


class ZoneDocument(Document):
    """An exclusion zone with all its versions. premises: what it protects, where that was given."""

    zone_id: str
    prohibition_id: str
    order_id: str
    force: str
    wearer_id: str
    label: str
    responding_force: str | None
    premises: Geometry | None
    versions: list[VersionDocument]


class ZonePageDocument(Document):
    """Zones in order of their ids. `next`: where to find more, null at the end."""

    items: list[ZoneDocument]
    next: str | None


class VersionsDocument(Document):
    """The versions of one zone in order of their numbers."""

    items: list[VersionDocument]
    next: None = None


class DrawnVersion(VersionDocument):
    """A draft that was just drawn, with its warnings."""

    zone_id: str
    warnings: list[Warned]


class PublishedZone(ZoneDocument):
    """A zone of which a version was just published, and the warnings that were accepted."""

    warnings: list[str]


def zone_document(zone: ZoneRecord) -> ZoneDocument:
    """Return a zone."""
    return ZoneDocument(**_of_zone(zone))


def version_document(version: ZoneVersionRecord) -> VersionDocument:
    """Return one version."""
    return VersionDocument(**_of_version(version))


def drawn_document(drawn: Drawn) -> DrawnVersion:
    """Return the draft that was drawn, with its warnings."""
    warnings = [Warned(pointer=warning.pointer, detail=str(warning)) for warning in drawn.warnings]
    members = _of_version(drawn.zone.version(drawn.version))
    return DrawnVersion(**members, zone_id=drawn.zone.zone_id, warnings=warnings)


def published_document(published: Published) -> PublishedZone:
    """Return the zone as it is now."""
    told = [each.told for each in published.warnings]
    return PublishedZone(**_of_zone(published.zone), warnings=told)


def _of_zone(zone: ZoneRecord) -> dict[str, Any]:
    return {
        "zone_id": zone.zone_id,
        "prohibition_id": zone.prohibition_id,
        "order_id": zone.order_id,
        "force": zone.force,
        "wearer_id": zone.wearer_id,
        "label": zone.label,
        "responding_force": zone.responding_force,
        "premises": None if zone.premises is None else dict(zone.premises),
        "versions": [version_document(version) for version in zone.versions],
    }


def _of_version(version: ZoneVersionRecord) -> dict[str, Any]:
    instants = ("valid_from", "valid_until", "drawn_at", "published_at", "emergency_until", "withdrawn_at")
    told = {name: getattr(version, name) for name in instants}
    return {
        "version": version.version,
        "state": version.state,
        "footprint": dict(version.footprint),
        "distance_m": version.distance_m,
        "drawn_by": version.drawn_by,
        "published_by": version.published_by,
        **{name: None if at is None else printed(at) for name, at in told.items()},
    }
