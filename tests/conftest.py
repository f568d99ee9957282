"""Servers and databases that tests ask for by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest
from hypothesis import settings

from service.embedded import EmbeddedPostgres
from tests.servers import database as databases
from tests.servers.kafka.broker import KafkaBroker
from tests.trying import tried

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from service.database import Pool

settings.register_profile("cordon", tried(100))
settings.load_profile("cordon")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """A running PostgreSQL server, without any database of Cordon's."""
    with EmbeddedPostgres(data_within=databases.in_memory()) as server:
        yield server


@pytest.fixture(scope="session")
async def postgres(postgres_server: EmbeddedPostgres) -> EmbeddedPostgres:
    """The running PostgreSQL server with the template of a migrated database."""
    await databases.make_template(postgres_server)
    return postgres_server


@pytest.fixture(scope="session")
async def supply(postgres: EmbeddedPostgres) -> AsyncIterator[databases.Databases]:
    """Databases, each copied before it is asked for."""
    made = databases.Databases(postgres)
    yield made
    await made.settle()


@pytest.fixture
async def database(supply: databases.Databases) -> AsyncIterator[databases.TestDatabase]:
    """A fresh, migrated database."""
    async with supply.lent() as made:
        yield made


@pytest.fixture
async def pool(database: databases.TestDatabase) -> AsyncIterator[Pool]:
    """Connections to a fresh, migrated database."""
    async with asyncpg.create_pool(database.url, min_size=1, max_size=10) as made:
        yield made


@pytest.fixture(scope="session")
def kafka() -> Iterator[KafkaBroker]:
    """A running Apache Kafka broker."""
    with KafkaBroker() as broker:
        yield broker
