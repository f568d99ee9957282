"""What the provider, and whoever runs the service, is told of the feed; and what is kept from them."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from alerts.claims import FAILED
from geofence.instants import MINUTE_US, SECOND_US, Instant, moment, printed
from service.database import Pool
from service.register.changes import Act, begin_change
from tests.ingest.messages import fix_message, mdss_message
from tests.ingest.test_feed import arrive
from tests.service.http.conftest import NOW, Callers

REJECT = """
INSERT INTO rejection (origin, place, profile, received_at, faults, contradiction, tag_id, body, body_sha256)
VALUES ('kafka', $1, 'cordon', $2, '{"latitude: 513712 is over 90"}', false, 'T-9', '\\x00', '\\x00')"""


def ago(minutes: float) -> str:
    return printed(Instant(NOW - round(minutes * MINUTE_US)))


async def told(callers: Callers, path: str = "", caller: str = "provider") -> Any:
    answer = await callers[caller].get(f"/v1/feed{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def in_state(callers: Callers, state: str) -> list[tuple[Any, ...]]:
    """Return the tags in a state, which the list and the overview tell alike."""
    found = (await told(callers))["tags"][state]
    assert found["count"] == len(found["items"])
    assert found["items"] == (await told(callers, f"/tags/{state}"))["items"]
    return [tuple(item.values()) for item in found["items"]]


async def test_counts_and_lateness_are_told_by_feed_hour_and_day_in_london(callers: Callers, desk: Pool) -> None:
    await arrive(desk, fix_message(recorded_at=ago(2), uploaded_at=ago(0.5)), fix_message(), {}, at=NOW)
    await arrive(desk, {}, {}, fix_message(position_id=9), origin="kafka", at=Instant(NOW - 24 * 60 * MINUTE_US))
    await arrive(desk, {}, origin="kafka", at=Instant(NOW - 26 * 60 * MINUTE_US))
    found = await told(callers)
    none = dict.fromkeys(found["hours"][0]["recorded"], 0)
    assert list(none) == [f"under_{each}" for each in ("1_min", "5_min", "15_min", "1_h", "6_h", "24_h")] + [
        "over_24_h"
    ]
    latest = {
        "origin": "https",
        "messages": 3,
        "fixes": 2,
        "events": 0,
        "duplicates": 0,
        "contradictions": 0,
        "rejected": 1,
        "recorded": {**none, "under_5_min": 1, "under_24_h": 1},
        "uploaded": {**none, "under_1_min": 1, "under_24_h": 1},
    }
    assert found["hours"][0] == {**latest, "hour": "2026-11-21T09:00:00Z"}
    assert [(each["hour"], each["origin"], each["rejected"]) for each in found["hours"][1:]] == [
        ("2026-11-20T09:00:00Z", "kafka", 2)
    ]
    assert found["days"][0] == {**latest, "day": "2026-11-21"}
    assert [(each["day"], each["origin"], each["messages"]) for each in found["days"][1:]] == [
        ("2026-11-20", "kafka", 4)
    ]
    assert found["feeds"] == [
        {"origin": "kafka", "last_received_at": ago(24 * 60), "silent_for_s": 86400.0, "silent": True},
        {"origin": "https", "last_received_at": ago(0), "silent_for_s": 0.0, "silent": False},
        {"origin": "file", "last_received_at": None, "silent_for_s": None, "silent": False},
    ]


async def test_a_tag_that_nobody_wears_is_unknown_until_it_is_fitted(callers: Callers, desk: Pool) -> None:
    # The first was taken off W-2 an hour ago and goes on; the second was never worn, the third is silent since.
    async with desk.acquire() as connection, connection.transaction():
        await begin_change(connection, Act("anne", "admin", "tried"), NOW)
        await connection.execute(
            "UPDATE fitting SET removed_at = $1 WHERE tag_id = 'T-2'", moment(NOW) - timedelta(hours=1)
        )
    await arrive(desk, fix_message(tag_id="T-2", recorded_at=ago(90)), at=NOW)
    assert await in_state(callers, "unknown") == []
    new = (fix_message(tag_id="T-2", recorded_at=ago(60)), fix_message(tag_id="T-9", recorded_at=ago(1)))
    await arrive(desk, *new, fix_message(tag_id="T-8", recorded_at=ago(3 * 24 * 60)), at=NOW)
    assert await in_state(callers, "unknown") == [("T-2", ago(60), ago(60), None), ("T-9", ago(1), None, None)]
    async with desk.acquire() as connection, connection.transaction():
        await begin_change(connection, Act("anne", "admin", "tried"), NOW)
        await connection.execute(
            "INSERT INTO fitting (tag_id, wearer_id, fitted_at) VALUES ('T-9', 'W-2', $1)", moment(NOW)
        )
    assert [tag for tag, *_ in await in_state(callers, "unknown")] == ["T-2"]


async def test_a_fitted_tag_without_a_fix_for_a_quarter_of_an_hour_is_stale(callers: Callers, desk: Pool) -> None:
    async with desk.acquire() as connection, connection.transaction():
        await begin_change(connection, Act("anne", "admin", "tried"), NOW)
        for tag_id, minutes in (("T-3", 15), ("T-4", 14), ("T-5", 60)):
            await connection.execute(
                "INSERT INTO fitting (tag_id, wearer_id, fitted_at) VALUES ($1, 'W-1', $2)",
                tag_id,
                moment(Instant(NOW - minutes * MINUTE_US)),
            )
    assert await in_state(callers, "stale") == [
        ("T-1", "2026-11-20T23:58:00Z", "2026-11-20T23:58:00Z", None),
        ("T-2", "2026-11-20T12:01:00Z", "2026-11-20T12:01:00Z", None),
        ("T-3", None, ago(15), None),
        ("T-5", None, ago(60), None),
    ]
    await arrive(desk, fix_message(tag_id="T-1", recorded_at=ago(14.9)), at=NOW)
    await arrive(desk, fix_message(tag_id="T-2", recorded_at=ago(15)), at=NOW)
    assert [tag for tag, *_ in await in_state(callers, "stale")] == ["T-2", "T-3", "T-5"]
    metrics = (await callers["operator"].get("/metrics")).text
    assert "cordon_tags_fitted 5.0" in metrics
    assert 'cordon_tags_stale{for_minutes="15"} 3.0' in metrics
    assert 'cordon_tags_stale{for_minutes="60"} 1.0' in metrics


async def test_a_tag_whose_fixes_name_somebody_else_or_the_future_is_told_and_nobody_is_named(
    callers: Callers, desk: Pool
) -> None:
    async with desk.acquire() as connection, connection.transaction():
        await begin_change(connection, Act("anne", "admin", "tried"), NOW)
        await connection.execute("UPDATE wearer SET provider_person_id = '4711' WHERE wearer_id = 'W-1'")
    right, wrong = (
        mdss_message(device_id="T-1", person_id=person, position_gps_date=ago(minutes))
        for person, minutes in ((4711, 9), (815, 8))
    )
    unsaid = mdss_message(device_id="T-2", person_id=815, position_gps_date=ago(7))  # nobody knows what W-2 is called
    await arrive(desk, right, unsaid, at=NOW, profile="mdss")
    assert await in_state(callers, "person_mismatch") == []
    ahead = fix_message(tag_id="T-2", recorded_at=printed(Instant(NOW + 301 * SECOND_US)))
    await arrive(desk, wrong, at=NOW, profile="mdss")
    await arrive(desk, ahead, at=NOW)
    assert await in_state(callers, "person_mismatch") == [("T-1", ago(8), ago(8), 1)]
    assert await in_state(callers, "clock_suspect") == [("T-2", ago(0), ago(0), 1)]
    for caller in ("provider", "operator", "admin"):
        everything = json.dumps([await told(callers, caller=caller), await told(callers, "/tags/person_mismatch")])
        for secret in ("4711", "815", "W-1", "O-1", "Z-1", "Nightingale", "51.37"):
            assert secret not in everything.replace(".815", ""), secret
    metrics = (await callers["operator"].get("/metrics")).text
    for line in ("person_mismatch 1.0", "clock_suspect 1.0", "unknown 0.0"):
        assert f"cordon_tags_{line}" in metrics


async def test_what_was_not_taken_is_told_with_its_place_and_without_a_coordinate(callers: Callers, desk: Pool) -> None:
    for place, minutes in (("tag-fixes/3/71/2", 5), ("tag-events/0/7", 4), ("tag-fixes/0/1", 7 * 24 * 60)):
        await desk.execute(REJECT, place, moment(Instant(NOW - minutes * MINUTE_US)))
    await desk.execute(REJECT, "tag-fixes/0/2", moment(NOW))  # was released since
    await desk.execute("UPDATE rejection SET released_at = $1 WHERE place = 'tag-fixes/0/2'", moment(NOW))
    await arrive(desk, fix_message(longitude=-1021.4), fix_message(latitude=0, longitude=0), at=NOW)
    await arrive(desk, fix_message(), fix_message(latitude=51.9), at=NOW)
    found = (await told(callers, "/rejections"))["items"]
    assert found == (await told(callers))["rejections"]["items"]
    assert [(each["origin"], each["place"], each["contradiction"], each["faults"]) for each in found] == [
        ("https", "1", True, ["latitude: differs from the first fix of this identity, already in the ledger"]),
        ("https", "1", False, ["latitude, longitude: both are exactly 0"]),
        ("https", "0", False, ["longitude: is under -180"]),
        ("kafka", "tag-events/0/7", False, ["latitude: is over 90"]),
        ("kafka", "tag-fixes/3/71/2", False, ["latitude: is over 90"]),
    ]
    assert found[-1]["kafka"] == {"topic": "tag-fixes", "partition": 3, "offset": 71, "index": 2}
    assert (found[3]["kafka"]["index"], found[0]["kafka"]) == (None, None)
    assert (found[-1]["received_at"], found[-1]["tag_id"]) == (ago(5), "T-9")
    first = (await told(callers, "?limit=2"))["rejections"]
    assert first["items"] + (await told(callers, first["next"].removeprefix("/v1/feed")))["items"] == found[:4]


async def test_all_tags_are_looked_at_for_one_caller_at_a_time(callers: Callers, app: FastAPI) -> None:
    services = app.state.services
    async with services.counting:
        waiting = [asyncio.create_task(told(callers, path)) for path in ("", "/tags/stale")]
        await told(callers, "/rejections")
        done, _ = await asyncio.wait(waiting, timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
        assert not done
    first, then = await asyncio.gather(*waiting)
    assert first["tags"]["stale"]["items"] == then["items"]


@pytest.mark.parametrize("after", ["1", "x.1", "999999999999999999.1"])
async def test_a_place_that_no_link_names_is_refused(callers: Callers, after: str) -> None:
    assert (await callers["provider"].get("/v1/feed/rejections", params={"after": after})).status_code == 422


async def test_the_work_list_the_quarantine_and_parked_tracks_are_measured(callers: Callers, desk: Pool) -> None:
    add = "INSERT INTO to_judge (fitting_id, since, not_before, reason, added_at) VALUES ($1, $3, $2, $4, $3)"
    parked = [(2, minutes, FAILED) for minutes in (-5, -6)]  # one track, however often it is to be tried again
    for fitting_id, minutes, reason in ((1, 4, "fixes"), (1, 3, "fixes"), *parked):
        await desk.execute(add, fitting_id, moment(Instant(NOW - minutes * MINUTE_US)), moment(NOW), reason)
    await arrive(desk, {}, {"tag_id": 1}, fix_message(), at=NOW)
    await desk.execute("UPDATE rejection SET released_at = $1 WHERE place = '0'", moment(NOW))
    metrics = (await callers["operator"].get("/metrics")).text
    for line in ("work_due 2.0", "work_oldest_seconds 240.0", "tracks_parked 1.0", "quarantine_waiting 1.0"):
        assert f"cordon_{line}\n" in metrics, line
    assert 'cordon_feed_silent_seconds{origin="https"} 0.0' in metrics
    assert 'cordon_feed_silent_seconds{origin="kafka"}' not in metrics
    # Once Kafka has taken its place, nobody is to be called because nothing comes by HTTPS any more; nor for files.
    await arrive(desk, fix_message(position_id=2), origin="kafka", at=Instant(NOW + 1))
    await arrive(desk, fix_message(position_id=3), origin="file", at=NOW)
    metrics = (await callers["operator"].get("/metrics")).text
    assert re.findall(r'cordon_feed_silent_seconds\{origin="(\w+)"\}', metrics) == ["kafka"]
