"""Fittings over HTTP: the provider reports, an administrator confirms, and nobody alone takes monitoring away."""

import asyncio
import json
from typing import Any

import pytest

from service.database import Pool
from tests.service.http.conftest import Callers
from tests.service.http.reporting import (
    END,
    LATER,
    OF_W1,
    START,
    corrected,
    counted,
    decided,
    fitting,
    listed,
    newest_proposal,
    reported,
)


async def test_what_the_provider_reports_waits_for_an_administrator(callers: Callers) -> None:
    assert await counted(callers, "provider", fitting()) == (0, 1, 0, 0)
    assert await listed(callers, tag="T-9") == []
    own = await newest_proposal(callers, "provider")
    assert own.json()["after"] == fitting()
    (clock,) = (await callers["admin"].get("/v1/clocks?kind=proposal")).json()["items"]
    assert (clock["wearer_id"], str(own.json()["proposal_id"]) in clock["text"]) == (fitting()["wearer_id"], True)
    assert (await decided(callers, own, "provider")).status_code == 403
    assert (await decided(callers, own, "admin")).status_code == 200
    (stands,) = await listed(callers, tag="T-9")
    assert stands == fitting() | {"fitting_id": stands["fitting_id"], "standing": True}
    assert (await newest_proposal(callers, "provider")).json()["decision"] == "approved"


async def test_what_waits_or_stands_already_is_a_duplicate(callers: Callers, desk: Pool) -> None:
    assert await counted(callers, "provider", fitting(), fitting(), OF_W1) == (0, 1, 2, 0)
    assert await counted(callers, "provider", fitting()) == (0, 0, 1, 0)
    assert await counted(callers, "admin", OF_W1) == (0, 0, 1, 0)
    assert await desk.fetchval("SELECT count(*) FROM proposal") == 1


async def test_what_was_turned_down_may_be_reported_again(callers: Callers) -> None:
    await reported(callers, "provider", fitting())
    await decided(callers, await newest_proposal(callers), "admin", "rejection", reason="not fitted there")
    assert await counted(callers, "provider", fitting()) == (0, 1, 0, 0)


async def test_the_provider_takes_back_what_it_reported(callers: Callers) -> None:
    await reported(callers, "provider", fitting())
    own = await newest_proposal(callers, "provider")
    told = await decided(callers, own, "provider", "rejection", reason="a mistake")
    assert (told.status_code, told.json()["decision"]) == (200, "withdrawn")


async def test_an_administrator_enters_a_fitting_at_once_and_prolongs_one(callers: Callers) -> None:
    assert await counted(callers, "admin", fitting(removed_at=LATER)) == (1, 0, 0, 0)
    assert await counted(callers, "admin", fitting(removed_at=END)) == (1, 0, 0, 0)
    (stands,) = await listed(callers, tag="T-9")
    assert stands["removed_at"] == END


@pytest.mark.parametrize("caller", ["provider", "admin"])
async def test_that_a_tag_was_removed_needs_a_second_person(callers: Callers, caller: str) -> None:
    assert await counted(callers, caller, OF_W1 | {"removed_at": END}) == (0, 1, 0, 0)
    assert await counted(callers, caller, OF_W1 | {"removed_at": END}) == (0, 0, 1, 0)
    read = await newest_proposal(callers)
    assert (read.json()["fitting_id"], read.json()["before"]["removed_at"]) == (1, None)
    assert (await decided(callers, read, caller)).status_code == 403
    assert (await listed(callers, tag="T-1"))[0]["removed_at"] is None
    assert (await decided(callers, read, "second")).status_code == 200
    assert (await listed(callers, tag="T-1"))[0]["removed_at"] == END


@pytest.mark.parametrize("caller", ["provider", "admin"])
async def test_a_tag_that_is_on_somebody_else_is_rejected_with_the_remedy(callers: Callers, caller: str) -> None:
    answer = (await reported(callers, caller, fitting("T-1", "W-2"), fitting())).json()
    (refused,) = answer["rejections"]
    assert refused["index"] == 0
    (fault,) = refused["faults"]
    assert fault.startswith("the tag is on another wearer from 2026-10-01T00:00:00Z on (fitting 1); enter first when")
    assert "W-1" not in fault
    assert answer["counts"]["rejected"] == 1


async def test_a_tag_that_is_passed_on_is_reported_in_one_go_and_confirmed_in_order(callers: Callers) -> None:
    passed_on = (OF_W1 | {"removed_at": LATER}, fitting("T-1", "W-2", fitted_at=LATER))
    assert await counted(callers, "provider", *passed_on) == (0, 2, 0, 0)
    last = await newest_proposal(callers)
    assert "the tag is on another wearer" in last.json()["hindrance"]
    assert (await decided(callers, last)).status_code == 409
    first = await callers["second"].get(f"/v1/proposals/{last.json()['proposal_id'] - 1}")
    assert (await decided(callers, first)).status_code == 200
    # What approving would do has changed: it is looked at again.
    assert (await decided(callers, last)).status_code == 412
    assert (await decided(callers, await newest_proposal(callers))).status_code == 200
    assert [one["wearer_id"] for one in await listed(callers, tag="T-1")] == ["W-1", "W-2"]


