"""The register's history over HTTP: who may read what of it, in pages, the newest first."""

from typing import Any

import pytest

from geofence.instants import Instant
from service.database import Pool
from service.register import history
from service.register.changes import Act, begin_change
from service.register.findings import Finding
from service.register.images import IN_ORDER, INSTANT_COLUMNS
from tests.service.http.conftest import Callers

DRAFT = """
INSERT INTO court_order (order_id, kind, reference, force, wearer_id, made_on, effective_from, ends, drawn_by, drawn_at)
VALUES ('O-7', 'DAPO', 'DAPO-7', 'MPS', 'W-1', '2026-11-01', '2026-11-01Z', '{"kind": "further_order"}', 'anne',
        '2026-11-01 10:00+02')"""
CLAUSE = """
INSERT INTO prohibition (prohibition_id, order_id, clause, wording, starts_at)
VALUES ('P-7', 'O-7', '1', 'Not to enter', '2026-11-01Z')"""
ZONE = """
INSERT INTO zone (zone_id, prohibition_id) VALUES ('Z-7', 'P-7');
INSERT INTO zone_version (zone_id, version, valid_from, footprint, distance_m, drawn_by, drawn_at)
VALUES ('Z-7', 1, '2026-11-01Z', '{"type": "Point", "coordinates": [-0.1, 51.5]}', 100, 'anne', '2026-11-01Z')"""
PUBLISH = "UPDATE court_order SET published_by = 'bert', published_at = '2026-11-02Z' WHERE order_id = 'O-7'"
PUBLISH_ZONE = "UPDATE zone_version SET published_by = 'bert', published_at = '2026-11-03Z' WHERE zone_id = 'Z-7'"
VARY = "UPDATE prohibition SET ends_at = '2026-12-01Z' WHERE prohibition_id = 'P-7'"
SUSPEND = """
INSERT INTO suspension (order_id, starts_at, ends_at, reason, authority)
VALUES ('O-7', '2026-11-10Z', '2026-11-11Z', 'funeral', 'the court')"""
AT_HOME = Finding("warning", "zone Z-7, version 1, home", "the wearer's home lies in the zone", "draw it elsewhere")
STEPS = (DRAFT, CLAUSE, ZONE, PUBLISH, PUBLISH_ZONE, VARY, SUSPEND)


async def changed(pool: Pool, now: Instant, *statements: str) -> None:
    """Make one change of the register for each statement; its number in the list is what it is called."""
    async with pool.acquire() as connection:
        for number, statement in enumerate(statements):
            async with connection.transaction():
                act = Act("anne", "admin", f"step {number}", "why", "the court", "bert", [AT_HOME])
                await begin_change(connection, act, now)
                await connection.execute(statement)


async def read(callers: Callers, who: str, path: str) -> list[dict[str, Any]]:
    answer = await callers[who].get(path)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def told(items: list[dict[str, Any]]) -> list[tuple[str, list[tuple[str, bool, bool]]]]:
    """Return what was done, and of each row its table and whether it was and is there."""
    return [
        (item["what"], [(row["table"], row["before"] is not None, row["after"] is not None) for row in item["rows"]])
        for item in items
    ]


async def test_an_order_is_told_with_all_that_belongs_to_it_the_newest_first(
    callers: Callers, desk: Pool, now: Instant
) -> None:
    await changed(desk, now, *STEPS)
    items = await read(callers, "auditor", "/v1/orders/O-7/history")
    assert told(items) == [
        ("step 6", [("suspension", False, True)]),
        ("step 5", [("prohibition", True, True)]),
        ("step 4", [("zone_version", True, True)]),
        ("step 3", [("court_order", True, True)]),
        ("step 2", [("zone", False, True), ("zone_version", False, True)]),
        ("step 1", [("prohibition", False, True)]),
        ("step 0", [("court_order", False, True)]),
    ]
    why = {name: items[0][name] for name in ("at", "actor", "role", "reason", "authority", "proposed_by")}
    assert why == {
        "at": "2026-11-21T09:30:00Z",
        "actor": "anne",
        "role": "admin",
        "reason": "why",
        "authority": "the court",
        "proposed_by": "bert",
    }
    [version] = items[2]["rows"]
    assert version["key"] == {"zone_id": "Z-7", "version": 1}
    assert version["after"]["footprint"] == {"type": "Point", "coordinates": [-0.1, 51.5]}
    assert (version["before"]["published_at"], version["after"]["published_at"]) == (None, "2026-11-03T00:00:00Z")
    assert items[-1]["rows"][0]["after"]["drawn_at"] == "2026-11-01T08:00:00Z"
    assert "since_version" not in items[-1]["rows"][0]["after"]


