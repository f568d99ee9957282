import json

import httpx
import pytest

from service.database import Pool
from tests.service.http.conftest import Callers

SQUARE = {"type": "Polygon", "coordinates": [[[-0.1, 51.37], [-0.099, 51.37], [-0.099, 51.371], [-0.1, 51.37]]]}
DRAWING = {"footprint": SQUARE, "distance_m": 0, "valid_from": "2026-12-01T00:00:00Z"}
NEW = DRAWING | {"zone_id": "Z-9", "label": "Zone C"}


async def etag_of(callers: Callers) -> str:
    return (await callers["admin"].get("/v1/zones/Z-1")).headers["etag"]


async def draw(callers: Callers, drawing: object = None, **headers: str) -> httpx.Response:
    return await callers["admin"].post("/v1/zones/Z-1/versions", json=drawing or DRAWING, headers=headers)


async def test_a_zone_is_read_with_its_versions(callers: Callers) -> None:
    told = (await callers["auditor"].get("/v1/zones/Z-1")).json()
    assert (told["zone_id"], told["prohibition_id"], told["force"], told["label"]) == ("Z-1", "P-1", "MPS", "Zone A")
    (version,) = told["versions"]
    assert version["footprint"] == {"type": "Point", "coordinates": [-0.1, 51.37]}
    assert (version["version"], version["distance_m"], version["published_by"]) == (1, 200.0, "bert")
    listed = (await callers["auditor"].get("/v1/prohibitions/P-1/zones")).json()
    assert listed == {"items": [told], "next": None}
    assert (await callers["auditor"].get("/v1/zones/Z-1/versions")).json()["items"] == [version]


async def test_a_version_is_drawn_as_a_draft_under_the_name_of_who_drew_it(callers: Callers, desk: Pool) -> None:
    answer = await draw(callers, **{"If-Match": await etag_of(callers)})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["version"], told["drawn_by"], told["published_at"]) == (2, "admin", None)
    assert told["valid_from"] == "2026-12-01T00:00:00Z"
    assert answer.headers["etag"] == await etag_of(callers)
    assert (await callers["admin"].get(answer.headers["location"])).json()["items"][1]["footprint"] == SQUARE
    said = await desk.fetchval("SELECT subject FROM audit WHERE action = 'alteration'")
    assert said == "zone Z-1: version 2 drawn"


async def test_who_has_not_read_the_zone_or_not_its_present_state_is_refused(callers: Callers) -> None:
    etag = await etag_of(callers)
    assert (await draw(callers)).status_code == 428
    assert (await draw(callers, **{"If-Match": etag})).status_code == 201
    stale = await draw(callers, **{"If-Match": etag})
    assert stale.status_code == 412
    assert stale.headers["etag"] == await etag_of(callers) != etag


async def test_a_zone_is_drawn_within_its_prohibition(callers: Callers) -> None:
    answer = await callers["admin"].post("/v1/prohibitions/P-1/zones", json=NEW)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["zone_id"], answer.json()["version"]) == ("Z-9", 1)
    page = (await callers["admin"].get("/v1/prohibitions/P-1/zones?limit=1")).json()
    assert [zone["zone_id"] for zone in page["items"]] == ["Z-1"]
    last = (await callers["admin"].get(page["next"])).json()
    assert [zone["zone_id"] for zone in last["items"]] == ["Z-9"]
    assert last["next"] is None


async def test_a_draft_of_a_shape_that_can_not_be_judged_is_refused_with_every_fault(callers: Callers) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 51], [0.01, 51.01], [0.01, 51], [0, 51.01], [0, 51]]]}
    asked = DRAWING | {"footprint": bow, "valid_until": "2026-11-30T00:00:00Z"}
    answer = await draw(callers, asked, **{"If-Match": await etag_of(callers)})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert sorted(fault["pointer"] for fault in answer.json()["errors"]) == ["/footprint", "/valid_until"]


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"distance_m": -1, "valid_from": "2026-12-01T00:00:00"}, ["/distance_m", "/valid_from"]),
        ({"valid_from": 1795197731}, ["/valid_from"]),
        ({"valid_from": "0001-01-01T00:00:00+14:00"}, ["/valid_from"]),
        ({"footprint": "Alexandra's house", "label": "x"}, ["/footprint", "/label"]),
        ({"distance_m": "200"}, ["/distance_m"]),
    ],
)
async def test_every_faulty_member_is_named_and_no_value_repeated(
    callers: Callers, change: dict[str, object], pointers: list[str]
) -> None:
    answer = await draw(callers, DRAWING | change, **{"If-Match": await etag_of(callers)})
    assert answer.status_code == 422
    assert sorted(fault["pointer"] for fault in answer.json()["errors"]) == pointers
    assert "Alexandra" not in answer.text
    assert "1795197731" not in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"[", b"[]", b"null", b'{"distance_m": NaN}', b"[" * 100_000, json.dumps(NEW).encode() + b"}"]
)
async def test_a_body_that_is_no_object_is_refused(callers: Callers, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await callers["admin"].post("/v1/prohibitions/P-1/zones", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("zone_id", ["Z-1", "Z-2"])
async def test_a_zones_id_can_not_be_taken_twice(callers: Callers, zone_id: str) -> None:
    answer = await callers["admin"].post("/v1/prohibitions/P-1/zones", json=NEW | {"zone_id": zone_id})
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/zone_id"]


async def test_what_the_register_does_not_hold_is_not_found(callers: Callers) -> None:
    for path in ("/v1/zones/Z-0", "/v1/zones/Z-0/versions", "/v1/prohibitions/P-0/zones"):
        assert (await callers["admin"].get(path)).status_code == 404
    assert (await callers["admin"].post("/v1/prohibitions/P-0/zones", json=NEW)).status_code == 404


async def test_a_body_over_the_limit_is_not_read(callers: Callers) -> None:
    answer = await callers["admin"].post(
        "/v1/prohibitions/P-1/zones", content=b" " * (2 * 1024 * 1024 + 1), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["Feature", "FeatureCollection"])
async def test_geojson_that_is_sent_as_json_is_answered_with_its_type(callers: Callers, kind: str) -> None:
    for path in ("/v1/prohibitions/P-1/zones", "/v1/zones/Z-1/versions"):
        seen = {"If-Match": await etag_of(callers)}
        answer = await callers["admin"].post(path, json={"type": kind, "geometry": SQUARE}, headers=seen)
        assert (answer.status_code, answer.headers["accept"]) == (415, "application/geo+json")
