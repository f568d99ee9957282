"""Many callers at the same thing at the same instant: one wins, the others are told to read again."""

import asyncio
from collections import Counter
from collections.abc import Awaitable

import httpx

from service.database import Pool
from tests.service.http.conftest import Callers
from tests.service.http.test_orders import ORDER
from tests.service.http.test_zones import DRAWING

WHY = {"reason": "checked"}
CROWD = 20
ROUNDS = 5


async def statuses(*requests: Awaitable[httpx.Response]) -> Counter[int]:
    return Counter([answer.status_code for answer in await asyncio.gather(*requests)])


async def etag(callers: Callers, path: str) -> dict[str, str]:
    return {"If-Match": (await callers["admin"].get(path)).headers["etag"]}


async def test_of_twenty_edits_of_one_draft_exactly_one_wins_each_round(callers: Callers, desk: Pool) -> None:
    path = (await callers["admin"].post("/v1/orders", json=ORDER)).headers["location"]
    for number in range(ROUNDS):
        seen = await etag(callers, path)
        edits = [
            callers["admin"].put(path, json={**ORDER, "reference": f"{number}-{each}"}, headers=seen)
            for each in range(CROWD)
        ]
        assert await statuses(*edits) == {200: 1, 412: CROWD - 1}
    changes = await desk.fetchval("SELECT count(*) FROM register_change WHERE what = 'order O-9: draft changed'")
    assert changes == ROUNDS


async def test_of_two_versions_that_are_published_at_once_one_waits_for_the_next_reading(callers: Callers) -> None:
    for month in ("12", "01"):
        drawing = {**DRAWING, "valid_from": f"202{7 if month == '01' else 6}-{month}-01T00:00:00Z"}
        drawn = await callers["admin"].post(
            "/v1/zones/Z-1/versions", json=drawing, headers=await etag(callers, "/v1/zones/Z-1")
        )
        assert drawn.status_code == 201, drawn.text
    seen = await etag(callers, "/v1/zones/Z-1")
    publishing = [
        callers["second"].post(f"/v1/zones/Z-1/versions/{version}/publish", json=WHY, headers=seen)
        for version in (2, 3, 2, 3)
    ]
    assert await statuses(*publishing) == {200: 1, 412: 3}


async def test_a_proposal_is_approved_once(callers: Callers, desk: Pool) -> None:
    asked = await callers["admin"].post("/v1/orders/O-1/discharge", json={"at": "2026-11-20T10:00:00Z", **WHY})
    path, seen = asked.headers["location"], {"If-Match": asked.headers["etag"]}
    deciding = [callers["second"].post(f"{path}/approval", json=WHY, headers=seen) for _ in range(CROWD)]
    deciding += [callers["second"].post(f"{path}/rejection", json=WHY, headers=seen) for _ in range(CROWD)]
    assert await statuses(*deciding) == {200: 1, 409: 2 * CROWD - 1}
    assert await desk.fetchval("SELECT count(*) FROM proposal WHERE decision IS NOT NULL") == 1


async def test_whatever_happens_at_once_nobody_is_told_of_a_fault_of_ours(callers: Callers) -> None:
    path = (await callers["admin"].post("/v1/orders", json=ORDER)).headers["location"]
    order, zone = await etag(callers, path), await etag(callers, "/v1/zones/Z-1")
    admin, second = callers["admin"], callers["second"]
    crowd: list[Awaitable[httpx.Response]] = []
    for number in range(8):
        key = {"Idempotency-Key": f"k-{number % 3}"}
        crowd += [
            admin.put(path, json={**ORDER, "reference": str(number)}, headers=order),
            second.post(f"{path}/publish", json=WHY, headers={**order, **key}),
            admin.delete(path, headers=order),
            admin.post("/v1/zones/Z-1/versions", json=DRAWING, headers={**zone, **key}),
            admin.post("/v1/zones/Z-1/details", json={**WHY, "label": f"Zone {number}"}),
            second.post("/v1/orders", json={**ORDER, "order_id": f"O-1{number % 2}", "prohibitions": []}),
            callers["MPS"].get("/v1/orders"),
            callers["auditor"].get("/v1/zones/Z-1?as_of=2026-11-20T00:00:00Z"),
            admin.get("/v1/proposals"),
        ]
    async with asyncio.timeout(60):
        found = await statuses(*crowd)
    assert not {status for status in found if status >= 500}, found
    # One way or another, the draft was changed once.
    assert (await admin.get(path)).headers.get("etag") != order["If-Match"]
