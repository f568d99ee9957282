"""A stream reads page after page, also of what others are told, and leaves connections to everybody else."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import cast

import pytest
from fastapi import FastAPI, Request

from service.access.actor import Actor, Role
from service.database import Pool
from service.http.incidents.live import ANSWER_WITHIN_S, READING_AT_ONCE, Live
from service.http.incidents.stream import LINES_AT_ONCE, events
from service.http.wiring import Services
from tests.ingest.reading import eventually
from tests.service.http.conftest import Callers
from tests.service.http.desk import CLOSED, ELSEWHERE
from tests.service.http.streaming import tell

WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"""


@pytest.fixture
def services(app: FastAPI) -> Services:
    """What a stream works with; nobody wakes it and it is in no hurry to say that it is still here."""
    return cast("Services", replace(app.state.services, live=Live(heartbeat_s=1000)))


def streamed(services: Services, force: str, tokens: Mapping[str, str]) -> AsyncGenerator[bytes, None]:
    """Return the blocks of a force's stream of all that ever became of incidents."""
    scope = {"type": "http", "method": "GET", "headers": [(b"authorization", f"Bearer {tokens[force]}".encode())]}
    told = events(Request(scope), services, Actor(Role.POLICE, force, force), 0)
    return cast("AsyncGenerator[bytes, None]", told)


async def test_pages_of_what_only_others_are_told_are_passed_at_once(
    services: Services, desk: Pool, tokens: Mapping[str, str]
) -> None:
    for _ in range(2 * LINES_AT_ONCE):
        await tell(desk, CLOSED)
    await tell(desk, ELSEWHERE)
    told = streamed(services, "GMP", tokens)
    async with asyncio.timeout(20):
        await anext(told)
        assert f"id: {2 * LINES_AT_ONCE + 1}\n".encode() in await anext(told)
    await told.aclose()


async def test_streams_that_wake_at_once_leave_connections_to_everybody_else(
    services: Services, desk: Pool, tokens: Mapping[str, str], callers: Callers
) -> None:
    await tell(desk, CLOSED)
    streams = [streamed(services, "MPS", tokens) for _ in range(2 * desk.get_max_size())]
    for told in streams:
        await anext(told)

    async def all_that_may_are_reading() -> bool:
        return bool(await desk.fetchval(WAITING) == READING_AT_ONCE)

    async with desk.acquire() as other, other.transaction():
        await other.execute("LOCK TABLE incident_history")
        looking = [asyncio.create_task(anext(told)) for told in streams]
        await eventually(all_that_may_are_reading)
        async with asyncio.timeout(ANSWER_WITHIN_S):
            assert (await callers["admin"].get("/v1/wearers")).status_code == 200
    assert all(b"data: " in block for block in await asyncio.gather(*looking))
    for told in streams:
        await told.aclose()
