"""The incidents of a judgement as GeoJSON (RFC 7946), for any map program."""

import msgspec

from geofence.judgement import Incident, JudgedFix, Judgement, printed_fix, printed_incident


def incidents_geojson(judgement: Judgement) -> bytes:
    """Return a FeatureCollection: for each incident its path as a line, if it has two fixes, and its fixes as points.

    Equal judgements give equal bytes.
    """
    features = [feature for incident in judgement.incidents for feature in _features(incident)]
    document = {"type": "FeatureCollection", "features": features}
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _features(incident: Incident) -> list[dict[str, object]]:
    about = {name: value for name, value in printed_incident(incident).items() if name != "fixes"}
    places = [_place(fix) for fix in incident.fixes]
    path = [_feature("LineString", places, about)] if len(places) > 1 else []
    points = [
        _feature("Point", place, {"incident_id": incident.incident_id, **printed_fix(fix)})
        for place, fix in zip(places, incident.fixes, strict=True)
    ]
    return path + points


def _place(fix: JudgedFix) -> list[float]:
    return [fix.longitude_deg, fix.latitude_deg]


def _feature(kind: str, coordinates: object, properties: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
