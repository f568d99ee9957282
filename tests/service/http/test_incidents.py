import httpx
import pytest

from service.database import Pool
from tests.service.http.conftest import Callers
from tests.service.http.desk import CLOSED, ELSEWHERE, MERGED, NAME, OPEN, WITHDRAWN


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["incident_id"] for item in answer.json()["items"]]


async def test_the_police_see_their_own_force_and_the_last_first(callers: Callers) -> None:
    assert ids(await callers["MPS"].get("/v1/incidents")) == [OPEN, CLOSED]
    assert ids(await callers["GMP"].get("/v1/incidents")) == [ELSEWHERE]
    assert ids(await callers["admin"].get("/v1/incidents")) == [OPEN, CLOSED, ELSEWHERE]


async def test_an_incident_has_the_members_of_a_judgement_and_what_the_desk_adds(callers: Callers) -> None:
    (_, told) = (await callers["MPS"].get("/v1/incidents")).json()["items"]
    assert told == {
        "incident_id": CLOSED,
        "wearer_id": "W-1",
        "tag_id": "T-1",
        "order_id": "O-1",
        "prohibition_id": "P-1",
        "zone_id": "Z-1",
        "kind": "presence",
        "grade": "confirmed",
        "state": "closed",
        "began_at": "2026-11-20T18:02:00Z",
        "began_between": ["2026-11-20T18:02:00Z", "2026-11-20T18:02:00Z"],
        "ended_at": "2026-11-20T18:05:00Z",
        "ended_between": ["2026-11-20T18:05:00Z", "2026-11-20T18:05:00Z"],
        "already_inside": False,
        "suspended": False,
        "before_aware": False,
        "visits": 1,
        "deepest_m": 61.2,
        "p_inside_max": 0.9997,
        "force": "MPS",
        "detected_at": "2026-11-20T18:02:00Z",
        "changed_at": "2026-11-20T18:02:00Z",
        "standing": True,
        "rules_version": 1,
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("grade=confirmed", [CLOSED]),
        ("wearer=W-2", [ELSEWHERE]),
        ("wearer=W-9", []),
        ("force=GMP", [ELSEWHERE]),
        ("day=2026-11-20", [OPEN, CLOSED, ELSEWHERE]),
        ("day=2026-11-19", []),
        ("day=2026-11-20&grade=probable&force=MPS", [OPEN]),
    ],
)
async def test_filters_narrow_the_list(callers: Callers, query: str, expected: list[str]) -> None:
    assert ids(await callers["auditor"].get(f"/v1/incidents?{query}")) == expected


async def test_whoever_was_lost_inside_is_listed_every_day_until_he_is_heard_of(callers: Callers, desk: Pool) -> None:
    await desk.execute("UPDATE incident SET state = 'track_lost' WHERE incident_id = $1", OPEN)
    assert ids(await callers["MPS"].get("/v1/incidents?day=2026-11-22")) == [OPEN]
    await desk.execute(
        "INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, mechanism, clock_suspect)"
        " SELECT tag_no, '2026-11-21 07:00Z', '2026-11-21 07:01Z', 0, 51, 1, false FROM tag WHERE tag_id = 'T-1'"
    )
    assert ids(await callers["MPS"].get("/v1/incidents?day=2026-11-21")) == [OPEN]
    assert ids(await callers["MPS"].get("/v1/incidents?day=2026-11-22")) == []


async def test_pages_follow_each_other_without_gap_or_repetition(callers: Callers) -> None:
    found: list[str] = []
    place: str | None = "/v1/incidents?limit=1&day=2026-11-20"
    while place is not None:
        page = await callers["admin"].get(place)
        assert len(ids(page)) == 1
        found += ids(page)
        place = page.json()["next"]
    assert found == [OPEN, CLOSED, ELSEWHERE]


async def test_one_incident_shows_its_fixes(callers: Callers) -> None:
    told = (await callers["MPS"].get(f"/v1/incidents/{CLOSED}")).json()
    assert [fix["recorded_at"] for fix in told["fixes"]] == [f"2026-11-20T18:0{minute}:00Z" for minute in (2, 3, 4, 5)]
    assert told["fixes"][0] == {
        "tag_id": "T-1",
        "position_id": "p-0",
        "recorded_at": "2026-11-20T18:02:00Z",
        "mechanism": "gps",
        "r95_m": 8.0,
        "accuracy_assumed": False,
        "depth_m": 61.2,
        "p_inside": 0.99,
        "verdict": "INSIDE",
        "zone_version": 1,
        "implausible": False,
    }


async def test_a_former_id_finds_the_incident_that_it_became(callers: Callers, desk: Pool) -> None:
    await desk.execute("INSERT INTO incident_name VALUES ('00000000000000f6', $1)", MERGED)
    for former in (MERGED, "00000000000000f6"):
        told = await callers["MPS"].get(f"/v1/incidents/{former}")
        assert told.json()["incident_id"] == CLOSED
        assert len(told.json()["fixes"]) == 4


