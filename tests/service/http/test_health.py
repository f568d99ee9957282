import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter

from alerts.archive import Archive
from geofence.instants import Instant
from service.access.actor import Role
from service.access.tokens import create_token
from service.database import Pool
from service.http.app import create_app
from service.register.store import PostgresRegister
from service.version import VERSION
from tests.service.http.conftest import NOW, Callers


@pytest.fixture
def app(desk: Pool, archive: Archive, now: Instant) -> FastAPI:
    """An application of its own, whose measurements begin with the test."""
    return create_app(desk, PostgresRegister(), archive, clock=lambda: now)


async def test_a_ready_service_says_so(stranger: httpx.AsyncClient) -> None:
    for path in ("/health", "/health/readiness"):
        answer = await stranger.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "UP", "components": {"database": "UP"}})


async def test_without_a_database_it_lives_but_is_not_ready(stranger: httpx.AsyncClient, desk: Pool) -> None:
    await desk.close()
    assert (await stranger.get("/health/liveness")).status_code == 200
    for path in ("/health", "/health/readiness"):
        answer = await stranger.get(path)
        assert (answer.status_code, answer.json()["components"]) == (503, {"database": "DOWN"})


async def test_with_another_schema_it_is_not_ready(stranger: httpx.AsyncClient, desk: Pool) -> None:
    await desk.execute("DELETE FROM migration WHERE number = 4")
    answer = await stranger.get("/health/readiness")
    assert (answer.status_code, answer.json()["components"]) == (503, {"database": "NOT MIGRATED"})


async def test_it_says_its_name_and_version(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/info")).json() == {"name": "cordon", "version": VERSION}


async def test_measurements_count_requests_by_route_and_name_nobody(callers: Callers) -> None:
    await callers["admin"].get("/v1/incidents/00000000000000c1?secret=1")
    await callers["admin"].get("/v1/what-a-stranger-typed")
    told = (await callers["operator"].get("/metrics")).text
    assert 'cordon_http_requests_total{method="GET",route="/v1/incidents/{incident_id}",status="200"} 1.0' in told
    assert 'route="none",status="404"' in told
    assert "00000000000000c1" not in told
    assert "stranger" not in told


async def test_measurements_of_the_process_stand_beside_those_of_the_web(pool: Pool, archive: Archive) -> None:
    others = CollectorRegistry()
    Counter("cordon_fixes", "Fixes.", registry=others).inc(7)
    create_app(pool, PostgresRegister(), archive, metrics=others)
    # A web task that begins again makes its application anew.
    app = create_app(pool, PostgresRegister(), archive, clock=lambda: NOW, metrics=others)
    async with pool.acquire() as connection:
        token = await create_token(connection, Role.OPERATOR, None, "prometheus", NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://cordon.example") as client:
        await client.get("/info")
        answer = await client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert "cordon_fixes_total 7.0" in answer.text
    assert 'route="/info",status="200"' in answer.text
