"""The same fixes give the same incidents, whichever way they come: by file, by HTTPS, by Kafka."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from alerts.archive import Archive
from alerts.desk import judge_some
from alerts.incidents import known_in_range
from geofence.ids import WearerId
from geofence.instants import Instant
from geofence.judgement import printed_incident
from geofence.rules import Rules
from ingest.consume import consume
from ingest.kafka import kafka_source, make_topics
from ingest.replay import replay
from service.access.actor import Role
from service.access.tokens import create_token
from service.database import Pool
from service.http.app import create_app
from service.register.document import read_register
from service.register.load import load
from service.register.store import PostgresRegister
from tests.ingest.reading import eventually
from tests.journeys.cordon import cordon
from tests.journeys.simulated import SimulatedDay, simulated_day
from tests.servers.kafka.broker import KafkaBroker

TOPIC = "journey-fixes"
BODY_LINES = 5_000


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> SimulatedDay:
    return simulated_day(tmp_path_factory.mktemp("day"))


@pytest.fixture(scope="module")
def by_file(day: SimulatedDay, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The judgement of `cordon judge`, which knows no database."""
    out = tmp_path_factory.mktemp("judged")
    inputs = ("--register", day.files.register, "--fixes", day.files.fixes, "--events", day.files.events)
    done = cordon("judge", *inputs, *day.range_options, "--out", out)
    assert done.returncode == 0, done.stderr
    judgement: dict[str, Any] = json.loads((out / "judgement.json").read_bytes())
    assert {incident["grade"] for incident in judgement["incidents"]} == {
        "confirmed",
        "probable",
        "inferred",
        "possible",
    }
    return judgement


@pytest.fixture
async def loaded(pool: Pool, day: SimulatedDay) -> Pool:
    """A database that holds the day's register."""
    document = read_register(day.files.register.read_bytes()).document
    assert document is not None
    async with pool.acquire() as connection:
        await load(connection, document, actor="test", reason="simulated", now=day.end)
    return pool


def clock(day: SimulatedDay) -> Callable[[], Instant]:
    """The end of the day: everything was recorded before it, and the desk's horizon is that of `cordon judge`."""
    return lambda: day.end


async def incidents_of(pool: Pool, day: SimulatedDay) -> list[dict[str, object]]:
    """Let the desk do all its work, then return its incidents as `judgement.json` prints them."""
    while await judge_some(pool, PostgresRegister(), Rules(), day.end, 100):
        pass
    async with pool.acquire() as connection:
        wearers = [WearerId(row["wearer_id"]) for row in await connection.fetch("SELECT wearer_id FROM wearer")]
        known = await known_in_range(connection, wearers, day.start, day.end)
    incidents = sorted((one.incident for one in known), key=lambda one: (one.began_at, one.zone_id, one.incident_id))
    return [json.loads(json.dumps(printed_incident(one))) for one in incidents]


async def test_a_replayed_file_gives_the_incidents_that_judge_gives(
    loaded: Pool, day: SimulatedDay, by_file: dict[str, Any]
) -> None:
    tally = await replay(loaded, day.files.fixes, "cordon", clock(day), lambda _: None)
    counts = by_file["counts"]
    assert (tally.fixes, tally.duplicates, tally.rejected) == (
        counts["fixes"],
        counts["duplicates"],
        counts["rejected"],
    )
    assert await incidents_of(loaded, day) == by_file["incidents"]
    again = await replay(loaded, day.files.fixes, "cordon", clock(day), lambda _: None)
    assert again.fixes == 0
    assert await incidents_of(loaded, day) == by_file["incidents"]


async def test_fixes_pushed_over_https_give_the_incidents_that_judge_gives(
    loaded: Pool, day: SimulatedDay, by_file: dict[str, Any], tmp_path: Path
) -> None:
    app = create_app(loaded, PostgresRegister(), Archive(tmp_path), clock=clock(day))
    async with loaded.acquire() as connection:
        provider = await create_token(connection, Role.PROVIDER, None, "test", day.end)
        admin = await create_token(connection, Role.ADMIN, None, "test", day.end)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://cordon") as client:
        lines = day.files.fixes.read_bytes().splitlines(keepends=True)
        kind = {"Authorization": f"Bearer {provider}", "Content-Type": "application/x-ndjson"}
        for at in range(0, len(lines), BODY_LINES):
            answer = await client.post("/v1/fixes", content=b"".join(lines[at : at + BODY_LINES]), headers=kind)
            assert answer.status_code == 202
        assert await incidents_of(loaded, day) == by_file["incidents"]
        listed = await client.get("/v1/incidents?limit=100", headers={"Authorization": f"Bearer {admin}"})
    assert {one["incident_id"] for one in listed.json()["items"]} == {
        one["incident_id"] for one in by_file["incidents"]
    }


async def test_fixes_read_from_kafka_give_the_incidents_that_judge_gives(
    loaded: Pool, day: SimulatedDay, by_file: dict[str, Any], kafka: KafkaBroker
) -> None:
    lines = day.files.fixes.read_bytes().splitlines()
    await make_topics(kafka.bootstrap_servers, 3, [TOPIC])
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all", linger_ms=20) as producer:
        for line in lines:
            await producer.send(TOPIC, line)
    stop = asyncio.Event()
    reading = asyncio.create_task(
        consume(lambda: kafka_source(kafka.bootstrap_servers, "journey", [TOPIC]), loaded, "test", clock(day), stop)
    )
    read = "SELECT coalesce(sum(next_offset), 0) = $1 FROM kafka_position"
    await eventually(lambda: loaded.fetchval(read, len(lines)))
    stop.set()
    await reading
    assert await incidents_of(loaded, day) == by_file["incidents"]