async def test_the_history_tells_every_id_that_leads_to_an_incident_and_no_other(callers: Callers, desk: Pool) -> None:
    names = [("00000000000000f6", MERGED), ("00000000000000f7", CLOSED), ("00000000000000f8", WITHDRAWN)]
    # What stands under its own id leads to itself, whatever the rules called it before.
    for name, incident_id in (*names, (OPEN, CLOSED)):
        await desk.execute("INSERT INTO incident_name VALUES ($1, $2)", name, incident_id)
    for asked in (CLOSED, MERGED, "00000000000000f6", "00000000000000f7"):
        told = (await callers["MPS"].get(f"/v1/incidents/{asked}/history")).json()
        assert (told["incident_id"], told["former_ids"]) == (CLOSED, [MERGED, "00000000000000f6", "00000000000000f7"])
    withdrawn = (await callers["MPS"].get("/v1/incidents/00000000000000f8/history")).json()
    assert (withdrawn["incident_id"], withdrawn["former_ids"]) == (WITHDRAWN, ["00000000000000f8"])
    assert await desk.fetchval("SELECT subject FROM audit ORDER BY audit_id DESC") == f"history of incident {WITHDRAWN}"


async def test_a_withdrawn_incident_can_be_read_and_is_not_listed(callers: Callers) -> None:
    assert (await callers["MPS"].get(f"/v1/incidents/{WITHDRAWN}")).json()["standing"] is False
    assert WITHDRAWN not in ids(await callers["MPS"].get("/v1/incidents"))


@pytest.mark.parametrize("suffix", ["", ".geojson", "/history"])
async def test_another_forces_incident_looks_as_if_there_were_none(callers: Callers, suffix: str) -> None:
    hidden = await callers["GMP"].get(f"/v1/incidents/{CLOSED}{suffix}")
    absent = await callers["GMP"].get(f"/v1/incidents/0000000000000000{suffix}")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.content == absent.content


async def test_the_force_that_a_zone_names_to_respond_receives_that_incident_and_nothing_else(
    callers: Callers, desk: Pool
) -> None:
    await desk.execute("UPDATE zone SET responding_force = 'MPS' WHERE zone_id = 'Z-2'")
    await desk.execute("UPDATE incident SET merged_into = NULL, standing = true WHERE incident_id = $1", MERGED)
    assert ids(await callers["MPS"].get("/v1/incidents")) == [OPEN, MERGED, CLOSED, ELSEWHERE]
    assert (await callers["MPS"].get(f"/v1/incidents/{ELSEWHERE}")).status_code == 200
    assert ids(await callers["GMP"].get("/v1/incidents")) == [ELSEWHERE]


async def test_another_force_is_refused_even_as_a_filter(callers: Callers) -> None:
    assert (await callers["GMP"].get("/v1/incidents?force=MPS")).status_code == 403


async def test_the_shape_is_geojson_of_the_zone_and_the_fixes(callers: Callers) -> None:
    answer = await callers["MPS"].get(f"/v1/incidents/{CLOSED}.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    zone, *fixes = answer.json()["features"]
    assert zone["geometry"] == {"type": "Point", "coordinates": [-0.1, 51.37]}
    assert zone["properties"] == {"zone_id": "Z-1", "version": 1, "distance_m": 200.0}
    assert fixes[0]["geometry"]["coordinates"] == [-0.1, 51.3701]
    assert [fix["properties"]["position_id"] for fix in fixes] == ["p-0", "p-1", "p-2", "p-3"]


async def test_every_consultation_is_written_down_without_a_name(callers: Callers, desk: Pool) -> None:
    await callers["MPS"].get("/v1/incidents?wearer=W-1")
    await callers["MPS"].get(f"/v1/incidents/{CLOSED}")
    rows = await desk.fetch("SELECT actor, role, action, subject FROM audit ORDER BY audit_id")
    assert [tuple(row) for row in rows] == [
        ("MPS", "police", "consultation", "incidents?limit=100&wearer=W-1"),
        ("MPS", "police", "consultation", f"incident {CLOSED}"),
    ]
    assert NAME not in str(rows)


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("grade=severe&day=yesterday&limit=0", ["day", "grade", "limit"]),
        ("day=1795197731", ["day"]),
        ("day=2026-02-30", ["day"]),
        ("day=9999-12-31", ["day"]),
        ("wearers=W-1", ["wearers"]),
        ("after=1.zzz", ["after"]),
        ("after=999999999999999999.0000000000000000", ["after"]),
        ("wearer=%00", ["wearer"]),
        ("force=", ["force"]),
    ],
)
async def test_every_faulty_parameter_is_named_and_no_value_repeated(
    callers: Callers, query: str, parameters: list[str]
) -> None:
    answer = await callers["admin"].get(f"/v1/incidents?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert sorted(fault["parameter"] for fault in answer.json()["errors"]) == parameters
    for value in ("severe", "yesterday", "zzz", "1795197731", "9999-12-31"):
        assert value not in answer.text
