import gzip
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from service.database import Pool
from tests.service.http.conftest import Callers

NDJSON = {"Content-Type": "application/x-ndjson"}


def fix(minute: int, **other: object) -> dict[str, object]:
    told = {"tag_id": "T-9", "recorded_at": f"2026-11-21T08:{minute:02}:00Z", "latitude": 51.37, "longitude": -0.1}
    return told | other


async def recorded(pool: Pool) -> list[datetime]:
    rows = await pool.fetch("SELECT recorded_at FROM fix JOIN tag USING (tag_no) WHERE tag_id = 'T-9' ORDER BY 1")
    return [row[0] for row in rows]


def counts(answer: httpx.Response) -> dict[str, int]:
    assert answer.status_code == 202, answer.text
    told: dict[str, int] = answer.json()["counts"]
    return told


async def test_an_array_of_fixes_is_in_the_ledger_when_it_is_answered(callers: Callers, desk: Pool) -> None:
    answer = await callers["provider"].post("/v1/fixes", json=[fix(1), fix(2)])
    assert answer.json() == {
        "counts": {"messages": 2, "fixes": 2, "duplicates": 0, "contradictions": 0, "rejected": 0},
        "rejections": [],
    }
    assert await recorded(desk) == [datetime(2026, 11, 21, 8, minute, tzinfo=UTC) for minute in (1, 2)]


async def test_fixes_may_come_one_a_line(callers: Callers, desk: Pool) -> None:
    body = "\n".join(json.dumps(fix(minute)) for minute in range(3)) + "\n"
    answer = await callers["provider"].post("/v1/fixes", content=body, headers=NDJSON)
    assert counts(answer)["fixes"] == 3
    assert len(await recorded(desk)) == 3


async def test_what_can_not_be_read_is_answered_by_index_and_the_rest_is_taken(callers: Callers, desk: Pool) -> None:
    answer = await callers["provider"].post("/v1/fixes", json=[fix(1), fix(2, latitude=91.2, tag_id=7), fix(3), "x"])
    assert counts(answer) == {"messages": 4, "fixes": 2, "duplicates": 0, "contradictions": 0, "rejected": 2}
    first, second = answer.json()["rejections"]
    assert (first["index"], second["index"]) == (1, 3)
    assert len(first["faults"]) == 2
    assert len(await recorded(desk)) == 2


async def test_sending_again_is_harmless_and_a_contradiction_is_shown(callers: Callers, desk: Pool) -> None:
    await callers["provider"].post("/v1/fixes", json=[fix(1)])
    answer = await callers["provider"].post("/v1/fixes", json=[fix(1), fix(1, latitude=51.38)])
    assert counts(answer) == {"messages": 2, "fixes": 0, "duplicates": 1, "contradictions": 1, "rejected": 1}
    assert [refused["index"] for refused in answer.json()["rejections"]] == [1]
    assert len(await recorded(desk)) == 1


async def test_a_profile_that_is_named_twice_and_differently_is_refused(callers: Callers, desk: Pool) -> None:
    kind = {"Content-Type": "application/vnd.mdss.position+json"}
    answer = await callers["provider"].post("/v1/fixes?profile=cordon", content=b"[{}]", headers=kind)
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "profile")
    assert await desk.fetchval("SELECT count(*) FROM rejection") == 0
    again = await callers["provider"].post("/v1/fixes?profile=mdss", content=b"[{}]", headers=kind)
    assert (again.status_code, counts(again)["rejected"]) == (202, 1)


@pytest.mark.parametrize("named", ["type", "query"])
async def test_the_body_names_its_profile(callers: Callers, desk: Pool, named: str) -> None:
    body = [
        {
            "device_id": "T-9",
            "position_gps_date": "2026-11-21 08:01:00",
            "position_latitude": 51.37,
            "position_longitude": -0.1,
        }
    ]
    path, kind = {
        "type": ("/v1/fixes", "application/vnd.mdss.position+json"),
        "query": ("/v1/fixes?profile=mdss", "application/json; charset=utf-8"),
    }[named]
    answer = await callers["provider"].post(path, content=json.dumps(body), headers={"Content-Type": kind})
    assert counts(answer)["fixes"] == 1
    assert await recorded(desk) == [datetime(2026, 11, 21, 8, 1, tzinfo=UTC)]


async def test_tag_events_are_taken_once(callers: Callers, desk: Pool) -> None:
    event = {"event_id": "e-1", "tag_id": "T-1", "occurred_at": "2026-11-20T18:02:11Z", "kind": "strap"}
    told = [event, event, event | {"kind": "case"}, event | {"kind": "nothing"}]
    answer = await callers["provider"].post("/v1/tag-events", json=told)
    assert counts(answer) == {"messages": 4, "events": 1, "duplicates": 1, "contradictions": 1, "rejected": 2}
    assert [refused["index"] for refused in answer.json()["rejections"]] == [2, 3]
    assert await desk.fetchval("SELECT count(*) FROM tag_event") == 1


@pytest.mark.parametrize("path", ["/v1/fixes", "/v1/tag-events"])
@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"[", {"Content-Type": "application/json"}, 400),
        (b"{}", {"Content-Type": "application/json"}, 400),
        (b"", {"Content-Type": "application/json"}, 400),
        (b"[]", {"Content-Type": "text/plain"}, 415),
        (b"[]", {}, 415),
        (gzip.compress(b"[]"), {"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        (b"[" + b"{}," * 10_000 + b"{}]", {"Content-Type": "application/json"}, 413),
        (b"{}\n" * 10_001, NDJSON, 413),
        (b" " * (16 * 1024 * 1024 + 1), NDJSON, 413),
    ],
)
async def test_a_body_that_can_not_be_taken_is_a_problem_and_nothing_is_kept(
    callers: Callers, desk: Pool, *, path: str, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await callers["provider"].post(path, content=content, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert await desk.fetchval("SELECT count(*) FROM rejection") == 0


async def test_a_body_without_a_length_is_cut_off_at_the_limit(callers: Callers) -> None:
    sent = 0

    async def long() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(64):
            sent += 1
            yield b" " * 1024 * 1024

    answer = await callers["provider"].post("/v1/fixes", content=long(), headers=NDJSON)
    assert answer.status_code == 413
    assert sent <= 20


async def test_the_provider_is_given_nothing_of_zones_or_orders(callers: Callers) -> None:
    for path in ("/v1/incidents", "/v1/zones/Z-1", "/v1/prohibitions/P-1/zones", "/v1/reports"):
        assert (await callers["provider"].get(path)).status_code == 403
