"""Quarantine over HTTP: what lies in it, with its bytes; who may have it read again; what is answered."""

import asyncio
import base64
import json
from typing import Any

import pytest

from geofence.instants import Instant
from ingest.batch import Batch
from ingest.ledger import append
from service.database import Pool
from tests.ingest.messages import body, fix_message, mdss_message
from tests.service.http.conftest import NOW, Callers

HOUR_US = 3_600_000_000
THEN = Instant(NOW - HOUR_US)
JSON = {"Content-Type": "application/json"}
QUARANTINE = "/v1/quarantine"


@pytest.fixture
async def rejected(desk: Pool) -> Pool:
    """1: an mdss object among cordon's; 2: no UTF-8; 3: an array of two; 4: a contradiction."""
    batch = Batch("kafka", THEN)
    batch.add_message(body(mdss_message(device_id="T-7")), "cordon", ("tag-fixes/0", 1))
    batch.add_message(b"\xff\0", "cordon", ("tag-fixes/0", 2))
    batch.add_objects([body([fix_message(tag_id="T-8"), {}])], "cordon", lambda _: "tag-fixes/0/3")
    for latitude in (51.3, 51.4):
        batch.add_message(body(fix_message(tag_id="T-9", latitude=latitude)), "cordon", ("tag-fixes/0", 4))
    await append(desk, batch, THEN)
    return desk


async def listed(callers: Callers, query: str = "") -> list[int]:
    answer = await callers["auditor"].get(f"{QUARANTINE}{query}")
    assert answer.status_code == 200, answer.text
    return [item["rejection_id"] for item in answer.json()["items"]]


async def release(callers: Callers, number: int, **sent: Any) -> tuple[int, dict[str, Any]]:
    answer = await callers["operator"].post(f"{QUARANTINE}/{number}/release", **sent)
    return answer.status_code, answer.json()


@pytest.mark.usefixtures("rejected")
async def test_what_lies_in_quarantine_is_found_by_what_it_is(callers: Callers) -> None:
    assert await listed(callers) == [4, 3, 2, 1]
    assert await listed(callers, "?contradiction=true") == [4]
    assert await listed(callers, "?contradiction=false&limit=2") == [3, 2]
    assert await listed(callers, "?tag=T-9") == [4]
    assert await listed(callers, "?origin=https") == []
    assert (await release(callers, 1, json={"profile": "mdss"}))[0] == 200
    assert await listed(callers, "?released=true") == [1]
    assert await listed(callers, "?released=false&origin=kafka") == [4, 3, 2]


async def test_one_is_shown_with_every_fault_and_its_bytes(callers: Callers, rejected: Pool) -> None:
    shown = (await callers["admin"].get(f"{QUARANTINE}/4")).json()
    assert base64.b64decode(shown.pop("body_base64")).decode() == shown.pop("body_text")
    assert shown == {
        "rejection_id": 4,
        "origin": "kafka",
        "place": "tag-fixes/0/4",
        "profile": "cordon",
        "received_at": "2026-11-21T08:30:00Z",
        "faults": ["latitude: differs from the first fix of this identity, already in the ledger"],
        "contradiction": True,
        "tag_id": "T-9",
        "bytes": shown["bytes"],
        "released_at": None,
    }
    no_text = (await callers["admin"].get(f"{QUARANTINE}/2")).json()
    assert (base64.b64decode(no_text["body_base64"]), no_text["body_text"]) == (b"\xff\0", None)
    for path in ("999", "0", "x", str(2**63)):
        assert (await callers["admin"].get(f"{QUARANTINE}/{path}")).status_code in {404, 422}
    audited = await rejected.fetch("SELECT actor, action, subject FROM audit ORDER BY audit_id LIMIT 2")
    assert [tuple(row) for row in audited] == [
        ("admin", "consultation", "rejection 4"),
        ("admin", "consultation", "rejection 2"),
    ]


async def test_a_release_is_answered_with_what_became_of_it_and_is_done_once(callers: Callers, rejected: Pool) -> None:
    told = (await release(callers, 3))[1]
    assert told["rejections"] == [{"place": "tag-fixes/0/3/1", "faults": told["rejections"][0]["faults"]}]
    assert (told["counts"]["fixes"], told["counts"]["rejected"]) == (1, 1)
    status, problem = await release(callers, 3)
    assert (status, problem["detail"]) == (409, "It was released at 2026-11-21T09:30:00Z; nothing is left to do.")
    answers = await asyncio.gather(*(release(callers, 1, json={"profile": "mdss"}) for _ in range(4)))
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409]
    audited = await rejected.fetch("SELECT subject FROM audit WHERE action = 'alteration' ORDER BY audit_id")
    assert [row[0] for row in audited] == ["rejection 3: released as cordon", "rejection 1: released as mdss"]


async def test_what_stays_is_told_with_its_faults_and_nothing_is_done(callers: Callers, rejected: Pool) -> None:
    status, problem = await release(callers, 1)
    assert (status, problem["errors"][0]) == (422, {"detail": "tag_id: is missing", "parameter": "rejection_id"})
    status, problem = await release(callers, 4)
    assert (status, "ledger holds another report" in problem["detail"], len(problem["errors"])) == (409, True, 1)
    wrong: list[object] = [{"profile": "event"}, {"profile": 1}, {"profil": "mdss"}, [], "mdss"]
    for sent in wrong:
        status, problem = await release(callers, 1, content=json.dumps(sent), headers=JSON)
        assert status == 422, sent
    assert (await release(callers, 999))[0] == 404
    assert await listed(callers, "?released=true") == []
    assert await rejected.fetchval("SELECT count(*) FROM audit WHERE action = 'alteration'") == 0
