"""The clocks that run, over HTTP: each kind begins, ends, and is seen by whom it concerns."""

from typing import Any

import httpx
import pytest

from geofence.ids import ZoneId
from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.database import Pool
from service.register.changes import Act, begin_change
from service.register.zones.publishing import Publishing, publish, publish_in_emergency, refuse_emergency
from service.register.zones.zone import read_zone
from tests.service.http.conftest import Callers
from tests.service.http.test_orders import ORDER, entered

ALONE, SECOND = Actor(Role.ADMIN, None, "admin"), Actor(Role.ADMIN, None, "second")
DAY_US = 86_400_000_000
PLACE = {"type": "Point", "coordinates": [-0.1, 51.37]}
CLAUSE: dict[str, Any] = ORDER["prohibitions"][0]
NOTICE: dict[str, Any] = {
    "kind": "DAPN",
    "monitoring": None,
    "made_on": "2026-11-20",
    "effective_from": "2026-11-20T15:00:00Z",
    "ends": {"kind": "event", "event": "the hearing"},
    "prohibitions": [{**CLAUSE, "from": "2026-11-20T15:00:00Z"}],
}
# Another clause, so that monitoring is not the only one, and a zone that is drawn with the order.
ZONED: dict[str, Any] = {
    "prohibitions": [
        {
            **CLAUSE,
            "needs_zone": True,
            "zones": [
                {
                    "zone_id": "Z-9",
                    "versions": [
                        {"version": 1, "valid_from": "2026-11-21T09:30:00Z", "footprint": PLACE, "distance_m": 100}
                    ],
                }
            ],
        }
    ]
}


