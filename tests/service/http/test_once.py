"""A request with an Idempotency-Key is done once, however often it is sent."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from alerts.archive import Archive
from geofence.instants import Instant
from service.database import Pool
from service.http.app import create_app
from service.http.openapi import description
from service.register.store import PostgresRegister
from tests.service.http.conftest import NOW, Callers
from tests.service.http.test_orders import ORDER
from tests.service.http.test_zones import NEW

KEY = {"Idempotency-Key": "k-1"}
REPLAYED = "idempotency-replayed"
DISCHARGE = {"at": "2026-11-20T10:00:00Z", "reason": "quashed"}


@dataclass
class StandingClock:
    """A clock that is put forward by hand."""

    at: Instant = NOW

    def __call__(self) -> Instant:
        return self.at

    def forward(self, by: timedelta) -> None:
        self.at = Instant(self.at + by // timedelta(microseconds=1))


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def app(desk: Pool, archive: Archive, clock: StandingClock) -> FastAPI:
    return create_app(desk, PostgresRegister(), archive, clock=clock)


@pytest.fixture
async def busy(callers: Callers, desk: Pool) -> Callers:
    """Callers, of a database with enough connections for all of them at once."""
    assert desk.get_max_size() >= 10
    return callers


async def enter(callers: Callers, caller: str = "admin", **changed: Any) -> httpx.Response:
    return await callers[caller].post("/v1/orders", json={**ORDER, **changed}, headers=KEY)


async def proposals(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM proposal"))


def same(first: httpx.Response, second: httpx.Response) -> bool:
    headers = ("etag", "location", "content-type")
    return (first.status_code, first.content, [first.headers.get(name) for name in headers]) == (
        second.status_code,
        second.content,
        [second.headers.get(name) for name in headers],
    )


async def test_a_request_that_is_sent_again_is_answered_again_and_done_once(callers: Callers, desk: Pool) -> None:
    first, again = [
        await callers["admin"].post("/v1/orders/O-1/discharge", json=DISCHARGE, headers=KEY) for _ in range(2)
    ]
    assert first.status_code == 202
    assert same(first, again)
    assert (first.headers.get(REPLAYED), again.headers[REPLAYED]) == (None, "true")
    assert await proposals(desk) == 1
    assert await desk.fetchval("SELECT count(*) FROM audit WHERE action = 'alteration'") == 1


async def test_what_was_answered_stays_so_though_the_thing_has_changed_since(callers: Callers) -> None:
    first = await enter(callers)
    seen = {"If-Match": first.headers["etag"]}
    gone = await callers["admin"].delete(first.headers["location"], headers=seen)
    assert gone.status_code == 204, gone.text
    assert same(first, await enter(callers))
    assert (await callers["admin"].get(first.headers["location"])).status_code == 404


@pytest.mark.parametrize("change", [{"reference": "DAPO-2026-0010"}, {"order_id": "O-10"}])
async def test_a_key_is_not_taken_for_another_body(callers: Callers, desk: Pool, change: dict[str, str]) -> None:
    assert (await enter(callers)).status_code == 201
    other = await enter(callers, **change)
    assert (other.status_code, other.json()["errors"][0]["header"]) == (422, "Idempotency-Key")
    assert await desk.fetchval("SELECT count(*) FROM court_order") == 3


async def test_a_key_is_not_taken_for_another_path_state_or_kind_of_body(callers: Callers) -> None:
    order = await enter(callers)
    path = order.headers["location"]
    for etag in (order.headers["etag"], "0" * 32):
        sent = {**KEY, "If-Match": etag}
        answer = await callers["second"].post(f"{path}/publish", json={"reason": "checked"}, headers=sent)
        assert answer.status_code == (200 if etag == order.headers["etag"] else 422), answer.text
    at = "/v1/prohibitions/P-1/zones"
    assert (await callers["admin"].post(at, json=NEW, headers=KEY)).status_code == 422
    own = {"Idempotency-Key": "k-2"}
    assert (await callers["admin"].post(at, json=NEW, headers=own)).status_code == 201
    shape = {**own, "Content-Type": "application/geo+json"}
    as_geojson = await callers["admin"].post(at, json=NEW, headers=shape)
    assert (as_geojson.status_code, as_geojson.json()["errors"][0].get("header")) == (422, "Idempotency-Key")


async def test_of_two_at_once_one_is_done_and_both_are_answered_the_same(busy: Callers, desk: Pool) -> None:
    answers = await asyncio.gather(
        *(busy["admin"].post("/v1/orders/O-1/discharge", json=DISCHARGE, headers=KEY) for _ in range(8))
    )
    assert all(same(answers[0], each) for each in answers)
    assert sorted(REPLAYED in each.headers for each in answers) == [False] + 7 * [True]
    assert await proposals(desk) == 1


async def test_another_caller_with_the_same_key_sends_another_request(callers: Callers, desk: Pool) -> None:
    for caller in ("admin", "second"):
        answer = await callers[caller].post("/v1/orders/O-1/discharge", json=DISCHARGE, headers=KEY)
        assert (answer.status_code, REPLAYED in answer.headers) == (202, False), answer.text
    assert await proposals(desk) == 2


async def test_what_was_refused_may_be_sent_again_with_its_key(callers: Callers) -> None:
    assert (await enter(callers, force="none")).status_code == 422
    mended = await enter(callers)
    assert (mended.status_code, REPLAYED in mended.headers) == (201, False), mended.text


async def test_a_key_is_forgotten_after_a_day(callers: Callers, desk: Pool, clock: StandingClock) -> None:
    first = await callers["admin"].post("/v1/orders/O-1/discharge", json=DISCHARGE, headers=KEY)
    clock.forward(timedelta(hours=24) - timedelta(microseconds=1))
    kept = await callers["admin"].post("/v1/orders/O-1/discharge", json=DISCHARGE, headers=KEY)
    clock.forward(timedelta(microseconds=1))
    anew = await callers["admin"].post("/v1/orders/O-1/discharge", json=DISCHARGE, headers=KEY)
    assert same(first, kept)
    assert (anew.status_code, REPLAYED in anew.headers, same(first, anew)) == (202, False, False)
    assert await proposals(desk) == 2
    assert await desk.fetchval("SELECT count(*) FROM answered_request") == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "a" * 201, "é"])
async def test_what_is_no_key_is_refused(callers: Callers, key: str) -> None:
    answer = await callers["admin"].post("/v1/orders", json=ORDER, headers={b"Idempotency-Key": key.encode()})
    assert (answer.status_code, answer.json()["errors"][0]["header"]) == (422, "Idempotency-Key")


def test_every_post_that_changes_the_register_takes_a_key() -> None:
    pushed = {"/v1/fixes", "/v1/tag-events"}  # the same fix is one fix, whatever carries it
    for path, operations in description()["paths"].items():
        if path.startswith("/v1/") and path not in pushed and "post" in operations:
            names = {parameter["name"] for parameter in operations["post"].get("parameters", ())}
            assert "Idempotency-Key" in names, path