async def test_the_same_wearer_does_not_wear_one_tag_twice(callers: Callers) -> None:
    answer = (await reported(callers, "admin", OF_W1 | {"fitted_at": START})).json()
    assert "on this wearer" in answer["rejections"][0]["faults"][0]


async def test_elements_of_one_request_do_not_contradict_each_other(callers: Callers) -> None:
    said = (fitting(removed_at=LATER), fitting(removed_at=END), fitting(wearer_id="W-2", fitted_at=START))
    assert await counted(callers, "admin", *said) == (1, 0, 0, 2)
    said = (fitting(removed_at=END), fitting(removed_at=None), fitting(wearer_id="W-2", fitted_at=END))
    assert await counted(callers, "admin", *said) == (2, 0, 0, 1)


async def test_one_elements_fault_hinders_no_other_and_shows_nothing_of_it(callers: Callers) -> None:
    said: list[object] = [
        fitting("T-7"),
        "Alex Nightingale",
        fitting(wearer_id="W-404"),
        fitting(fitted_at="2026-11-01T12:00:00"),
        fitting(fitted_at="Alex Nightingale"),
        fitting(removed_at=START),
        fitting(wearer_id=None),
        fitting(removedat=END),
        fitting("T-8"),
    ]
    for caller in ("provider", "admin"):
        answer = await reported(callers, caller, *said)
        assert [one["index"] for one in answer.json()["rejections"]] == [1, 2, 3, 4, 5, 6, 7]
        assert answer.json()["rejections"][1]["faults"][0].startswith("no such wearer; ")
        assert "Nightingale" not in answer.text
        assert "W-404" not in answer.text
    assert {one["tag_id"] for one in await listed(callers, standing=True)} == {"T-1", "T-2", "T-7", "T-8"}


async def test_the_provider_may_name_the_wearer_as_it_does_itself(callers: Callers, desk: Pool) -> None:
    await desk.execute("UPDATE wearer SET provider_person_id = '4711' WHERE wearer_id = 'W-2'")
    by_person = fitting(wearer_id=None, provider_person_id="4711")
    assert await counted(callers, "provider", by_person) == (0, 1, 0, 0)
    assert (await newest_proposal(callers)).json()["asked"]["wearer_id"] == "W-2"
    assert await counted(callers, "provider", by_person | {"wearer_id": "W-1"}) == (0, 0, 0, 1)
    assert await counted(callers, "provider", by_person | {"wearer_id": "W-2"}) == (0, 0, 1, 0)
    await desk.execute("UPDATE wearer SET provider_person_id = '4711'")
    answer = (await reported(callers, "provider", fitting("T-7", None, provider_person_id="4711"))).json()
    assert answer["rejections"][0]["faults"][0].startswith("more than one wearer")


