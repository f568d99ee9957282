"""However much is pushed, a process holds a bounded part of it, and whoever is sent away is told when to come back."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from starlette.types import Message

from ingest.source import EVENTS_TOPIC, FIXES_TOPIC, Partition
from service.database import Pool
from service.http.intake.room import Room
from tests.ingest.fake_log import FakeLog
from tests.ingest.fake_sink import FakeSink
from tests.ingest.reading import eventually
from tests.service.http.conftest import Callers
from tests.service.http.test_intake import NDJSON, fix

MIB = 1024 * 1024
JSON = "application/json"
FIXES, EVENTS = ("/v1/fixes", [fix(1)]), ("/v1/tag-events", [{"tag_id": "T-9", "occurred_at": "2026-11-20T18:02:11Z"}])
WAITING = """
SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"""


@pytest.fixture
def app(app: FastAPI) -> Iterator[FastAPI]:
    """The application; whatever a test wires it with is taken away at the end."""
    before = app.state.services
    yield app
    app.state.services = before


@pytest.fixture
def log() -> FakeLog:
    """A log in memory."""
    log = FakeLog()
    log.add(Partition(FIXES_TOPIC, 0))
    log.add(Partition(EVENTS_TOPIC, 0))
    return log


@pytest.fixture
def sink(app: FastAPI, log: FakeLog) -> FakeSink:
    """Where everything goes that is pushed."""
    sink = FakeSink(log)
    wire(app, sink=sink)
    return sink


def wire(app: FastAPI, **changes: Any) -> None:
    app.state.services = replace(app.state.services, **changes)


@asynccontextmanager
async def held(sink: FakeSink, *pushing: Coroutine[Any, Any, httpx.Response]) -> AsyncIterator[None]:
    """Have requests in hand, each of which is taken in the end."""
    sink.open.clear()
    tasks = [asyncio.create_task(one) for one in pushing]
    await eventually(lambda: _equal(sink, len(tasks)))
    yield
    sink.open.set()
    assert [answer.status_code for answer in await asyncio.gather(*tasks)] == [202] * len(tasks)


async def _equal(sink: FakeSink, count: int) -> bool:
    return sink.waiting == count


class Untouched:
    """A body of which nothing may be read."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        raise AssertionError("it was read")
        yield b""


def sent_away(answer: httpx.Response, status: int) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert int(answer.headers["retry-after"]) > 0


async def test_beyond_so_many_bodies_a_request_is_sent_away_unread(
    app: FastAPI, callers: Callers, sink: FakeSink
) -> None:
    wire(app, room=Room(bodies=2))
    provider = callers["provider"]
    async with held(sink, provider.post("/v1/fixes", json=[fix(1)]), provider.post("/v1/fixes", json=[fix(2)])):
        for path, _ in (FIXES, EVENTS):
            sent_away(await provider.post(path, content=Untouched(), headers={**NDJSON, "Content-Length": "2"}), 429)
    for _ in range(2):  # what can't be taken gives its place up like anything else
        assert (await provider.post("/v1/fixes", content=b"[", headers={"Content-Type": JSON})).status_code == 400
    async with held(sink, provider.post("/v1/fixes", json=[fix(1)]), provider.post("/v1/fixes", json=[fix(2)])):
        pass


async def test_beyond_so_many_bytes_too_and_a_body_without_a_length_may_be_the_largest(
    app: FastAPI, callers: Callers, sink: FakeSink
) -> None:
    wire(app, room=Room(bytes_=16 * MIB))
    provider = callers["provider"]

    async def parts() -> AsyncIterator[bytes]:
        yield b"{}"

    async with held(sink, provider.post("/v1/fixes", content=parts(), headers=NDJSON)):
        sent_away(await provider.post("/v1/fixes", content=Untouched(), headers=NDJSON), 429)
        large = {**NDJSON, "Content-Length": f"{16 * MIB - 1}"}
        sent_away(await provider.post("/v1/fixes", content=Untouched(), headers=large), 429)
        small = asyncio.create_task(provider.post("/v1/fixes", json=[fix(1)]))
        await eventually(lambda: _equal(sink, 2))
    assert (await small).status_code == 202
    async with held(sink, provider.post("/v1/fixes", content=parts(), headers=NDJSON)):
        sent_away(await provider.post("/v1/fixes", content=Untouched(), headers=NDJSON), 429)


async def test_a_body_that_does_not_come_gives_its_place_up(app: FastAPI, callers: Callers) -> None:
    wire(app, room=Room(bodies=1, read_within_s=0.05))

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    provider = callers["provider"]
    assert (await provider.post("/v1/fixes", content=never(), headers=NDJSON)).status_code == 408
    assert (await provider.post("/v1/fixes", json=[fix(1)])).status_code == 202


