"""The zones, paths and fixes of a report's incidents as one GeoJSON FeatureCollection (RFC 7946)."""

import json

import numpy as np
import shapely
from shapely import Geometry

from alerts.map.frame import Plane
from alerts.report.sentences import DRAWN_STRAIGHT, grade_in_words
from alerts.report.values import Entry, Report, ReportedFix
from geofence.instants import printed
from geofence.judgement import PRECISE
from geofence.register import ZoneVersion

# A ten-millionth of a degree is a centimetre.
_DIGITS = 7


def as_geojson(report: Report) -> bytes:
    """Return the collection: each incident's zone versions, path and fixes.

    A zone is told twice: its footprint, and its outline with the distance around it.
    """
    features = [feature for entry in [*report.entries, *report.since] for feature in _features(entry)]
    issue = "PREVIEW" if report.edition is None else report.edition
    collection = {
        "type": "FeatureCollection",
        "force": report.force,
        "day": report.day.isoformat(),
        "edition": issue,
        "horizon": printed(report.horizon),
        "features": features,
    }
    return (json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode(
        errors="backslashreplace"
    )


def _features(entry: Entry) -> list[dict[str, object]]:
    told = {
        "incident": entry.number,
        "incident_id": entry.incident.incident_id,
        "wearer_id": entry.wearer.wearer_id,
        "zone_id": entry.zone.zone_id,
    }
    features = []
    for version in entry.versions:
        zone = {**told, "zone": entry.zone.label, "zone_version": version.version, "distance_m": version.distance_m}
        features.append(_feature(_geometry(version.footprint), {"feature": "zone_footprint", **zone}))
        features.append(_feature(_geometry(_outline(version)), {"feature": "zone_outline", **zone}))
    way = [_position(row) for row in entry.fixes if row.judged.mechanism in PRECISE and not row.judged.implausible]
    if len(way) > 1:
        graded = {"grade": entry.incident.grade, "grade_in_words": grade_in_words(entry), "note": DRAWN_STRAIGHT}
        features.append(_feature({"type": "LineString", "coordinates": way}, {"feature": "path", **told, **graded}))
    features.extend(
        _feature({"type": "Point", "coordinates": _position(row)}, {**told, **_fix(row)}) for row in entry.fixes
    )
    return features


def _fix(row: ReportedFix) -> dict[str, object]:
    judged = row.judged
    return {
        "feature": "fix",
        "sequence": row.sequence,
        "of_incident": row.of_incident,
        "recorded_at": printed(judged.recorded_at),
        "mechanism": judged.mechanism,
        "r95_m": judged.r95_m,
        "depth_m": judged.depth_m,
        "p_inside": judged.p_inside,
        "verdict": judged.verdict,
        "zone_version": judged.zone_version,
        "implausible": judged.implausible,
    }


def _position(row: ReportedFix) -> list[float]:
    return [row.longitude_deg, row.latitude_deg]


def _feature(geometry: object, properties: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _outline(version: ZoneVersion) -> Geometry:
    """Return the zone with its distance around it, in degrees; its round parts are drawn with 128 corners a circle."""
    middle = shapely.get_coordinates(shapely.centroid(version.footprint))[0]
    plane = Plane(float(middle[0]), float(middle[1]))
    return shapely.transform(plane.outline(version), plane.degrees)


def _geometry(shape: Geometry) -> object:
    """Return a shape's GeoJSON, outer rings anticlockwise, to a centimetre."""
    rounded = shapely.transform(shape, lambda positions: np.round(positions, _DIGITS))
    return json.loads(shapely.to_geojson(shapely.orient_polygons(rounded)))
