"""What zones and their versions look like as JSON, and what a drawing must hold."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from geofence.instants import instant, printed
from service.http.documents import At, Document, Moment
from service.register.drafts import DraftFault, Drawing, Drawn
from service.register.zones import ZoneRecord, ZoneVersionRecord

Geometry = Annotated[dict[str, Any], Field(description="a GeoJSON geometry (RFC 7946) other than a GeometryCollection")]


class VersionDocument(Document):
    """One version of a zone. `published_at` null: a draft, which judges nothing."""

    version: int
    valid_from: At
    valid_until: At | None
    footprint: Geometry
    distance_m: float
    drawn_by: str
    drawn_at: At
    published_by: str | None
    published_at: At | None


class ZoneDocument(Document):
    """An exclusion zone with all its versions."""

    zone_id: str
    prohibition_id: str
    order_id: str
    force: str
    wearer_id: str
    label: str
    responding_force: str | None
    versions: list[VersionDocument]


class ZonePageDocument(Document):
    """Zones in order of their ids. `next`: where to find more, null at the end."""

    items: list[ZoneDocument]
    next: str | None


class VersionsDocument(Document):
    """The versions of one zone in order of their numbers."""

    items: list[VersionDocument]
    next: None = None


class Warned(Document):
    """What a drawing warns of: it needs a written reason before it is published."""

    pointer: str
    detail: str


class DrawnVersion(VersionDocument):
    """A draft that was just drawn, with its warnings."""

    zone_id: str
    warnings: list[Warned]


class VersionDrawing(Document):
    """A shape and when it is to hold."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    footprint: Geometry
    distance_m: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
    valid_from: Moment
    valid_until: Moment | None = None

    def drawing(self) -> Drawing:
        """Return what is to be drawn."""
        until = None if self.valid_until is None else instant(self.valid_until)
        return Drawing(self.footprint, self.distance_m, instant(self.valid_from), until)


class ZoneDrawing(VersionDrawing):
    """A zone and its first version."""

    zone_id: Annotated[str, Field(min_length=1)]
    label: str = ""
    responding_force: str | None = None


def zone_document(zone: ZoneRecord) -> ZoneDocument:
    """Return a zone."""
    return ZoneDocument(
        zone_id=zone.zone_id,
        prohibition_id=zone.prohibition_id,
        order_id=zone.order_id,
        force=zone.force,
        wearer_id=zone.wearer_id,
        label=zone.label,
        responding_force=zone.responding_force,
        versions=[version_document(version) for version in zone.versions],
    )


def version_document(version: ZoneVersionRecord) -> VersionDocument:
    """Return one version."""
    return VersionDocument(**_members(version))


def drawn_document(drawn: Drawn) -> DrawnVersion:
    """Return the draft that was drawn, with its warnings."""
    version = next(each for each in drawn.zone.versions if each.version == drawn.version)
    warnings = [Warned(pointer=pointer_of(warning), detail=str(warning)) for warning in drawn.warnings]
    return DrawnVersion(**_members(version), zone_id=drawn.zone.zone_id, warnings=warnings)


def pointer_of(fault: DraftFault) -> str:
    """Return the JSON pointer of the member that a fault is in; the place within it is told in words."""
    return f"/{fault.member}"


def _members(version: ZoneVersionRecord) -> dict[str, Any]:
    return {
        "version": version.version,
        "valid_from": printed(version.valid_from),
        "valid_until": None if version.valid_until is None else printed(version.valid_until),
        "footprint": dict(version.footprint),
        "distance_m": version.distance_m,
        "drawn_by": version.drawn_by,
        "drawn_at": printed(version.drawn_at),
        "published_by": version.published_by,
        "published_at": None if version.published_at is None else printed(version.published_at),
    }