async def test_fittings_may_come_one_a_line_and_a_request_is_done_once(callers: Callers, desk: Pool) -> None:
    lines = "\n".join(json.dumps(fitting(f"T-{number}")) for number in (7, 8))
    headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": "k-1"}
    first = await callers["admin"].post("/v1/fittings", content=lines, headers=headers)
    again = await callers["admin"].post("/v1/fittings", content=lines, headers=headers)
    assert first.json()["counts"]["fittings"] == again.json()["counts"]["fittings"] == 2
    assert again.headers["idempotency-replayed"] == "true"
    assert await desk.fetchval("SELECT count(*) FROM fitting") == 4
    other = await callers["admin"].post("/v1/fittings", content="", headers=headers)
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 400),
        (b"[", "application/json", 400),
        (b"[]", "text/plain", 415),
        (b"[" + b"{}," * 10_000 + b"{}]", "application/json", 413),
    ],
)
async def test_a_body_that_can_not_be_taken_is_a_problem(
    callers: Callers, content: bytes, kind: str, status: int
) -> None:
    answer = await callers["provider"].post("/v1/fittings", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_of_two_who_want_a_tag_at_once_one_has_it_and_the_other_is_told(callers: Callers) -> None:
    answers = await asyncio.gather(
        *(
            reported(callers, caller, fitting(wearer_id=wearer))
            for caller, wearer in (("admin", "W-1"), ("second", "W-2"))
        )
    )
    counts = sorted(answer.json()["counts"]["fittings"] for answer in answers)
    assert counts == [0, 1]
    (fault,) = next(answer.json()["rejections"] for answer in answers if answer.json()["rejections"])[0]["faults"]
    assert fault.startswith("the tag is on another wearer")
    assert len(await listed(callers, tag="T-9")) == 1


async def test_the_police_see_the_fittings_of_their_wearers_and_the_provider_none(callers: Callers) -> None:
    assert [one["wearer_id"] for one in await listed(callers, "GMP")] == ["W-2"]
    assert await listed(callers, "GMP", wearer="W-1") == []
    assert (await callers["GMP"].get("/v1/fittings/1")).status_code == 404
    assert (await callers["MPS"].get("/v1/fittings/1")).json()["tag_id"] == "T-1"
    for path in ("/v1/fittings", "/v1/fittings/1"):
        assert (await callers["provider"].get(path)).status_code == 403


async def test_fittings_come_in_pages(callers: Callers) -> None:
    first = (await callers["auditor"].get("/v1/fittings?limit=1")).json()
    last = (await callers["auditor"].get(first["next"])).json()
    assert [one["fitting_id"] for page in (first, last) for one in page["items"]] == [1, 2]
    assert last["next"] is None


async def test_one_administrator_corrects_a_fitting_to_last_longer(callers: Callers, desk: Pool) -> None:
    earlier = "2026-09-01T00:00:00Z"
    answer = await corrected(callers, 1, fitted_at=earlier)
    assert (answer.status_code, answer.json()["fitted_at"]) == (200, earlier)
    assert answer.headers["etag"] == (await callers["admin"].get("/v1/fittings/1")).headers["etag"]
    before = await callers["auditor"].get("/v1/fittings/1", params={"as_of": "2026-11-01T00:00:00Z"})
    assert before.json()["fitted_at"] == OF_W1["fitted_at"]
    kept = await desk.fetchval("SELECT image ->> 'fitted_at' FROM register_past WHERE table_name = 'fitting'")
    assert kept.startswith("2026-10-01")
    row = await desk.fetchrow("SELECT actor, what, reason FROM register_change ORDER BY register_version DESC LIMIT 1")
    assert tuple(row or ()) == ("admin", "fitting 1: prolonged", "entered wrongly")


async def test_a_correction_that_takes_monitoring_away_needs_a_second_person(callers: Callers) -> None:
    asked = await corrected(callers, 1, fitted_at="2026-09-01T00:00:00Z", removed_at=END)
    assert asked.status_code == 202
    assert (await decided(callers, asked, "admin")).status_code == 403
    assert (await decided(callers, asked, "second")).status_code == 200
    assert (await callers["admin"].get("/v1/fittings/1")).json()["removed_at"] == END


async def test_a_correction_needs_the_state_that_was_read_and_a_reason(callers: Callers) -> None:
    body = {"fitted_at": START, "reason": "why"}
    assert (await callers["admin"].put("/v1/fittings/1", json=body)).status_code == 428
    assert (await callers["admin"].put("/v1/fittings/1", json=body, headers={"If-Match": "0"})).status_code == 412
    faults: list[dict[str, Any]] = [
        {"reason": None},
        {"fitted_at": None},
        {"removed_at": "1999"},
        {"wearer_id": "W-2"},
    ]
    for faulty in faults:
        assert (await corrected(callers, 1, **{"fitted_at": START, **faulty})).status_code == 422
    assert (await callers["admin"].get("/v1/fittings/1")).json()["fitted_at"] == OF_W1["fitted_at"]


async def test_a_correction_into_somebody_elses_time_is_refused(callers: Callers) -> None:
    await decided(callers, await corrected(callers, 1, fitted_at=OF_W1["fitted_at"], removed_at=LATER))
    assert await counted(callers, "admin", fitting("T-1", "W-2", fitted_at=END)) == (1, 0, 0, 0)
    answer = await corrected(callers, 1, fitted_at=OF_W1["fitted_at"])
    assert (answer.status_code, "on another wearer from" in answer.json()["detail"]) == (409, True)


async def test_a_fitting_that_never_was_stays_to_be_read_and_makes_room(callers: Callers) -> None:
    asked = await callers["admin"].post("/v1/fittings/1/void", json={"reason": "the wrong tag"})
    assert asked.status_code == 202
    assert (await decided(callers, asked, "admin")).status_code == 403
    assert (await decided(callers, asked, "second")).status_code == 200
    assert (await callers["auditor"].get("/v1/fittings/1")).json()["standing"] is False
    assert [one["fitting_id"] for one in await listed(callers, standing=True)] == [2]
    assert await counted(callers, "admin", OF_W1 | {"wearer_id": "W-2"}) == (1, 0, 0, 0)
    for answer in (
        await corrected(callers, 1, fitted_at=START),
        await callers["admin"].post("/v1/fittings/1/void", json={"reason": "the wrong tag"}),
    ):
        assert (answer.status_code, "never was" in answer.json()["detail"]) == (409, True)


async def test_a_void_has_a_reason_and_nothing_else(callers: Callers) -> None:
    for body in ({}, {"reason": "why", "removed_at": END}):
        assert (await callers["admin"].post("/v1/fittings/1/void", json=body)).status_code == 422
    assert (await callers["provider"].post("/v1/fittings/1/void", json={"reason": "why"})).status_code == 403
    assert (await callers["admin"].post("/v1/fittings/99/void", json={"reason": "why"})).status_code == 404
