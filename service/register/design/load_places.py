"""Loading a set of named places: all of it or nothing, in place of the set that bears the same source's name."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from alerts.particulars import Connection
from service.register.design.places_file import WHOLE, PlaceEntry, PlacesRefused, read_places
from service.register.findings import Finding
from service.register.json_text import storable

# One loader at a time, so that a set is never there twice; readers are not kept waiting.
LOCK_PLACES = "LOCK TABLE named_place IN SHARE ROW EXCLUSIVE MODE"
REMOVE_SET = "DELETE FROM named_place WHERE source = $1"
# After a bulk of rows the planner knows nothing of them.
LEARN_SIZES = "ANALYZE named_place"
COLUMNS = ("source", "name", "kind", "footprint", "west", "south", "east", "north")

LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True)
class PlacesReport:
    """What loading a set did. removed: places of the former set. by_kind: those there are now."""

    source: str
    removed: int
    by_kind: Mapping[str, int]


async def load_places(connection: Connection, data: bytes, *, source: str) -> PlacesReport:
    """Load a GeoJSON FeatureCollection of named places, replacing the former set of the same source.

    data: points, lines and polygons, or several of a kind, with the properties `name` and `kind`. source: what the set
    is called, such as the data's publisher. Loading the same set again changes nothing.
    Raises PlacesRefused with every fault.
    """
    named = source.strip()
    if not named or len(named) > LONGEST_SOURCE or not storable(named):
        fault = Finding("fault", WHOLE, "the source has no usable name", f"give 1 to {LONGEST_SOURCE} characters")
        raise PlacesRefused((fault,))
    records = await asyncio.to_thread(_records, data, named)
    async with connection.transaction():
        await connection.execute(LOCK_PLACES)
        removed = await connection.execute(REMOVE_SET, named)
        await connection.copy_records_to_table("named_place", records=records, columns=COLUMNS)
        await connection.execute(LEARN_SIZES)
    by_kind = Counter(kind for _, _, kind, *_ in records)
    return PlacesReport(named, int(removed.rpartition(" ")[2]), dict(sorted(by_kind.items())))


_Record = tuple[str, str, str, str, float, float, float, float]


def _records(data: bytes, source: str) -> list[_Record]:
    entries = read_places(data)
    footprints = np.array([entry.footprint for entry in entries], dtype=np.object_)
    boxes = shapely.bounds(footprints).tolist()
    return [_record(source, *row) for row in zip(entries, shapely.to_geojson(footprints), boxes, strict=True)]


def _record(source: str, entry: PlaceEntry, geojson: str, box: Sequence[float]) -> _Record:
    west, south, east, north = box
    return source, entry.name, entry.kind, geojson, west, south, east, north
