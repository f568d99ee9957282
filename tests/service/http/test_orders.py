"""Orders over HTTP: entered, published by a second person, varied, suspended, discharged."""

from typing import Any

import httpx

from tests.service.http.conftest import Callers

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
