"""An incident's shape: the fixes of its track as points, and the versions of its zone by which they were judged."""

import json
from typing import Any

from asyncpg import Record

from service.database import Connection
from service.http.incidents.document import fix_document
from service.http.incidents.reading import fixes_of

MEDIA_TYPE = "application/geo+json"

SHAPES = """
SELECT zone_id, version, footprint, distance_m FROM zone_version
WHERE zone_id = $1 AND version = ANY($2::integer[]) ORDER BY version"""


async def shape_of(connection: Connection, incident: Record) -> dict[str, Any]:
    """Return a GeoJSON FeatureCollection (RFC 7946): first the zone's versions, then the fixes.

    A zone's geometry is its footprint; `distance_m` around it belongs to the zone too.
    """
    fixes = await fixes_of(connection, incident["incident_id"])
    versions = sorted({row["zone_version"] for row in fixes})
    shapes = await connection.fetch(SHAPES, incident["zone_id"], versions)
    return {"type": "FeatureCollection", "features": [*map(_zone, shapes), *map(_fix, fixes)]}


def _zone(row: Record) -> dict[str, Any]:
    members = {"zone_id": row["zone_id"], "version": row["version"], "distance_m": row["distance_m"]}
    return {"type": "Feature", "geometry": json.loads(row["footprint"]), "properties": members}


def _fix(row: Record) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [row["longitude_deg"], row["latitude_deg"]]}
    return {"type": "Feature", "geometry": point, "properties": fix_document(row).model_dump()}