async def test_the_police_read_what_changed_since_it_was_in_force_and_no_zone(
    callers: Callers, desk: Pool, now: Instant
) -> None:
    await changed(desk, now, *STEPS[:3])
    assert (await callers["MPS"].get("/v1/orders/O-7/history")).status_code == 404
    await changed(desk, now, *STEPS[3:])
    items = await read(callers, "MPS", "/v1/orders/O-7/history")
    assert told(items) == [
        ("step 3", [("suspension", False, True)]),
        # What the clause was came with the draft, and held when the order was published.
        ("step 2", [("prohibition", True, True)]),
        # What the order was before is the draft.
        ("step 0", [("court_order", False, True)]),
    ]
    # What a zone's design warned of tells where people live.
    assert [item["warnings"] for item in items] == [[], [], []]
    assert (await read(callers, "admin", "/v1/orders/O-7/history"))[0]["warnings"] == [str(AT_HOME)]
    assert (await callers["GMP"].get("/v1/orders/O-7/history")).status_code == 404
    for path in ("/v1/zones/Z-7/history", "/v1/wearers/W-1/history", "/v1/fittings/1/history", "/v1/register/changes"):
        assert (await callers["MPS"].get(path)).status_code == 403


async def test_what_is_gone_is_still_told(callers: Callers, desk: Pool, now: Instant) -> None:
    await changed(desk, now, DRAFT, CLAUSE)
    await changed(desk, now, "DELETE FROM prohibition WHERE prohibition_id = 'P-7'")
    await changed(desk, now, "DELETE FROM court_order WHERE order_id = 'O-7'")
    # The clause's id is used again, by another order, with a zone.
    await changed(desk, now, CLAUSE.replace("O-7", "O-1"), ZONE)
    items = await read(callers, "admin", "/v1/orders/O-7/history")
    assert [rows for _, rows in told(items)] == [
        [("court_order", True, False)],
        [("prohibition", True, False)],
        [("prohibition", False, True)],
        [("court_order", False, True)],
    ]
    assert (await callers["MPS"].get("/v1/orders/O-7/history")).status_code == 404


async def test_zones_wearers_and_fittings_have_their_own(callers: Callers, desk: Pool, now: Instant) -> None:
    fitting_id = await desk.fetchval("SELECT fitting_id FROM fitting WHERE tag_id = 'T-1'")
    await changed(
        desk,
        now,
        "UPDATE wearer SET name = 'Other' WHERE wearer_id = 'W-1'",
        f"UPDATE fitting SET removed_at = '2026-11-20Z' WHERE fitting_id = {fitting_id}",  # noqa: S608 - a number
        "UPDATE zone SET label = 'Zone X' WHERE zone_id = 'Z-1'",
    )
    wearer = await read(callers, "admin", "/v1/wearers/W-1/history")
    assert [rows for _, rows in told(wearer)] == [
        [("fitting", True, True)],
        [("wearer", True, True)],
        [("wearer", False, True), ("fitting", False, True)],
    ]
    [fitting, entered] = await read(callers, "admin", f"/v1/fittings/{fitting_id}/history")
    assert fitting["rows"][0]["key"] == {"fitting_id": fitting_id}
    assert (entered["what"], entered["actor"]) == ("register loaded", "charles")
    zone = await read(callers, "auditor", "/v1/zones/Z-1/history")
    assert [item["rows"][0]["after"].get("label") for item in zone] == ["Zone X", "Zone A"]


