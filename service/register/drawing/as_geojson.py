"""A zone for a map: GeoJSON (RFC 7946), one feature for each version."""

from geofence.instants import printed
from service.register.zones.zone import ZoneRecord, ZoneVersionRecord


def as_geojson(zone: ZoneRecord) -> dict[str, object]:
    """Return a FeatureCollection with the versions of a zone in order of their numbers, drafts too.

    A feature's geometry is the footprint; `distance_m` around it belongs to the zone. Neither label, order nor wearer
    are told: a file of shapes is passed on sooner than a register.
    """
    return {"type": "FeatureCollection", "features": [_feature(zone, version) for version in zone.versions]}


def _feature(zone: ZoneRecord, version: ZoneVersionRecord) -> dict[str, object]:
    properties = {
        "zone_id": zone.zone_id,
        "version": version.version,
        "distance_m": version.distance_m,
        "valid_from": printed(version.valid_from),
        "valid_until": None if version.valid_until is None else printed(version.valid_until),
        "state": version.state,
        "drawn_by": version.drawn_by,
        "published_by": version.published_by,
    }
    return {"type": "Feature", "geometry": dict(version.footprint), "properties": properties}
