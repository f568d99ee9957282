"""Reporting fittings over HTTP, as the tests of fittings do."""

from typing import Any

import httpx

from tests.service.http.conftest import Callers

START, LATER, END = "2026-11-01T12:00:00Z", "2026-11-10T12:00:00Z", "2026-11-15T12:00:00Z"


def fitting(tag_id: str = "T-9", wearer_id: str | None = "W-1", **members: Any) -> dict[str, Any]:
    """Return a fitting as somebody reports it."""
    return {"tag_id": tag_id, "wearer_id": wearer_id, "fitted_at": START, "removed_at": None} | members


# What stands in the register of these tests from the beginning.
OF_W1 = {"tag_id": "T-1", "wearer_id": "W-1", "fitted_at": "2026-10-01T00:00:00Z"}


async def reported(callers: Callers, caller: str, *said: object, **headers: str) -> httpx.Response:
    answer = await callers[caller].post("/v1/fittings", json=list(said), headers=headers)
    assert answer.status_code == 202, answer.text
    return answer


async def counted(callers: Callers, caller: str, *said: object) -> tuple[int, int, int, int]:
    """Report, and return how many were entered, proposed, known already, rejected."""
    answer = (await reported(callers, caller, *said)).json()
    counts = answer["counts"]
    told = counts["fittings"], counts["proposals"], counts["duplicates"], counts["rejected"]
    assert counts["messages"] == len(said) == sum(told)
    assert counts["rejected"] == len(answer["rejections"])
    return told


async def listed(callers: Callers, caller: str = "admin", **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await callers[caller].get("/v1/fittings", params=query)).json()["items"]
    return found


async def newest_proposal(callers: Callers, caller: str = "second") -> httpx.Response:
    """Read the proposal that was made last."""
    newest = (await callers[caller].get("/v1/proposals?limit=1")).json()["items"][0]
    return await callers[caller].get(f"/v1/proposals/{newest['proposal_id']}")


async def decided(
    callers: Callers, read: httpx.Response, caller: str = "second", decision: str = "approval", **body: str
) -> httpx.Response:
    """Approve (or reject) a proposal that was just read, or that was just made."""
    number = read.json()["proposal_id"]
    seen = {"If-Match": read.headers["etag"]}
    return await callers[caller].post(f"/v1/proposals/{number}/{decision}", json=body, headers=seen)


async def corrected(callers: Callers, fitting_id: int, caller: str = "admin", **members: Any) -> httpx.Response:
    """Correct a fitting, as somebody who has just read it."""
    seen = {"If-Match": (await callers["admin"].get(f"/v1/fittings/{fitting_id}")).headers["etag"]}
    body = {"reason": "entered wrongly"} | members
    return await callers[caller].put(f"/v1/fittings/{fitting_id}", json=body, headers=seen)