async def test_whoever_goes_away_within_a_body_is_no_failure_of_ours(app: FastAPI, tokens: Mapping[str, str]) -> None:
    coming: list[Message] = [
        {"type": "http.request", "body": b"[{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    headers = {"authorization": f"Bearer {tokens['provider']}", "content-type": JSON, "content-length": "1000"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/fixes",
        "query_string": b"",
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    with structlog.testing.capture_logs() as logs:
        await app(scope, receive, send)
    assert answered[0]["status"] == 400
    assert [line["event"] for line in logs if line["log_level"] == "error"] == []


@pytest.mark.parametrize(("path", "elements"), [FIXES, EVENTS])
async def test_a_log_that_is_full_or_away_is_waited_for_and_nothing_is_told_of_the_body(
    callers: Callers, sink: FakeSink, log: FakeLog, path: str, elements: list[dict[str, object]]
) -> None:
    named = [element | {"tag_id": "T-secret", "kind": "strap"} for element in elements]
    with structlog.testing.capture_logs() as logs:
        sink.full = True
        full = await callers["provider"].post(path, json=named)
        sink.full, log.away = False, True
        away = await callers["provider"].post(path, json=named)
    sent_away(full, 429)
    sent_away(away, 503)
    assert "secret" not in full.text + away.text + str(logs)
    log.away = False
    assert (await callers["provider"].post(path, json=named)).status_code == 202


async def test_what_only_the_ledger_can_tell_is_null_when_the_log_has_taken_it(
    callers: Callers, sink: FakeSink, desk: Pool
) -> None:
    answer = await callers["provider"].post("/v1/fixes", json=[fix(1), {}, fix(1)])
    counts = {"messages": 3, "fixes": 2, "duplicates": None, "contradictions": None, "rejected": 1}
    assert (answer.status_code, answer.json()["counts"]) == (202, counts)
    assert [refused["index"] for refused in answer.json()["rejections"]] == [1]
    assert await desk.fetchval("SELECT count(*) FROM rejection") == 1
    answer = await callers["provider"].post("/v1/tag-events", json=[{**EVENTS[1][0], "kind": "strap"}, {}])
    counts = {"messages": 2, "events": 1, "duplicates": None, "contradictions": None, "rejected": 1}
    assert (answer.status_code, answer.json()["counts"]) == (202, counts)


async def test_without_a_log_the_ledger_is_waited_for_alike(app: FastAPI, callers: Callers, desk: Pool) -> None:
    wire(app, room=Room(bodies=1))
    provider = callers["provider"]
    async with desk.acquire() as other, other.transaction():
        await other.execute("LOCK TABLE tag")
        pushing = asyncio.create_task(provider.post("/v1/fixes", json=[fix(1)]))
        await eventually(lambda: desk.fetchval(WAITING))
        sent_away(await provider.post("/v1/fixes", content=Untouched(), headers=NDJSON), 429)
        # As a database does that is shut down.
        await desk.execute("SELECT pg_terminate_backend($1)", await desk.fetchval(WAITING))
        sent_away(await pushing, 503)
    assert (await provider.post("/v1/fixes", json=[fix(1)])).status_code == 202


@pytest.mark.parametrize(("path", "elements"), [FIXES, EVENTS])
async def test_what_waits_for_the_ledger_leaves_connections_for_everybody_else(
    app: FastAPI, callers: Callers, desk: Pool, path: str, elements: list[dict[str, object]]
) -> None:
    wire(app, room=Room(appends=1, append_within_s=0.05))
    provider, elements = callers["provider"], [element | {"kind": "strap"} for element in elements]
    async with desk.acquire() as other, other.transaction():
        await other.execute("LOCK TABLE tag, tag_event")
        pushing = asyncio.create_task(provider.post(path, json=elements))
        await eventually(lambda: desk.fetchval(WAITING))
        sent_away(await provider.post(path, json=elements), 429)
        assert (await callers["admin"].get("/v1/wearers")).status_code == 200
    assert (await pushing).status_code == 202
    assert (await provider.post(path, json=elements)).status_code == 202


@pytest.mark.parametrize(("path", "elements"), [FIXES, EVENTS])
@pytest.mark.usefixtures("sink")
async def test_what_a_log_has_not_taken_waits_for_the_ledger_alike(
    app: FastAPI, callers: Callers, desk: Pool, path: str, elements: list[dict[str, object]]
) -> None:
    wire(app, room=Room(appends=1, append_within_s=0.05))
    provider, mixed = callers["provider"], [*(element | {"kind": "strap"} for element in elements), {}]
    async with desk.acquire() as other, other.transaction(), asyncio.timeout(20):
        await other.execute("LOCK TABLE rejection")
        pushing = asyncio.create_task(provider.post(path, json=mixed))
        await eventually(lambda: desk.fetchval(WAITING))
        sent_away(await provider.post(path, json=mixed), 429)
    assert (await pushing).status_code == 202
