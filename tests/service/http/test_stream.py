"""The live stream of incidents, over a real server: nothing lost, nothing doubled, and only what its reader may see."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.types import Message

from service.access.actor import Actor, Role
from service.access.tokens import create_token, revoke_token
from service.database import Pool
from service.embedded import EmbeddedPostgres
from service.http.incidents.live import NEWEST, Live
from service.http.incidents.stream import EventStream, events
from service.http.server import serve
from service.migrate import migrate
from tests.alerts.incident_values import minute
from tests.alerts.ledger import append, enter_wearer, inside, judge_all, outside
from tests.service.http.conftest import CALLERS, NOW, Callers
from tests.service.http.desk import CLOSED, ELSEWHERE, fill_desk
from tests.service.http.streaming import reading, tell

EVERYTHING_CHANGED = """
INSERT INTO incident_history (incident_id, changed_at, what, reason, incident)
SELECT incident_id, changed_at, 'changed', 'zone varied', '{}' FROM incident
WHERE force = 'MPS' AND standing ORDER BY began_at"""


@dataclass(frozen=True)
class Served:
    """A running server, a token of each caller, and what the streams share."""

    url: str
    tokens: dict[str, str]
    live: Live
    stop: asyncio.Event
    serving: asyncio.Task[None]


@asynccontextmanager
async def served(app: FastAPI, pool: Pool, live: Live) -> AsyncIterator[Served]:
    app.state.services = replace(app.state.services, pool=pool, live=live, clock=lambda: NOW)
    async with pool.acquire() as connection:
        tokens = {
            name: await create_token(connection, role, force, name, NOW) for name, (role, force) in CALLERS.items()
        }
    stop = asyncio.Event()
    where: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, stop, where.set_result))
    running = asyncio.create_task(live.run(pool, stop))
    try:
        yield Served(await where, tokens, live, stop, serving)
    finally:
        stop.set()
        await asyncio.gather(serving, running)


@pytest.fixture
async def server(app: FastAPI, desk: Pool) -> AsyncIterator[Served]:
    async with served(app, desk, Live()) as running:
        yield running


async def test_what_the_desk_finds_is_told_line_by_line_to_those_who_may_see_it(server: Served, desk: Pool) -> None:
    async with (
        reading(server.url, server.tokens["MPS"]) as (own, _),
        reading(server.url, server.tokens["GMP"]) as (other, _),
        reading(server.url, server.tokens["auditor"]) as (auditor, _),
        desk.acquire() as connection,
    ):
        await enter_wearer(connection, 7)
        await append(connection, inside(10, 11) + outside(13), "T-7")
        await judge_all(desk, minute(14))
        first = await own.event()
        assert first["what"] == "added"
        assert first["reason"] == "found (fixes)"
        assert first["changed_at"] == "2026-11-20T00:14:00Z"
        assert first["incident"]["zone_id"] == "Z-7"
        await append(connection, inside(0, 1) + outside(3), "T-7", received=minute(20))
        await judge_all(desk, minute(20))
        await append(connection, inside(5), "T-7", received=minute(24))
        await judge_all(desk, minute(25))
        lines = [first, *await own.events(4)]
        joined, second = first["incident"]["incident_id"], lines[1]["incident"]["incident_id"]
        assert [(line["what"], line["into"], line["force"]) for line in lines] == [
            ("added", None, "MPS"),
            ("added", None, "MPS"),
            ("changed", None, "MPS"),
            ("merged", joined, "MPS"),
            ("changed", None, "MPS"),
        ]
        await tell(desk, ELSEWHERE)
        assert (await other.event())["incident"] == {"visits": 1}
        assert await auditor.events(5) == lines
        assert (await auditor.event())["force"] == "GMP"
        await tell(desk, CLOSED, "past what others are told")
        assert (await own.event())["reason"] == "past what others are told"
        await desk.execute("UPDATE zone SET responding_force = 'MPS' WHERE zone_id = 'Z-2'")
        await tell(desk, ELSEWHERE, "grade probable became confirmed (fixes)")
        assert (await own.event())["reason"] == "grade probable became confirmed (fixes)"
    await _the_history_of_both_is_one(server, joined, second, lines)


async def _the_history_of_both_is_one(server: Served, joined: str, second: str, lines: list[dict[str, Any]]) -> None:
    headers = {"Authorization": f"Bearer {server.tokens['MPS']}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
        for name in (joined, second):
            told = (await client.get(f"/v1/incidents/{name}/history")).json()
            assert told == {"incident_id": joined, "former_ids": [second], "items": lines, "next": None}
            shape = await client.get(f"/v1/incidents/{name}.geojson")
            assert len(shape.json()["features"]) == 1 + 6


async def test_a_reader_goes_on_where_it_was_and_without_a_place_begins_with_what_comes_next(
    server: Served, desk: Pool
) -> None:
    for number in range(450):
        await tell(desk, CLOSED if number % 2 else ELSEWHERE)
    token = server.tokens["MPS"]
    newest = await desk.fetchval(NEWEST)
    async with reading(server.url, token) as (reader, begins):
        assert begins["id"] == str(newest)
        assert int(begins["retry"]) > 0
        await tell(desk, CLOSED)
        assert (await reader.event())["id"] == newest + 1
    own = [*range(2, newest + 1, 2), newest + 1]
    for query, headers, after in (
        ("?last_event_id=0", {}, 0),
        ("", {"Last-Event-ID": "7"}, 7),
        ("?last_event_id=0", {"Last-Event-ID": str(newest)}, newest),
    ):
        async with reading(server.url, token, query, headers) as (reader, _):
            expected = [line for line in own if line > after]
            assert [line["id"] for line in await reader.events(len(expected))] == expected
    subjects = await desk.fetch("SELECT action, subject FROM audit WHERE actor = 'MPS' ORDER BY audit_id")
    assert [tuple(row) for row in subjects] == [
        ("consultation", f"incidents as they change, after {after}") for after in (newest, 0, 7, newest)
    ]


async def test_a_place_that_was_given_stays_one_when_its_line_is_erased(server: Served, desk: Pool) -> None:
    await tell(desk, CLOSED)
    place = str(await desk.fetchval(NEWEST))
    await desk.execute("ALTER TABLE incident_history DISABLE TRIGGER USER")
    await desk.execute("DELETE FROM incident_history")
    await desk.execute("ALTER TABLE incident_history ENABLE TRIGGER USER")
    async with reading(server.url, server.tokens["MPS"], "", {"Last-Event-ID": place}) as (reader, begins):
        assert begins["id"] == place
        await tell(desk, CLOSED)
        assert (await reader.event())["id"] == int(place) + 1


@pytest.mark.parametrize("place", ["1", "x", "-1", "", "1e1", "9" * 30, "\u0663".encode().decode("latin-1")])
async def test_a_place_that_was_never_given_is_refused(callers: Callers, place: str) -> None:
    for query, headers, where in (
        ({"last_event_id": place}, {}, {"parameter": "last_event_id"}),
        ({}, {b"Last-Event-ID": place.encode()}, {"header": "Last-Event-ID"}),
    ):
        answer = await callers["MPS"].get("/v1/incidents/stream", params=query, headers=headers)
        (fault,) = answer.json()["errors"]
        assert (answer.status_code, {**fault, **where}) == (422, fault)


def answered(measured: str) -> float:
    """Return how many streams were answered, as /metrics tells it."""
    found = re.search(r'cordon_http_requests_total\{.*route="/v1/incidents/stream",status="200"\} (\S+)', measured)
    return 0.0 if found is None else float(found[1])


async def test_the_answer_is_one_that_passes_proxies_and_is_measured_while_it_goes_on(server: Served) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        police = {"Authorization": f"Bearer {server.tokens['MPS']}"}
        operator = {"Authorization": f"Bearer {server.tokens['operator']}"}
        before = answered((await client.get("/metrics", headers=operator)).text)
        async with client.stream("GET", "/v1/incidents/stream", headers=police) as answer:
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-accel-buffering"] == "no"
            measured = (await client.get("/metrics", headers=operator)).text
            assert "cordon_incident_streams 1.0" in measured
            assert answered(measured) == before + 1
        await until_nobody_reads(server.live)
        assert answered((await client.get("/metrics", headers=operator)).text) == before + 1


async def test_a_token_that_is_revoked_is_told_nothing_more(server: Served, desk: Pool) -> None:
    token = server.tokens["MPS"]
    async with reading(server.url, token) as (reader, _):
        async with desk.acquire() as connection:
            await revoke_token(connection, token, NOW)
        await tell(desk, CLOSED)
        assert await reader.block() == {"comment": "the token or session is no longer valid"}
        assert await reader.block() is None


async def test_streams_end_in_good_order_when_the_service_is_told_to_stop(server: Served, desk: Pool) -> None:
    async with reading(server.url, server.tokens["MPS"]) as (reader, _):
        await tell(desk, CLOSED)
        await reader.event()
        server.stop.set()
        assert await reader.block() is None  # cut off, it would raise
        await server.serving


async def until_nobody_reads(live: Live) -> None:
    """Wait until the server has noticed that its readers have left."""
    for _ in range(10_000):
        if live.taken == 0:
            return
        await asyncio.sleep(0.001)
    raise AssertionError("a reader that left keeps his place")


async def test_there_are_only_so_many_places_and_whoever_leaves_frees_his(app: FastAPI, desk: Pool) -> None:
    async with served(app, desk, Live(most=1)) as server:
        async with reading(server.url, server.tokens["MPS"]):
            headers = {"Authorization": f"Bearer {server.tokens['admin']}"}
            async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
                refused = await client.get("/v1/incidents/stream")
                assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        await until_nobody_reads(server.live)
        async with reading(server.url, server.tokens["admin"]):
            assert server.live.taken == 1


async def test_silence_is_filled_with_comments_and_ends_with_the_token(app: FastAPI, desk: Pool) -> None:
    async with (
        served(app, desk, Live(heartbeat_s=0.05)) as server,
        reading(server.url, server.tokens["GMP"]) as (reader, _),
    ):
        for _ in range(3):
            await tell(desk, CLOSED)  # what others are told is no sign of life to this reader
            assert await reader.block() == {"comment": "still here"}
        async with desk.acquire() as connection:
            await revoke_token(connection, server.tokens["GMP"], NOW)
        while (said := await reader.block()) == {"comment": "still here"}:
            pass
        assert said == {"comment": "the token or session is no longer valid"}


async def test_news_whose_notification_was_lost_comes_a_little_later(app: FastAPI, desk: Pool) -> None:
    await desk.execute("ALTER TABLE incident_history DISABLE TRIGGER is_written_in_turn")
    async with (
        served(app, desk, Live(look_s=0.05, heartbeat_s=1000)) as server,
        reading(server.url, server.tokens["MPS"]) as (reader, _),
    ):
        await tell(desk, CLOSED)
        assert (await reader.event())["id"] == 1


async def test_a_stream_outlives_its_database(app: FastAPI, desk: Pool) -> None:
    assert desk is not None  # the application is given another one
    with EmbeddedPostgres() as database:
        async with asyncpg.create_pool(database.url(), min_size=1, max_size=10) as pool:
            async with pool.acquire() as connection:
                await migrate(connection)
                await fill_desk(connection)
            async with (
                served(app, pool, Live(heartbeat_s=0.2)) as server,
                reading(server.url, server.tokens["MPS"]) as (reader, _),
            ):
                await tell(pool, CLOSED)
                assert (await reader.event())["id"] == 1
                database.kill()
                for _ in range(3):  # of which one may have been on its way before
                    assert await reader.block() == {"comment": "still here"}
                database.start()
                other = await asyncpg.connect(database.url())
                await other.execute(EVERYTHING_CHANGED)
                await other.close()
                assert [line["reason"] for line in await reader.events(2)] == ["zone varied"] * 2


async def test_a_slow_reader_holds_no_connection_and_one_that_takes_nothing_is_left(app: FastAPI, desk: Pool) -> None:
    for _ in range(300):
        await tell(desk, CLOSED)
    async with desk.acquire() as connection:
        token = await create_token(connection, Role.ADMIN, None, "anne", NOW)
    scope = {"type": "http", "method": "GET", "headers": [(b"authorization", f"Bearer {token}".encode())]}
    services = replace(app.state.services, live=Live(heartbeat_s=0.01))
    told = events(Request(scope), services, Actor(Role.ADMIN, None, "anne"), 0)
    blocks = []
    for _ in range(3):
        blocks.append(await anext(told))
        assert desk.get_idle_size() == desk.get_size()
    assert [block.count(b"data: ") for block in blocks] == [0, 200, 100]

    answer = EventStream(told)
    answer.taken_within_s = 0.01
    sent = []

    async def send(message: Message) -> None:
        sent.append(message["type"])
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    await answer.stream_response(send)
    assert sent == ["http.response.start", "http.response.body"]
