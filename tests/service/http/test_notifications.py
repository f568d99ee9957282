"""What the police record of notifications: it stops the clock, is recorded once, and never changes."""

from typing import Any

import asyncpg
import pytest

from service.database import Pool
from tests.service.http.conftest import Callers
from tests.service.http.test_clocks import NOTICE, of_order, published
from tests.service.http.test_orders import entered

PATH = "/v1/orders/O-1/notifications"
MADE = {"what": "name_and_address", "confirmed_at": "2026-10-02T09:00:00Z"}
CHANGE = {"what": "change", "happened_on": "2026-11-19"}


async def test_name_and_address_are_not_recorded_until_the_police_confirm(callers: Callers) -> None:
    (clock,) = await of_order(callers, "notification", "O-1")
    # Seven weeks late, and still not overdue: that is for the police to say. London is at BST on 1 October.
    assert (clock["since"], clock["due_at"]) == ("2026-09-30T23:00:00Z", "2026-10-03T23:00:00Z")
    assert clock["state"] == "not_recorded"
    answer = await callers["MPS"].post(PATH, json=MADE, headers={"Idempotency-Key": "a"})
    assert answer.status_code == 201, answer.text
    assert answer.json() == {
        "notification_id": 1,
        "order_id": "O-1",
        "what": "name_and_address",
        "happened_on": None,
        "confirmed_at": "2026-10-02T09:00:00Z",
        "recorded_by": "MPS",
        "role": "police",
        "at": "2026-11-21T09:30:00Z",
    }
    again = await callers["MPS"].post(PATH, json=MADE, headers={"Idempotency-Key": "a"})
    assert (again.status_code, again.json()) == (201, answer.json())
    assert not await of_order(callers, "notification", "O-1")
    assert await of_order(callers, "notification", "O-1", as_of="2026-11-20T00:00:00Z")
    assert (await callers["MPS"].post(PATH, json=MADE)).status_code == 409
    assert (await callers["auditor"].get(PATH)).json() == {"items": [answer.json()], "next": None}
    before = await callers["auditor"].get(PATH, params={"as_of": "2026-11-20T00:00:00Z"})
    assert before.json()["items"] == []


async def test_a_change_runs_a_clock_of_its_own_until_it_is_confirmed(callers: Callers) -> None:
    await callers["MPS"].post(PATH, json=MADE)
    assert (await callers["admin"].post(PATH, json=CHANGE)).status_code == 201
    (clock,) = await of_order(callers, "notification", "O-1")
    assert (clock["since"], clock["due_at"]) == ("2026-11-19T00:00:00Z", "2026-11-22T00:00:00Z")
    assert clock["state"] == "not_recorded"
    assert (await callers["MPS"].post(PATH, json=CHANGE)).status_code == 409
    confirmed = {**CHANGE, "confirmed_at": "2026-11-20T09:00:00Z"}
    assert (await callers["MPS"].post(PATH, json=confirmed)).status_code == 201
    assert not await of_order(callers, "notification", "O-1")
    later = {**CHANGE, "confirmed_at": "2026-11-21T09:00:00Z"}
    for said in (CHANGE, confirmed, later):
        assert (await callers["MPS"].post(PATH, json=said)).status_code == 409
    assert len((await callers["MPS"].get(PATH)).json()["items"]) == 3


async def test_another_force_and_other_roles_record_nothing(callers: Callers) -> None:
    assert (await callers["GMP"].post(PATH, json=MADE)).status_code == 404
    assert (await callers["GMP"].get(PATH)).status_code == 404
    for caller in ("auditor", "provider", "operator"):
        assert (await callers[caller].post(PATH, json=MADE)).status_code == 403
    assert (await callers["MPS"].get(PATH)).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/what"),
        ({"what": "tag"}, "/what"),
        ({"what": "name_and_address"}, "/confirmed_at"),
        ({**MADE, "confirmed_at": "2026-11-21T09:30:01Z"}, "/confirmed_at"),
        ({**MADE, "confirmed_at": "2026-09-30T22:59:59Z"}, "/confirmed_at"),
        ({**MADE, "confirmed_at": "9999-12-31T23:59:59Z"}, "/confirmed_at"),
        ({**MADE, "confirmed_at": "2026-10-02T09:00:00"}, "/confirmed_at"),
        ({**MADE, "happened_on": "2026-10-01"}, "/happened_on"),
        ({**MADE, "address": "x"}, "/address"),
        ({"what": "change"}, "/happened_on"),
        ({"what": "change", "happened_on": "2026-11-22"}, "/happened_on"),
        ({"what": "change", "happened_on": "2026-09-30"}, "/happened_on"),
    ],
)
async def test_what_can_not_be_so_is_refused_by_its_member(
    callers: Callers, body: dict[str, Any], pointer: str
) -> None:
    answer = await callers["MPS"].post(PATH, json=body)
    assert answer.status_code == 422, answer.text
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


async def test_the_first_instant_of_the_day_and_the_present_one_are_taken(callers: Callers) -> None:
    first = {**MADE, "confirmed_at": "2026-09-30T23:00:00Z"}
    assert (await callers["MPS"].post(PATH, json=first)).status_code == 201
    today = {"what": "change", "happened_on": "2026-11-21", "confirmed_at": "2026-11-21T09:30:00Z"}
    assert (await callers["MPS"].post(PATH, json=today)).status_code == 201


async def test_a_draft_and_an_order_of_another_kind_ask_for_no_notification(callers: Callers) -> None:
    await entered(callers)
    path = "/v1/orders/O-9/notifications"
    assert (await callers["admin"].post(path, json=MADE)).status_code == 409
    assert (await callers["MPS"].post(path, json=MADE)).status_code == 404
    assert not await of_order(callers, "notification")
    notice = {**NOTICE, "order_id": "O-8"}
    notice["prohibitions"] = [{**NOTICE["prohibitions"][0], "prohibition_id": "P-8"}]
    await published(callers, **notice)
    assert (await callers["MPS"].post("/v1/orders/O-8/notifications", json=MADE)).status_code == 409
    assert not await of_order(callers, "notification", "O-8")


async def test_what_was_recorded_never_changes_and_is_a_change_of_the_register(callers: Callers, desk: Pool) -> None:
    await callers["MPS"].post(PATH, json=MADE)
    for statement in (
        "UPDATE notification SET confirmed_at = now()",
        "DELETE FROM notification",
        "TRUNCATE notification",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await desk.execute(statement)
    told = await desk.fetchrow("SELECT actor, role, what FROM register_change ORDER BY register_version DESC LIMIT 1")
    assert told is not None
    assert tuple(told) == ("MPS", "police", "order O-1: name and address notified")
