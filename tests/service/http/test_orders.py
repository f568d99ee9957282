"""Orders over HTTP: entered, published by a second person, varied, suspended, discharged."""

from typing import Any

import httpx

from tests.service.http.conftest import Callers
from tests.service.http.test_zones import NEW

ORDER: dict[str, Any] = {
    "order_id": "O-9",
    "kind": "DAPO",
    "reference": "DAPO-2026-0009",
    "force": "MPS",
    "wearer_id": "W-1",
    "made_on": "2026-11-01",
    "effective_from": "2026-11-01T12:00:00Z",
    "ends": {"kind": "further_order"},
    "monitoring": {"from": "2026-11-01T12:00:00Z", "until": "2027-10-31T12:00:00Z"},
    "prohibitions": [{"prohibition_id": "P-9", "clause": "1", "text": "Not to enter.", "from": "2026-11-01T12:00:00Z"}],
}


async def entered(callers: Callers, **changed: Any) -> httpx.Response:
    answer = await callers["admin"].post("/v1/orders", json={**ORDER, **changed})
    assert answer.status_code == 201, answer.text
    return answer


async def test_an_order_is_entered_published_and_discharged(callers: Callers) -> None:
    draft = await entered(callers)
    assert draft.json()["state"] == "draft"
    path = draft.headers["location"]
    seen = {"If-Match": draft.headers["etag"]}
    assert (await callers["admin"].post(f"{path}/publish", json={}, headers=seen)).status_code == 403
    published = await callers["second"].post(f"{path}/publish", json={}, headers=seen)
    assert published.status_code == 200, published.text
    assert published.json()["state"] == "in_effect"
    asked = await callers["admin"].post(f"{path}/discharge", json={"at": "2026-11-20T10:00:00Z", "reason": "quashed"})
    assert asked.status_code == 202, asked.text
    etag = {"If-Match": asked.headers["etag"]}
    own = await callers["admin"].post(f"{asked.headers['location']}/approval", json={}, headers=etag)
    assert own.status_code == 403
    done = await callers["second"].post(f"{asked.headers['location']}/approval", json={}, headers=etag)
    assert done.status_code == 200, done.text
    assert (await callers["admin"].get(path)).json()["state"] == "discharged"


async def test_the_police_are_told_of_no_draft(callers: Callers) -> None:
    await entered(callers)
    assert (await callers["admin"].post("/v1/prohibitions/P-1/zones", json=NEW)).status_code == 201
    for caller, zones in (("admin", ["Z-1", "Z-9"]), ("auditor", ["Z-1", "Z-9"]), ("MPS", ["Z-1"])):
        (listed,) = (await callers[caller].get("/v1/orders?draft=false&force=MPS")).json()["items"]
        for clauses in (
            listed["prohibitions"],
            (await callers[caller].get("/v1/orders/O-1")).json()["prohibitions"],
            (await callers[caller].get("/v1/orders/O-1/prohibitions")).json()["items"],
            [(await callers[caller].get("/v1/prohibitions/P-1")).json()],
        ):
            assert [clause["zones"] for clause in clauses if clause["prohibition_id"] == "P-1"] == [zones]
    for caller, drafts in (("admin", ["O-9"]), ("MPS", [])):
        found = (await callers[caller].get("/v1/orders?draft=true")).json()["items"]
        assert [order["order_id"] for order in found] == drafts


async def test_a_suspension_without_an_authority_is_told_that_it_is_missing(callers: Callers) -> None:
    body = {"from": "2026-11-22T10:00:00Z", "until": "2026-11-22T12:00:00Z", "reason": "funeral"}
    answer = await callers["admin"].post("/v1/orders/O-1/suspensions", json=body)
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"]) == (422, "/authority")
    assert "authority is missing" in fault["detail"]
