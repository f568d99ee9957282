"""Zones as GeoJSON features: as they are sent, and as they are printed."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.ids import OrderId, ProhibitionId, WearerId, ZoneId
from geofence.instants import Instant
from service.register.drawing.as_geojson import as_geojson
from service.register.drawing.draft_faults import DraftRefused
from service.register.drawing.drawn import MEMBERS, DrawnShape, read_drawn
from service.register.drawing.read_feature import read_feature
from service.register.zones.zone import ZoneRecord, ZoneVersionRecord
from tests.service.register.drawings import (
    ANYTHING,
    AREA,
    AREAS,
    CROSSED,
    FOREIGN,
    LINE,
    LONGITUDE_LATITUDE,
    POINT,
    SHAPES,
    Request,
)


def feature(geometry: object, **properties: object) -> Request:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


@pytest.mark.parametrize(
    ("document", "members"),
    [
        (feature(POINT, distance_m=5, label="A"), {"footprint": POINT, "distance_m": 5, "label": "A"}),
        (feature(AREA, distance_m=0), {"footprint": AREA, "distance_m": 0}),
        (feature(AREA, distance_m=None, valid_until=None), {"shape": AREA}),
        ({"type": "Feature", "geometry": AREA, "properties": None, "id": 7, "bbox": [0, 0, 1, 1]}, {"shape": AREA}),
        (feature(LINE, width_m=8), {"line": LINE, "width_m": 8}),
        (feature(LINE, distance_m=4), {"footprint": LINE, "distance_m": 4}),
        (feature(None, grid_reference="TQ 323 654", distance_m=4), {"grid_reference": "TQ 323 654", "distance_m": 4}),
        (
            {"type": "FeatureCollection", "name": "zones", "crs": LONGITUDE_LATITUDE, "features": [feature(AREA)]},
            {"shape": AREA},
        ),
        (feature(AREA, version=3, state="published", drawn_by="A", published_by="B"), {"shape": AREA}),
    ],
)
def test_a_feature_is_a_request_with_geojson_around_it(document: object, members: Request) -> None:
    assert read_feature(document).members == members


@pytest.mark.parametrize(
    ("document", "faults"),
    [
        (None, ["type"]),
        ([feature(AREA)], ["type"]),
        (AREA, ["type"]),
        ({"type": "FeatureCollection"}, ["features"]),
        ({"type": "FeatureCollection", "features": []}, ["features"]),
        (
            {"type": "FeatureCollection", "features": [feature(AREA), feature(AREA)], "crs": FOREIGN},
            ["crs", "features"],
        ),
        ({"type": "FeatureCollection", "features": [AREA], "valid_from": ""}, ["valid_from", "features/0/type"]),
        ({"type": "Feature", "properties": {}}, ["geometry"]),
        ({"type": "Feature", "geometry": AREA, "properties": []}, ["properties"]),
        ({**feature(AREA), "crs": FOREIGN}, ["crs"]),
        ({**feature(POINT), "distance_m": 5, "valid_until": "2027"}, ["distance_m", "valid_until"]),
        (
            feature(AREA, premises=AREA, grid_reference="TQ 323 654"),
            ["properties/premises", "properties/grid_reference"],
        ),
    ],
)
def test_what_is_no_single_feature_is_refused_by_its_member(document: object, faults: list[str]) -> None:
    with pytest.raises(DraftRefused) as raised:
        read_feature(document)
    assert [fault.member for fault in raised.value.faults] == faults


@pytest.mark.parametrize(
    ("document", "faults"),
    [
        (feature(POINT), ["properties/distance_m"]),
        (feature(CROSSED), ["geometry"]),
        (feature(None), ["geometry"]),
        (feature(POINT, width_m=0), ["properties/width_m", "geometry"]),
        (feature(None, footprint=CROSSED, distance_m=0), ["properties/footprint"]),
        (
            {"type": "FeatureCollection", "features": [feature(CROSSED, distance_m="")]},
            ["features/0/properties/distance_m", "features/0/geometry"],
        ),
        (feature({**AREA, "crs": FOREIGN}), ["geometry"]),
    ],
)
def test_a_fault_of_the_shape_is_told_of_its_place_in_the_document(document: object, faults: list[str]) -> None:
    request = read_feature(document)
    with pytest.raises(DraftRefused) as raised:
        read_drawn(request.members, protected=False)
    assert [request.placed(fault).member for fault in raised.value.faults] == faults


@given(
    ANYTHING
    | st.fixed_dictionaries(
        {
            "type": st.just("Feature"),
            "geometry": SHAPES | ANYTHING,
            "properties": st.dictionaries(st.sampled_from(MEMBERS), ANYTHING),
        }
    )
)
def test_any_document_is_a_feature_or_refused(document: object) -> None:
    with suppress(DraftRefused):
        request = read_feature(document)
        read_drawn(request.members, protected=False)


def zone(*versions: ZoneVersionRecord) -> ZoneRecord:
    return ZoneRecord(
        zone_id=ZoneId("Z-1"),
        prohibition_id=ProhibitionId("P-1"),
        order_id=OrderId("O-1"),
        force="MPS",
        wearer_id=WearerId("W-1"),
        address_protected=True,
        label="Her mother's",
        responding_force="SUR",
        versions=versions,
    )


def version(number: int, footprint: Request, distance_m: float, published_by: str | None) -> ZoneVersionRecord:
    at = Instant(1_795_197_731_000_000)
    published_at = None if published_by is None else at
    until = Instant(1_795_197_732_500_000) if number == 1 else None
    return ZoneVersionRecord(number, at, until, footprint, distance_m, "A. Drawer", at, published_by, published_at)


def test_a_zone_is_a_collection_of_its_versions_and_tells_nothing_else() -> None:
    printed = as_geojson(zone(version(1, POINT, 150.0, "B. Second"), version(2, AREA, 0.0, None)))
    assert printed == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": POINT,
                "properties": {
                    "zone_id": "Z-1",
                    "version": 1,
                    "distance_m": 150.0,
                    "valid_from": "2026-11-20T18:02:11Z",
                    "valid_until": "2026-11-20T18:02:12.500Z",
                    "state": "published",
                    "drawn_by": "A. Drawer",
                    "published_by": "B. Second",
                },
            },
            {
                "type": "Feature",
                "geometry": AREA,
                "properties": {
                    "zone_id": "Z-1",
                    "version": 2,
                    "distance_m": 0.0,
                    "valid_from": "2026-11-20T18:02:11Z",
                    "valid_until": None,
                    "state": "draft",
                    "drawn_by": "A. Drawer",
                    "published_by": None,
                },
            },
        ],
    }


@pytest.mark.parametrize(("footprint", "distance_m"), [(POINT, 150.0), (LINE, 3.5), (AREA, 0.0), (AREAS, 200.0)])
def test_what_was_printed_can_be_sent_back(footprint: Request, distance_m: float) -> None:
    request = read_feature(json.loads(json.dumps(as_geojson(zone(version(1, footprint, distance_m, "B"))))))
    assert read_drawn(request.members, protected=False) == DrawnShape(footprint, distance_m)
    assert set(request.members) == {"footprint", "distance_m", "zone_id", "valid_from", "valid_until"}
