"""From the provider's request through Kafka into the ledger, with the processes as they are run."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from ingest.kafka import kafka_source
from service.access.actor import Role
from service.access.tokens import create_token
from service.clock import now
from service.database import Pool
from tests.chaos.messages import empty_topics
from tests.ingest import ledger_rows
from tests.ingest.reading import consuming, eventually
from tests.servers.database import TestDatabase
from tests.servers.kafka.broker import KafkaBroker

TAG = "T-of-the-journey"


def fix(minute: int, **other: object) -> dict[str, object]:
    told = {"tag_id": TAG, "recorded_at": f"2026-11-20T08:{minute:02}:00Z", "latitude": 51.37, "longitude": -0.1}
    return told | other


@asynccontextmanager
async def web(database: TestDatabase, pool: Pool, folder: Path, kafka: str) -> AsyncIterator[httpx.AsyncClient]:
    """Run `cordon web`, and give a provider who calls it; at the end it is told to end, and does so in time."""
    given = {"CORDON_DATABASE_URL": database.url, "CORDON_ARCHIVE_DIR": str(folder / "archive"), "CORDON_PORT": "0"}
    running = subprocess.Popen(  # noqa: ASYNC220 - the test waits for its first line
        [sys.executable, "-m", "service", "web"],
        env={"PATH": "/usr/bin:/bin", "CORDON_KAFKA_BOOTSTRAP_SERVERS": kafka, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        ready = await asyncio.to_thread(running.stdout.readline)
        async with pool.acquire() as connection:
            token = await create_token(connection, Role.PROVIDER, None, "provider", now())
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=ready.split()[-1], headers=headers, timeout=30) as provider:
            yield provider
            running.send_signal(signal.SIGTERM)
            _, said = await asyncio.to_thread(running.communicate, timeout=10)
        assert running.returncode == 0
        assert TAG not in said
    finally:
        running.kill()
        running.wait()


async def test_what_is_pushed_goes_through_kafka_into_the_ledger_once(
    kafka: KafkaBroker, database: TestDatabase, pool: Pool, tmp_path: Path
) -> None:
    await empty_topics(kafka.bootstrap_servers)
    async with web(database, pool, tmp_path, kafka.bootstrap_servers) as provider:
        for _ in range(2):
            answer = await provider.post("/v1/fixes", json=[fix(1), fix(2), {}, fix(3)])
            assert (answer.status_code, answer.json()["counts"]["fixes"]) == (202, 3), answer.text
        contradiction = await provider.post("/v1/fixes", json=[fix(1, latitude=51.38)])
        assert contradiction.json()["counts"]["contradictions"] is None
        event = {"tag_id": TAG, "occurred_at": "2026-11-20T08:02:30Z", "kind": "strap"}
        assert (await provider.post("/v1/tag-events", json=[event])).status_code == 202
    async with consuming(lambda: kafka_source(kafka.bootstrap_servers, "journey"), pool):
        await eventually(lambda: pool.fetchval("SELECT count(*) = 1 FROM tag_event WHERE tag_id = $1", TAG))
        await eventually(lambda: pool.fetchval("SELECT count(*) = 1 FROM rejection WHERE contradiction"))
    assert [row[0] for row in await ledger_rows.identities(pool)] == [TAG] * 3
    arrived = await ledger_rows.arrivals(pool)
    assert arrived["https"] == (2, 0, 0, 0, 2)
    assert arrived["kafka"][1:4] == (3, 3, 1)


async def test_a_broker_that_is_away_or_hangs_stops_neither_the_pages_nor_the_end(
    database: TestDatabase, pool: Pool, tmp_path: Path
) -> None:
    with socket.socket() as broker:
        broker.bind(("127.0.0.1", 0))
        async with web(database, pool, tmp_path, f"127.0.0.1:{broker.getsockname()[1]}") as provider:
            # Nobody listens.
            refused = await provider.post("/v1/fixes", json=[fix(1)])
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            # Somebody listens and says nothing.
            broker.listen()
            pushing = asyncio.create_task(provider.post("/v1/fixes", json=[fix(1)]))
            connection, _ = await asyncio.to_thread(broker.accept)
            assert (await provider.get("/health")).status_code == 200
        # The process was told to end while the push waited.
        assert (await pushing).status_code == 503
        connection.close()