@pytest.mark.parametrize(
    "path", ["/v1/orders/none/history", "/v1/zones/none/history", "/v1/wearers/none/history", "/v1/fittings/99/history"]
)
async def test_what_never_was_there_is_not_found(callers: Callers, path: str) -> None:
    assert (await callers["admin"].get(path)).status_code == 404


async def test_pages_follow_each_other_to_the_end(callers: Callers, desk: Pool, now: Instant) -> None:
    await changed(desk, now, *STEPS)
    whole: list[dict[str, Any]] = []
    for path in ("/v1/orders/O-7/history", "/v1/register/changes"):
        whole = await read(callers, "admin", path)
        found, link = [], f"{path}?limit=2"
        while link:
            answer = (await callers["admin"].get(link)).json()
            assert 1 <= len(answer["items"]) <= 2
            found += answer["items"]
            link = answer["next"]
        assert found == whole
    versions = [item["register_version"] for item in whole]
    assert versions == sorted(versions, reverse=True)
    assert versions[-1] == 1
    late = await callers["admin"].get("/v1/orders/O-7/history?after=1")
    assert (late.status_code, late.json()) == (200, {"items": [], "next": None})


async def test_a_change_of_no_row_is_listed_and_one_of_too_many_tells_how_many(
    callers: Callers, desk: Pool, now: Instant
) -> None:
    many = "INSERT INTO wearer (wearer_id, name) SELECT 'M-' || n, 'Many' FROM generate_series(1, {}) AS n"
    await changed(desk, now, "SELECT 1", many.format(history.ROWS_AT_MOST + 1))
    await changed(desk, now, "UPDATE wearer SET name = 'Few' WHERE wearer_id IN ('M-1', 'M-2')")
    few, large, nothing, _ = await read(callers, "admin", "/v1/register/changes")
    assert (nothing["what"], nothing["rows"], nothing["rows_left_out"]) == ("step 0", [], 0)
    assert (large["rows"], large["rows_left_out"]) == ([], history.ROWS_AT_MOST + 1)
    assert (len(few["rows"]), few["rows_left_out"]) == (2, 0)


async def test_a_page_ends_before_it_has_too_many_rows(callers: Callers, desk: Pool, now: Instant) -> None:
    many = "INSERT INTO wearer (wearer_id, name) SELECT '{}-' || n, 'Many' FROM generate_series(1, 600) AS n"
    await changed(desk, now, many.format("A"), many.format("B"))
    answer = (await callers["admin"].get("/v1/register/changes")).json()
    assert [item["what"] for item in answer["items"]] == ["step 1"]
    rest = (await callers["admin"].get(answer["next"])).json()
    assert [item["what"] for item in rest["items"]] == ["step 0", "register loaded"]
    assert rest["next"] is None


async def test_reading_a_history_is_written_down(callers: Callers, desk: Pool) -> None:
    await read(callers, "auditor", "/v1/zones/Z-1/history")
    row = await desk.fetchrow("SELECT actor, action, subject FROM audit ORDER BY audit_id DESC LIMIT 1")
    assert row is not None
    assert tuple(row) == ("auditor", "consultation", "history of zone Z-1")


async def test_every_table_that_has_a_history_is_told_and_every_instant_printed(pool: Pool) -> None:
    async with pool.acquire() as connection:
        kept = await connection.fetch(
            "SELECT tgrelid::regclass::text AS name FROM pg_trigger WHERE tgname = 'keeps_what_was' ORDER BY 1"
        )
        view = await connection.fetchval("SELECT pg_get_viewdef('register_image')")
        instants = await connection.fetch(
            "SELECT DISTINCT column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name = ANY($1) AND data_type = 'timestamp with time zone'",
            [row["name"] for row in kept],
        )
    assert len(kept) >= 9
    for row in kept:
        assert f"'{row['name']}'::text AS table_name" in view, "the migration must call show_images() once more"
        assert f"'{row['name']}'" in IN_ORDER
    assert {row["column_name"] for row in instants} == INSTANT_COLUMNS
