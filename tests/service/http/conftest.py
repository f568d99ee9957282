"""The application on a real database with two forces and an incident of each."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from alerts.archive import Archive
from geofence.instants import Instant, instant
from service.access.actor import Role
from service.access.tokens import create_token
from service.database import Pool
from service.embedded import EmbeddedPostgres
from service.http.app import create_app
from service.http.incidents.live import Live
from service.register.store import PostgresRegister
from tests.servers import database as databases
from tests.service.http.desk import fill_desk

NOW = instant(datetime(2026, 11, 21, 9, 30, tzinfo=UTC))

FILLED = "cordon_filled"  # a template
# Every role that a token can have; two forces, so that each can be tried at the other's people.
CALLERS: Mapping[str, tuple[Role, str | None]] = {
    "provider": (Role.PROVIDER, None),
    "admin": (Role.ADMIN, None),
    "second": (Role.ADMIN, None),
    "MPS": (Role.POLICE, "MPS"),
    "GMP": (Role.POLICE, "GMP"),
    "auditor": (Role.AUDITOR, None),
    "operator": (Role.OPERATOR, None),
}


@pytest.fixture
def now() -> Instant:
    """The instant at which every test of this folder takes place."""
    return NOW


@pytest.fixture(scope="session")
async def tokens(postgres: EmbeddedPostgres) -> Mapping[str, str]:
    """A token of each caller; where they are valid is a template of what the desk has found."""
    await databases.make_template(postgres, FILLED)
    async with databases.connected(postgres, FILLED) as connection:
        await fill_desk(connection)
        return {name: await create_token(connection, role, force, name, NOW) for name, (role, force) in CALLERS.items()}


@pytest.fixture
async def desk(supply: databases.Databases, tokens: Mapping[str, str]) -> AsyncIterator[Pool]:
    """A database in which the desk has found incidents and each caller has a token."""
    assert tokens
    async with supply.lent(FILLED) as made, asyncpg.create_pool(made.url, min_size=1, max_size=10) as connections:
        yield connections


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive."""
    return Archive(tmp_path / "archive")


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application, made once: its routes take a tenth of a second. Each test gives it what it works with."""
    nobody: Any = None
    return create_app(nobody, PostgresRegister(), Archive(tmp_path_factory.mktemp("archive")))


@pytest.fixture
def app(application: FastAPI, desk: Pool, archive: Archive, now: Instant) -> FastAPI:
    """The application on a database of its own, as its clock stands still."""
    services = application.state.services
    live = Live()
    live.end()  # a stream says where it begins and ends at once: no test that calls every route waits for ever
    application.state.services = replace(services, pool=desk, archive=archive, clock=lambda: now, live=live)
    return application


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://cordon.example") as client:
        yield client


class Callers:
    """Callers of each role, by the names of CALLERS."""

    def __init__(self, app: FastAPI, tokens: Mapping[str, str]) -> None:
        self._clients = {
            name: httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False),
                base_url="https://cordon.example",
                headers={"Authorization": f"Bearer {token}"},
            )
            for name, token in tokens.items()
        }

    def __getitem__(self, name: str) -> httpx.AsyncClient:
        return self._clients[name]

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()


@pytest.fixture
async def callers(app: FastAPI, tokens: Mapping[str, str]) -> AsyncIterator[Callers]:
    """A caller of each role."""
    made = Callers(app, tokens)
    yield made
    await made.close()
