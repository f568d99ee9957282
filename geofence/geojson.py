"""What do incidents look like on a map?"""

import msgspec

from geofence.instants import printed
from geofence.judgement import PRECISE, Incident, Judgement, printed_fix


def incidents_geojson(judgement: Judgement) -> bytes:
    """Return incidents.geojson: one RFC 7946 FeatureCollection, each incident's fixes as points and its path as a line.

    Every feature carries the incident's id, wearer, zone, kind, grade, state and times. A path runs straight from one
    plausible gps or wifi fix to the next, and says so: where cells or a beacon put a wearer is no way that he took.
    A path of one fix, or of fixes in one place, has no length and is left out.
    """
    features = [feature for incident in judgement.incidents for feature in _features(incident)]
    collection = {"type": "FeatureCollection", "features": features}
    return msgspec.json.format(msgspec.json.encode(collection), indent=2) + b"\n"


def _features(incident: Incident) -> list[dict[str, object]]:
    about: dict[str, object] = {
        "incident_id": incident.incident_id,
        "wearer_id": incident.wearer_id,
        "zone_id": incident.zone_id,
        "kind": incident.kind,
        "grade": incident.grade,
        "state": incident.state,
        "began_at": printed(incident.began_at),
        "ended_at": None if incident.ended_at is None else printed(incident.ended_at),
    }
    precise = [fix for fix in incident.fixes if fix.mechanism in PRECISE and not fix.implausible]
    places = [[fix.longitude_deg, fix.latitude_deg] for fix in precise]
    found = [
        _feature("Point", [fix.longitude_deg, fix.latitude_deg], {"feature": "fix", **about, **printed_fix(fix)})
        for fix in incident.fixes
    ]
    if any(place != places[0] for place in places[1:]):
        drawn = {"drawn": "straight from one gps or wifi fix to the next"}
        found.append(_feature("LineString", places, {"feature": "path", **about, **drawn}))
    return found


def _feature(kind: str, coordinates: object, properties: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
