"""Wearers over HTTP: who sees whom, and what a change of one has the desk do."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from service.database import Pool
from tests.service.http.conftest import Callers
from tests.service.http.desk import ENTERED, NAME

HOME = {"type": "Point", "coordinates": [-0.0987, 51.3754]}
WEARER: dict[str, Any] = {
    "wearer_id": "W-9",
    "name": "Charlie Sparrow",
    "date_of_birth": "1990-01-01",
    "pnc_id": "90/1A",
    "provider_person_id": "4711",
    "home_area": "Croydon",
    "home": HOME,
}


async def changed(callers: Callers, wearer: str, /, **members: Any) -> httpx.Response:
    """Change some members of a wearer, as somebody who has just read him."""
    read = await callers["admin"].get(f"/v1/wearers/{wearer}")
    seen = {"If-Match": read.headers["etag"]}
    return await callers["admin"].put(f"/v1/wearers/{wearer}", json=read.json() | members, headers=seen)


async def test_a_wearer_is_read_back_as_he_was_entered(callers: Callers) -> None:
    answer = await callers["admin"].post("/v1/wearers", json=WEARER)
    assert (answer.status_code, answer.headers["location"]) == (201, "/v1/wearers/W-9")
    read = await callers["auditor"].get("/v1/wearers/W-9")
    assert read.json() == answer.json() == WEARER
    assert read.headers["etag"] == answer.headers["etag"]


async def test_a_wearer_is_entered_once(callers: Callers, desk: Pool) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = await callers["admin"].post("/v1/wearers", json=WEARER, headers=key)
    again = await callers["admin"].post("/v1/wearers", json=WEARER, headers=key)
    assert (again.status_code, again.json(), again.headers["etag"]) == (201, first.json(), first.headers["etag"])
    other = await callers["second"].post("/v1/wearers", json=WEARER | {"name": "Somebody Else"})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "/wearer_id")
    assert await desk.fetchval("SELECT count(*) FROM wearer WHERE wearer_id = 'W-9'") == 1


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"name": None}, "/name"),
        ({"date_of_birth": "1990-13-01"}, "/date_of_birth"),
        ({"date_of_birth": "as Mr Sparrow said"}, "/date_of_birth"),
        ({"pnc_id": 7}, "/pnc_id"),
        ({"home": {"type": "Point", "coordinates": [51.3754, -0.0987, 1, 2]}}, "/home"),
        ({"home": "12 Sparrow Lane"}, "/home"),
        ({"provider_person": "4711"}, "/provider_person"),
    ],
)
async def test_a_faulty_member_is_named_and_what_it_holds_is_not_repeated(
    callers: Callers, members: dict[str, Any], pointer: str
) -> None:
    answer = await callers["admin"].post("/v1/wearers", json=WEARER | members)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    for personal in ("Sparrow", "51.3754", "0987", "90/1A", "4711", "1990-13"):
        assert personal not in answer.text


async def test_the_police_see_the_wearers_of_their_orders_without_their_homes(callers: Callers) -> None:
    await changed(callers, "W-1", home=HOME)
    own = await callers["MPS"].get("/v1/wearers/W-1")
    assert own.json()["name"] == NAME
    assert "home" not in own.json()
    assert (await callers["GMP"].get("/v1/wearers/W-1")).status_code == 404
    assert [one["wearer_id"] for one in (await callers["GMP"].get("/v1/wearers")).json()["items"]] == ["W-2"]
    (listed,) = (await callers["MPS"].get("/v1/wearers")).json()["items"]
    assert listed == own.json()
    assert (await callers["GMP"].get("/v1/wearers?force=MPS")).status_code == 403
    (by_force,) = (await callers["admin"].get("/v1/wearers?force=MPS")).json()["items"]
    assert by_force == own.json() | {"home": HOME}


async def test_a_draft_of_an_order_shows_its_wearer_to_no_force(callers: Callers, desk: Pool) -> None:
    await desk.execute("UPDATE court_order SET published_by = NULL, published_at = NULL WHERE order_id = 'O-1'")
    assert (await callers["MPS"].get("/v1/wearers/W-1")).status_code == 404
    assert (await callers["MPS"].get("/v1/wearers")).json()["items"] == []


async def test_wearers_come_in_pages(callers: Callers) -> None:
    await callers["admin"].post("/v1/wearers", json=WEARER)
    found, link = [], "/v1/wearers?limit=1"
    while link:
        page = (await callers["admin"].get(link)).json()
        found += [one["wearer_id"] for one in page["items"]]
        link = page["next"]
    assert found == ["W-1", "W-2", "W-9"]


async def test_a_change_needs_the_state_that_was_read(callers: Callers) -> None:
    body = {"name": NAME, "home_area": "Sutton"}
    assert (await callers["admin"].put("/v1/wearers/W-1", json=body)).status_code == 428
    assert (await changed(callers, "W-1", home_area="Croydon")).status_code == 200
    stale = await callers["admin"].put("/v1/wearers/W-1", json=body, headers={"If-Match": "0"})
    assert stale.status_code == 412
    assert stale.headers["etag"] == (await callers["admin"].get("/v1/wearers/W-1")).headers["etag"]
    other_id = await changed(callers, "W-1", wearer_id="W-8")
    assert other_id.status_code == 409


async def test_a_wearer_is_read_as_he_was_and_the_register_says_who_changed_him(callers: Callers, desk: Pool) -> None:
    await changed(callers, "W-1", name="Alex Nightingale")
    assert (await callers["admin"].get("/v1/wearers/W-1")).json()["name"] == "Alex Nightingale"
    before = await callers["admin"].get("/v1/wearers/W-1", params={"as_of": "2026-11-01T00:00:00Z"})
    assert before.json()["name"] == NAME
    # Before he was entered there was none.
    params = {"as_of": ENTERED.replace(day=1).isoformat()}
    assert (await callers["admin"].get("/v1/wearers/W-1", params=params)).status_code == 404
    kept = await desk.fetchval("SELECT image ->> 'name' FROM register_past WHERE table_name = 'wearer'")
    assert kept == NAME
    row = await desk.fetchrow("SELECT actor, role, what FROM register_change ORDER BY register_version DESC LIMIT 1")
    assert tuple(row or ()) == ("admin", "admin", "wearer W-1: name changed")


async def work(desk: Pool) -> list[tuple[str, datetime]]:
    rows = await desk.fetch(
        "SELECT reason, since FROM to_judge JOIN fitting USING (fitting_id) WHERE wearer_id = 'W-1'"
    )
    return [tuple(row) for row in rows]


async def test_another_name_at_the_provider_has_all_tracks_judged_again_and_nothing_else_does(
    callers: Callers, desk: Pool
) -> None:
    await changed(callers, "W-1", name="Alex Nightingale", home=HOME, home_area="Croydon", pnc_id="1")
    assert await work(desk) == []
    etag = (await callers["admin"].get("/v1/wearers/W-1")).headers["etag"]
    alone = await callers["admin"].put(
        "/v1/wearers/W-1", json={"name": "A", "provider_person_id": "4711"}, headers={"If-Match": etag}
    )
    assert (alone.status_code, await work(desk)) == (409, [])
    asked = await callers["admin"].post(
        "/v1/wearers/W-1/provider-person", json={"provider_person_id": "4711", "reason": "mistyped"}
    )
    assert (asked.json()["wearer_id"], asked.json()["after"]["provider_person_id"]) == ("W-1", "4711")
    place, seen = f"{asked.headers['location']}/approval", {"If-Match": asked.headers["etag"]}
    assert (await callers["admin"].post(place, headers=seen)).status_code == 403
    assert (await callers["second"].post(place, headers=seen)).status_code == 200
    assert (await callers["admin"].get("/v1/wearers/W-1")).json()["provider_person_id"] == "4711"
    fitted_at = await desk.fetchval("SELECT fitted_at FROM fitting WHERE wearer_id = 'W-1'")
    assert await work(desk) == [("provider's name of the wearer changed", fitted_at)]


async def test_writing_what_is_there_is_no_change(callers: Callers, desk: Pool) -> None:
    before = await desk.fetchval("SELECT version FROM register_state")
    await callers["admin"].post("/v1/wearers", json=WEARER)
    assert (await changed(callers, "W-9")).status_code == 200
    assert await desk.fetchval("SELECT version FROM register_state") == before + 1


async def test_nobody_removes_a_wearer(callers: Callers) -> None:
    assert (await callers["admin"].delete("/v1/wearers/W-1")).status_code == 405
