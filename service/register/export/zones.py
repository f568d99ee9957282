"""`zones.geojson`: the shapes that judge, one feature for each version of a zone (RFC 7946)."""

from typing import TextIO

from asyncpg import Record

from service.database import Connection
from service.register.as_written import Json, at, parsed
from service.register.export.register_file import VERSIONS
from service.register.export.rows import JsonList, rows_of


async def write_zones(connection: Connection, file: TextIO) -> int:
    """Write the zones of register.json; return how many features there are."""
    file.write('{"type": "FeatureCollection", "features": [')
    features = JsonList(file)
    async for row in rows_of(connection, VERSIONS):
        features.add(_feature(row))
    file.write("]}\n")
    return features.count


def _feature(row: Record) -> Json:
    named = ("zone_id", "version", "order_id", "prohibition_id", "label", "responding_force", "address_protected")
    return {
        "type": "Feature",
        "geometry": parsed(row["footprint"]),
        "properties": {
            **{name: row[name] for name in named},
            "valid_from": at(row["valid_from"]),
            "valid_until": at(row["valid_until"]),
            "distance_m": row["distance_m"],
        },
    }