async def clocks(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    """Return all clocks that somebody sees, page by page."""
    found: list[dict[str, Any]] = []
    url, first = "/v1/clocks", {"limit": "500", **query}
    while True:
        answer = await client.get(url, params=first or None)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            return found
        url, first = answer.json()["next"], {}


async def of_order(callers: Callers, kind: str, order_id: str = "O-9", **query: str) -> list[dict[str, Any]]:
    """Return the clocks of a kind and order, after looking that the other force and strangers do not see them."""
    found = [clock for clock in await clocks(callers["admin"], kind=kind, **query) if clock["order_id"] == order_id]
    assert found == [c for c in await clocks(callers["auditor"], kind=kind, **query) if c["order_id"] == order_id]
    assert not [clock for clock in await clocks(callers["GMP"], **query) if clock["order_id"] == order_id]
    seen = [clock for clock in await clocks(callers["MPS"], kind=kind, **query) if clock["order_id"] == order_id]
    assert seen == ([] if kind in {"draft", "proposal"} else found)
    return found


async def published(callers: Callers, **changed: Any) -> str:
    """Enter and publish an order; return its path."""
    draft = await entered(callers, **changed)
    path = draft.headers["location"]
    answer = await callers["second"].post(
        f"{path}/publish", json={"reason": "checked with the court"}, headers={"If-Match": draft.headers["etag"]}
    )
    assert answer.status_code == 200, answer.text
    return str(path)


async def proposed(callers: Callers, path: str, **body: Any) -> httpx.Response:
    asked = await callers["admin"].post(path, json={"reason": "said the court", **body})
    assert asked.status_code == 202, asked.text
    return asked


async def approve(callers: Callers, asked: httpx.Response) -> None:
    etag = {"If-Match": asked.headers["etag"]}
    done = await callers["second"].post(f"{asked.headers['location']}/approval", json={}, headers=etag)
    assert done.status_code == 200, done.text


async def test_a_notice_awaits_its_hearing_until_its_outcome_is_entered(callers: Callers) -> None:
    path = await published(callers, **NOTICE)
    # Friday 9 h, Saturday 24 h, no Sunday, Monday 15 h.
    (clock,) = await of_order(callers, "hearing")
    assert (clock["since"], clock["due_at"]) == ("2026-11-20T15:00:00Z", "2026-11-23T15:00:00Z")
    assert (clock["state"], clock["wearer_id"], clock["force"]) == ("running", "W-1", "MPS")
    (before,) = await of_order(callers, "hearing", as_of="2026-11-23T14:59:59Z")
    (late,) = await of_order(callers, "hearing", as_of="2026-11-23T15:00:00Z")
    assert (before["state"], late["state"]) == ("running", "overdue")
    assert await of_order(callers, "hearing", as_of="2026-11-23T15:00:00Z", overdue="true") == [late]
    assert not await of_order(callers, "hearing", as_of="2026-11-23T15:00:00Z", overdue="false")
    await approve(callers, await proposed(callers, f"{path}/event", at="2026-11-21T09:00:00Z"))
    assert not await of_order(callers, "hearing")


async def test_a_date_on_which_a_notice_ends_does_not_stop_its_clock_for_28_days(callers: Callers) -> None:
    await published(callers, **{**NOTICE, "ends": {"kind": "date", "at": "2026-11-22T15:00:00Z"}})
    (clock,) = await of_order(callers, "hearing", as_of="2026-12-20T14:59:59Z")
    assert clock["state"] == "overdue"
    assert not await of_order(callers, "hearing", as_of="2026-12-20T15:00:00Z")


async def test_a_notice_that_is_not_given_yet_or_is_no_dapn_awaits_no_hearing(callers: Callers) -> None:
    await published(callers)
    assert not await of_order(callers, "hearing")
    later = {**NOTICE, "order_id": "O-8", "effective_from": "2026-11-21T15:00:00Z"}
    later["prohibitions"] = [{**CLAUSE, "prohibition_id": "P-8", "from": "2026-11-21T15:00:00Z"}]
    await published(callers, **later)
    assert not await of_order(callers, "hearing", "O-8")
    assert await of_order(callers, "hearing", "O-8", as_of="2026-11-21T15:00:00Z")


async def test_an_order_and_its_monitoring_are_told_of_in_their_last_28_days(callers: Callers) -> None:
    ends, monitored = "2027-03-31T12:00:00Z", "2027-03-01T12:00:00Z"
    path = await published(
        callers,
        ends={"kind": "date", "at": ends},
        monitoring={"from": "2026-11-01T12:00:00Z", "until": monitored},
    )
    for kind, first, last in (
        ("monitoring_ends", "2027-02-01T12:00:00Z", monitored),
        ("order_ends", "2027-03-03T12:00:00Z", ends),
    ):
        assert not await of_order(callers, kind, as_of=first.replace("12:00:00", "11:59:59"))
        (clock,) = await of_order(callers, kind, as_of=first)
        assert (clock["since"], clock["due_at"], clock["state"]) == (first, last, "running")
        assert await of_order(callers, kind, as_of=last.replace("12:00:00", "11:59:59"))
        assert not await of_order(callers, kind, as_of=last)
    await approve(callers, await proposed(callers, f"{path}/discharge", at="2026-12-01T12:00:00Z"))
    (clock,) = await of_order(callers, "order_ends")
    assert clock["due_at"] == "2026-12-01T12:00:00Z"
    assert not await of_order(callers, "monitoring_ends", as_of="2027-02-01T12:00:00Z")


async def test_a_clause_awaits_its_zone_until_one_is_in_force(callers: Callers, desk: Pool, now: Instant) -> None:
    path = await published(callers, prohibitions=[{**CLAUSE, "needs_zone": True}])
    (clock,) = await of_order(callers, "zone_awaited")
    assert (clock["prohibition_id"], clock["zone_id"]) == ("P-9", None)
    assert (clock["since"], clock["due_at"], clock["state"]) == ("2026-11-01T12:00:00Z", None, "running")
    await changed(
        desk,
        now,
        "INSERT INTO zone (zone_id, prohibition_id) VALUES ('Z-9', 'P-9');"
        "INSERT INTO zone_version (zone_id, version, valid_from, valid_until, footprint, distance_m, drawn_by,"
        " drawn_at) VALUES ('Z-9', 1, '2026-11-20Z', '2026-11-22Z', '{}', 9, 'anne', '2026-11-20Z')",
    )
    assert await of_order(callers, "zone_awaited"), "a draft judges nothing"
    await changed(
        desk,
        now,
        "UPDATE zone_version SET published_by = 'bert', published_at = '2026-11-20Z' WHERE zone_id = 'Z-9'",
    )
    assert not await of_order(callers, "zone_awaited")
    (again,) = await of_order(callers, "zone_awaited", as_of="2026-11-22T00:00:00Z")
    assert again["since"] == "2026-11-22T00:00:00Z"
    await changed(desk, now, "UPDATE zone_version SET withdrawn_at = '2026-11-21Z' WHERE zone_id = 'Z-9'")
    (never,) = await of_order(callers, "zone_awaited")
    assert never["since"] == "2026-11-01T12:00:00Z"
    await approve(callers, await proposed(callers, f"{path}/discharge", at="2026-11-21T00:00:00Z"))
    assert not await of_order(callers, "zone_awaited")


async def changed(desk: Pool, now: Instant, statements: str) -> None:
    """Change the register by hand, at the instant at which the tests take place."""
    async with desk.acquire() as connection, connection.transaction():
        await begin_change(connection, Act("charles", "operator", "changed by hand"), now)
        await connection.execute(statements)


async def test_a_clause_that_needs_no_zone_or_has_not_begun_awaits_none(callers: Callers) -> None:
    await published(callers, prohibitions=[CLAUSE, {**CLAUSE, "prohibition_id": "P-8", "from": "2026-12-01T12:00:00Z",
                                                    "needs_zone": True}])  # fmt: skip
    assert not await of_order(callers, "zone_awaited")
    (clock,) = await of_order(callers, "zone_awaited", as_of="2026-12-02T12:00:00Z")
    assert (clock["prohibition_id"], clock["since"]) == ("P-8", "2026-12-01T12:00:00Z")


async def test_a_suspension_is_told_of_from_7_days_before_to_its_end(callers: Callers) -> None:
    path = await published(callers)
    body = {"from": "2026-12-05T09:00:00Z", "until": "2026-12-05T17:00:00Z", "authority": "the court"}
    await approve(callers, await proposed(callers, f"{path}/suspensions", **body))
    assert not await of_order(callers, "suspension", as_of="2026-11-28T08:59:59Z")
    (coming,) = await of_order(callers, "suspension", as_of="2026-11-28T09:00:00Z")
    (running,) = await of_order(callers, "suspension", as_of="2026-12-05T16:59:59Z")
    assert (coming["since"], coming["due_at"], coming["state"]) == (body["from"], body["until"], "running")
    assert coming["text"] != running["text"]
    assert not await of_order(callers, "suspension", as_of=body["until"])


async def test_proposals_and_drafts_are_told_of_until_they_are_decided(
    callers: Callers, desk: Pool, now: Instant
) -> None:
    draft = await entered(callers, **ZONED)
    order, version = await of_order(callers, "draft")
    assert (order["zone_id"], version["zone_id"], version["prohibition_id"]) == (None, "Z-9", "P-9")
    assert order["since"] == "2026-11-21T09:30:00Z"
    async with desk.acquire() as connection:
        zone = await read_zone(connection, ZoneId("Z-9"))
        async with connection.transaction():
            asked = Publishing(ZoneId("Z-9"), 1, zone.etag, SECOND, "checked")
            await publish(connection, asked, now)
    assert not await of_order(callers, "draft")
    found = await proposed(callers, f"{draft.headers['location']}/discharge", at="2026-11-21T10:00:00Z")
    (clock,) = await of_order(callers, "proposal")
    assert (clock["since"], clock["due_at"], clock["wearer_id"]) == ("2026-11-21T09:30:00Z", None, "W-1")
    assert f"proposal {found.json()['proposal_id']}: discharge" in clock["text"]
    await approve(callers, found)
    assert not await of_order(callers, "proposal")


async def in_emergency(callers: Callers, desk: Pool, now: Instant, **more: Any) -> None:
    """Have one person alone enter an order with a zone, and put both in force."""
    await entered(callers, **ZONED, **more)
    async with desk.acquire() as connection, connection.transaction():
        zone = await read_zone(connection, ZoneId("Z-9"))
        await publish_in_emergency(connection, Publishing(ZoneId("Z-9"), 1, zone.etag, ALONE), now)


async def metric(callers: Callers) -> float:
    told = (await callers["operator"].get("/metrics")).text
    (line,) = [line for line in told.splitlines() if line.startswith("cordon_emergencies_unconfirmed ")]
    return float(line.rpartition(" ")[2])


async def test_what_one_person_put_in_force_alarms_until_a_second_confirms(
    callers: Callers, desk: Pool, now: Instant
) -> None:
    assert await metric(callers) == 0
    await in_emergency(callers, desk, now)
    order, version = await of_order(callers, "emergency")
    assert {order["since"], version["since"]} == {"2026-11-21T09:30:00Z"}
    assert {order["due_at"], version["due_at"]} == {"2026-11-22T09:30:00Z"}
    assert (order["zone_id"], version["zone_id"], version["prohibition_id"]) == (None, "Z-9", "P-9")
    assert [clock["state"] for clock in (order, version)] == ["running", "running"]
    assert await metric(callers) == 2
    late = await of_order(callers, "emergency", as_of="2026-11-22T09:30:00Z", overdue="true")
    assert [clock["state"] for clock in late] == ["overdue", "overdue"]
    async with desk.acquire() as connection, connection.transaction():
        zone = await read_zone(connection, ZoneId("Z-9"))
        # A day too late, but somebody has answered for it.
        asked = Publishing(ZoneId("Z-9"), 1, zone.etag, SECOND, "checked")
        await publish(connection, asked, Instant(now + 2 * DAY_US))
    assert not await of_order(callers, "emergency")
    assert await metric(callers) == 0
    # As it stood before, it still can be read.
    assert len(await of_order(callers, "emergency", as_of="2026-11-22T00:00:00Z")) == 2


async def test_what_a_second_person_refused_is_answered_for(callers: Callers, desk: Pool, now: Instant) -> None:
    await in_emergency(callers, desk, now)
    async with desk.acquire() as connection, connection.transaction():
        zone = await read_zone(connection, ZoneId("Z-9"))
        await refuse_emergency(
            connection, Publishing(ZoneId("Z-9"), 1, zone.etag, SECOND, "no emergency"), Instant(now + 1)
        )
    assert not await of_order(callers, "emergency", as_of="2026-11-21T10:00:00Z")
    assert await metric(callers) == 0


@pytest.mark.parametrize(("publisher", "left"), [("second", 1), ("admin", 2)])
async def test_a_later_version_answers_for_an_emergency_if_somebody_else_published_it(
    callers: Callers, desk: Pool, now: Instant, publisher: str, left: int
) -> None:
    await in_emergency(callers, desk, now)
    async with desk.acquire() as connection:
        await connection.execute(
            "INSERT INTO zone_version (zone_id, version, valid_from, footprint, distance_m, drawn_by, drawn_at,"
            " published_by, published_at) VALUES ('Z-9', 2, '2026-11-23Z', '{}', 9, 'anne', '2026-11-22Z', $1,"
            " '2026-11-22T09:30:00Z')",
            publisher,
        )
    assert len(await of_order(callers, "emergency")) == left
    assert await metric(callers) == left


async def test_a_variation_by_a_second_person_is_no_answer_to_an_emergency(
    callers: Callers, desk: Pool, now: Instant
) -> None:
    await in_emergency(callers, desk, now)
    await approve(callers, await proposed(callers, "/v1/orders/O-9/variations", aware_from="2026-11-21T09:00:00Z"))
    assert len(await of_order(callers, "emergency")) == 2


async def test_what_one_person_enters_himself_is_no_answer_to_his_emergency(
    callers: Callers, desk: Pool, now: Instant
) -> None:
    await in_emergency(callers, desk, now, discharged_at="2026-11-21T09:00:00Z")
    assert len(await of_order(callers, "emergency")) == 2


async def many(desk: Pool) -> None:
    """Write orders whose clocks are due together, apart, and never."""
    async with desk.acquire() as connection:
        for number in range(12):
            await connection.execute(
                "INSERT INTO court_order (order_id, kind, reference, force, wearer_id, made_on, effective_from, ends,"
                " drawn_by, drawn_at, published_by, published_at) VALUES ($1, 'DAPO', 'r', $2, 'W-1', '2026-11-01',"
                " '2026-11-01Z', $3, 'anne', '2026-11-01Z', $4, CASE WHEN $4::text IS NULL THEN NULL"
                " ELSE '2026-11-01Z'::timestamptz END)",
                f"many {number}~é",
                ("MPS", "GMP")[number % 2],
                '{"kind": "date", "at": "2026-12-01T00:00:00Z"}',
                None if number % 3 == 0 else "bert",
            )


async def test_pages_of_any_size_show_every_clock_once_in_the_same_order(callers: Callers, desk: Pool) -> None:
    await many(desk)
    whole = await clocks(callers["admin"])
    assert len(whole) > 20
    assert len({(clock["kind"], clock["order_id"], clock["zone_id"]) for clock in whole}) == len(whole)
    due = [clock["due_at"] or "9999" for clock in whole]
    assert due == sorted(due)
    for limit in range(1, len(whole) + 2):
        assert await clocks(callers["admin"], limit=str(limit)) == whole
    of_force = [clock for clock in whole if clock["force"] == "GMP"]
    assert await clocks(callers["admin"], limit="3", force="GMP") == of_force
    own = [clock for clock in of_force if clock["kind"] not in {"draft", "proposal"}]
    assert await clocks(callers["GMP"], limit="2") == own


async def test_the_police_are_refused_another_force_and_a_link_of_ones_own_making_is(callers: Callers) -> None:
    assert (await callers["GMP"].get("/v1/clocks", params={"force": "MPS"})).status_code == 403
    for query in ({"after": "x"}, {"kind": "x"}, {"overdue": "x"}, {"order": "O-1"}, {"as_of": "yesterday"}):
        assert (await callers["admin"].get("/v1/clocks", params=query)).status_code == 422, query


async def test_no_text_names_a_person_a_place_or_a_clause(callers: Callers, desk: Pool, now: Instant) -> None:
    await in_emergency(callers, desk, now)
    for clock in await clocks(callers["admin"]):
        for told in ("Alexandra", "Weaver", "metres", "51.", "O-", "W-", "Z-", "P-"):
            assert told not in clock["text"]
