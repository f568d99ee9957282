"""Forces over HTTP: entered by one person; who receives their reports is approved by another."""

from typing import Any

import httpx
import pytest

from service.database import Pool
from tests.service.http.conftest import Callers

EMAIL = {"kind": "email", "address": "duty@mps.police.example"}
SFTP = {"kind": "sftp", "address": "sftp://cordon@files.mps.example:2222/in"}
WEBHOOK = {"kind": "webhook", "address": "https://mps.example/cordon?to=duty"}


async def proposed(callers: Callers, recipients: list[Any], code: str = "MPS") -> httpx.Response:
    """Propose recipients, as somebody who has just read the force."""
    seen = {"If-Match": (await callers["admin"].get(f"/v1/forces/{code}")).headers["etag"]}
    body = {"recipients": recipients, "reason": "agreed with the force"}
    return await callers["admin"].put(f"/v1/forces/{code}/recipients", json=body, headers=seen)


async def approved(callers: Callers, asked: httpx.Response, caller: str = "second") -> httpx.Response:
    assert asked.status_code == 202, asked.text
    seen = {"If-Match": asked.headers["etag"]}
    return await callers[caller].post(f"{asked.headers['location']}/approval", json={}, headers=seen)


async def recipients(callers: Callers, **query: str) -> list[Any]:
    found: list[Any] = (await callers["MPS"].get("/v1/forces/MPS", params=query)).json()["recipients"]
    return found


async def test_a_force_is_entered_without_recipients_and_that_is_said(callers: Callers, desk: Pool) -> None:
    answer = await callers["admin"].post("/v1/forces", json={"code": "SUR", "name": "Surrey Police"})
    assert (answer.status_code, answer.headers["location"]) == (201, "/v1/forces/SUR")
    assert "nobody receives its reports" in answer.json()["warnings"][0]["detail"]
    assert (await callers["auditor"].get("/v1/forces/SUR")).json() == answer.json()
    # No report is due for days before.
    assert await desk.fetchval("SELECT known_from > '2026-11-21Z' FROM force WHERE code = 'SUR'")
    again = await callers["admin"].post("/v1/forces", json={"code": "SUR", "name": "Surrey Police"})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/code")


@pytest.mark.parametrize(
    ("members", "pointer"),
    [({"recipients": [EMAIL]}, "/recipients"), ({"name": ""}, "/name"), ({"nmae": "Surrey"}, "/nmae")],
)
async def test_what_a_new_force_may_not_have_is_named(callers: Callers, members: dict[str, Any], pointer: str) -> None:
    answer = await callers["admin"].post("/v1/forces", json={"code": "SUR", "name": "Surrey Police"} | members)
    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [pointer])


async def test_a_force_is_renamed_by_who_has_read_it(callers: Callers) -> None:
    etag = (await callers["admin"].get("/v1/forces/MPS")).headers["etag"]
    body = {"name": "The Met"}
    assert (await callers["admin"].put("/v1/forces/MPS", json=body)).status_code == 428
    assert (await callers["admin"].put("/v1/forces/MPS", json=body, headers={"If-Match": etag})).status_code == 200
    assert (await callers["admin"].put("/v1/forces/MPS", json=body, headers={"If-Match": etag})).status_code == 412
    before = await callers["MPS"].get("/v1/forces/MPS", params={"as_of": "2026-11-01T00:00:00Z"})
    assert before.json()["name"] == "Metropolitan Police Service"
    assert (await callers["MPS"].get("/v1/forces")).json()["items"] == [{"code": "MPS", "name": "The Met"}]


async def test_the_police_see_their_own_force(callers: Callers) -> None:
    assert (await callers["GMP"].get("/v1/forces/MPS")).status_code == 404
    assert [one["code"] for one in (await callers["GMP"].get("/v1/forces")).json()["items"]] == ["GMP"]
    first = (await callers["auditor"].get("/v1/forces?limit=1")).json()
    assert [one["code"] for one in first["items"]] == ["GMP"]
    assert [one["code"] for one in (await callers["auditor"].get(first["next"])).json()["items"]] == ["MPS"]


