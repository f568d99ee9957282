"""Named places: all of a file or nothing, in place of the set before, with every fault where it stands."""

import asyncio
import json
from typing import Any

import pytest

from service.database import Pool
from service.register.design.load_places import PlacesReport, load_places
from service.register.design.places_file import PlacesRefused, read_places

Json = dict[str, Any]
ROAD = {"type": "LineString", "coordinates": [[-0.2, 51.3], [-0.1, 51.4]]}
COUNT = "SELECT source, count(*)::integer AS count FROM named_place GROUP BY source ORDER BY source"


def feature(name: object = "Long Road", kind: object = "road", geometry: object = ROAD, **more: object) -> Json:
    return {"type": "Feature", "geometry": geometry, "properties": {"name": name, "kind": kind, **more}}


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


ALL_KINDS_OF_SHAPES = collection(
    feature("A", "road"),
    feature("B", "rail", {"type": "MultiLineString", "coordinates": [ROAD["coordinates"]]}, ref="x"),
    feature("C", "place", {"type": "Point", "coordinates": [-0.1, 51.37, 12.0]}),
    feature("D", "bus-stop", {"type": "MultiPoint", "coordinates": [[-0.1, 51.37]]}),
    feature("E", "park", {"type": "Polygon", "coordinates": [[[0, 51], [0.1, 51], [0.1, 51.1], [0, 51]]]}),
    feature(" F ", "park", {"type": "MultiPolygon", "coordinates": [[[[0, 51], [0.1, 51], [0.1, 51.1], [0, 51]]]]}),
)


async def test_a_set_of_every_kind_of_shape_is_loaded_with_its_boxes(pool: Pool) -> None:
    async with pool.acquire() as connection:
        report = await load_places(connection, ALL_KINDS_OF_SHAPES, source="OS Open")
        assert report == PlacesReport("OS Open", 0, {"bus-stop": 1, "park": 2, "place": 1, "rail": 1, "road": 1})
        rows = await connection.fetch("SELECT * FROM named_place ORDER BY name")
    assert [row["name"] for row in rows] == ["A", "B", "C", "D", "E", "F"]
    assert [rows[0][side] for side in ("west", "south", "east", "north")] == [-0.2, 51.3, -0.1, 51.4]
    assert json.loads(rows[2]["footprint"]) == {"type": "Point", "coordinates": [-0.1, 51.37]}


async def test_a_set_replaces_the_former_of_its_source_and_no_other(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await load_places(connection, collection(feature("A"), feature("B")), source="roads")
        await load_places(connection, collection(feature("C")), source="rails")
        again = await load_places(connection, collection(feature("D")), source=" roads ")
        assert (again.removed, again.by_kind) == (2, {"road": 1})
        names = await connection.fetch("SELECT name FROM named_place ORDER BY name")
    assert [row["name"] for row in names] == ["C", "D"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff", ["places: byte 1 is not UTF-8; save the file as UTF-8"]),
        (b"{", ["line 1, column 2: not JSON"]),
        (b"[]", ["places: is a list"]),
        (b'{"type": "Feature"}', ["places: is no FeatureCollection"]),
        (b'{"type": "FeatureCollection", "features": {}}', ["places: is no FeatureCollection"]),
        (collection(), ["places: holds no feature"]),
        (collection(feature(), 7), ["feature no. 2: is no Feature"]),
        (collection({"type": "Feature", "geometry": ROAD}), ["feature no. 1: properties is null"]),
        (collection(feature(name=None)), ["feature no. 1: name is null"]),
        (collection(feature(name="  ")), ["feature no. 1: name is empty"]),
        (collection(feature(name="x" * 201)), ["feature no. 1: name is longer than 200 characters"]),
        (collection(feature(kind="Road")), ['feature no. 1: kind is "Road"; give one word in small letters']),
        (collection(feature(kind=3)), ["feature no. 1: kind is a number"]),
        (collection(feature(geometry=None)), ["feature no. 1, footprint: it is not an object"]),
        (
            collection(feature(geometry={"type": "LineString", "coordinates": [[51.3, -0.2], [51.4, -0.1]]})),
            ["feature no. 1, the line, vertex 1: longitude and latitude look swapped"],
        ),
        # Every fault of every feature, in order.
        (
            collection(feature(name=""), feature(), feature(kind="", geometry={"type": "Circle"})),
            ["feature no. 1: name is empty", 'feature no. 3: kind is ""', "feature no. 3, type: it names no kind"],
        ),
    ],
)
async def test_a_file_with_faults_is_refused_whole(pool: Pool, data: bytes, said: list[str]) -> None:
    async with pool.acquire() as connection:
        await load_places(connection, collection(feature()), source="roads")
        with pytest.raises(PlacesRefused) as refused:
            await load_places(connection, data, source="roads")
        assert len(refused.value.findings) == len(said)
        for finding, wanted in zip(refused.value.findings, said, strict=True):
            assert str(finding).startswith(wanted)
        assert [tuple(row) for row in await connection.fetch(COUNT)] == [("roads", 1)]


@pytest.mark.parametrize("source", ["", "  ", "x" * 201, "\x00", "\ud800"])
async def test_a_source_without_a_usable_name_is_refused(pool: Pool, source: str) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(PlacesRefused, match="the source has no usable name"):
            await load_places(connection, collection(feature()), source=source)


async def test_two_who_load_at_once_take_turns(pool: Pool) -> None:
    async def one() -> None:
        async with pool.acquire() as connection:
            await load_places(connection, collection(*[feature(str(number)) for number in range(50)]), source="roads")

    await asyncio.gather(*(one() for _ in range(5)))
    async with pool.acquire() as connection:
        assert [tuple(row) for row in await connection.fetch(COUNT)] == [("roads", 50)]


def test_a_file_of_a_hundred_faults_names_a_hundred() -> None:
    with pytest.raises(PlacesRefused) as refused:
        read_places(collection(*[feature(name=None)] * 100))
    assert len(refused.value.findings) == 100