async def test_recipients_are_there_once_a_second_person_has_approved(callers: Callers, desk: Pool) -> None:
    asked = await proposed(callers, [EMAIL, SFTP, WEBHOOK])
    assert asked.json()["before"]["recipients"] == []
    assert asked.json()["after"]["recipients"] == [EMAIL, SFTP, WEBHOOK]
    assert await recipients(callers) == []
    assert (await approved(callers, asked, "admin")).status_code == 403
    assert (await approved(callers, asked)).status_code == 200
    assert await recipients(callers) == [EMAIL, SFTP, WEBHOOK]
    assert (await approved(callers, await proposed(callers, [SFTP, EMAIL]))).status_code == 200
    assert await recipients(callers) == [SFTP, EMAIL]
    assert await recipients(callers, as_of="2026-11-01T00:00:00Z") == []
    rows = await desk.fetch(
        "SELECT image ->> 'kind' FROM register_past WHERE table_name = 'force_recipient' ORDER BY past_id"
    )
    assert [row[0] for row in rows] == ["email", "sftp", "webhook"]
    change = await desk.fetchrow("SELECT actor, proposed_by, reason FROM register_change ORDER BY 1 DESC LIMIT 1")
    assert tuple(change or ()) == ("second", "admin", "agreed with the force")


async def test_no_recipients_at_all_are_allowed_and_warned_of(callers: Callers) -> None:
    await approved(callers, await proposed(callers, [EMAIL]))
    asked = await proposed(callers, [])
    assert "nobody receives its reports" in asked.json()["warnings"][0]
    assert (await approved(callers, asked)).status_code == 200
    assert await recipients(callers) == []


async def test_what_was_proposed_for_a_force_as_it_was_is_looked_at_again(callers: Callers) -> None:
    first, other = await proposed(callers, [EMAIL]), await proposed(callers, [SFTP])
    assert (await approved(callers, first)).status_code == 200
    assert (await approved(callers, other)).status_code == 412


async def test_nothing_new_is_no_proposal(callers: Callers) -> None:
    await approved(callers, await proposed(callers, [EMAIL]))
    assert (await proposed(callers, [EMAIL])).status_code == 409


async def test_who_has_not_read_the_force_may_not_propose(callers: Callers) -> None:
    body = {"recipients": [EMAIL], "reason": "agreed"}
    path = "/v1/forces/MPS/recipients"
    assert (await callers["admin"].put(path, json=body)).status_code == 428
    assert (await callers["admin"].put(path, json=body, headers={"If-Match": "0"})).status_code == 412


@pytest.mark.parametrize(
    ("faulty", "pointer"),
    [
        ({"kind": "secret@mps.example", "address": "email"}, "/recipients/1/kind"),
        ({"kind": "email", "address": "secret at mps.example"}, "/recipients/1/address"),
        ({"kind": "webhook", "address": "http://secret.example"}, "/recipients/1/address"),
        ({"kind": "email"}, "/recipients/1/address"),
        (EMAIL, "/recipients/1"),
        ("secret@mps.example", "/recipients/1"),
        (EMAIL | {"secret@mps.example": 1}, "/recipients/1/secret@mps.example"),
    ],
)
async def test_a_faulty_recipient_is_named_by_its_number_and_its_address_is_not_shown(
    callers: Callers, faulty: object, pointer: str
) -> None:
    answer = await proposed(callers, [EMAIL, faulty])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert "recipient no. 2" in answer.json()["errors"][0]["detail"]
    shown = [fault["detail"] for fault in answer.json()["errors"]] if "/secret" not in pointer else []
    assert "secret" not in " ".join(shown)
    assert "duty@" not in answer.text


@pytest.mark.parametrize("body", [{"reason": "why"}, {"recipients": {}, "reason": "why"}, {"recipients": [EMAIL]}])
async def test_recipients_and_the_reason_have_to_be_given(callers: Callers, body: dict[str, Any]) -> None:
    seen = {"If-Match": (await callers["admin"].get("/v1/forces/MPS")).headers["etag"]}
    assert (await callers["admin"].put("/v1/forces/MPS/recipients", json=body, headers=seen)).status_code == 422
