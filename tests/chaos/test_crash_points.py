"""A process killed at any point of any transaction leaves what one undisturbed run leaves."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import asyncpg
import pytest

from alerts.desk import judge_some
from geofence.instants import SECOND_US
from geofence.rules import Rules
from ingest.batch import Batch
from ingest.fix import Profile
from ingest.ledger import append
from ingest.source import EVENTS_TOPIC, Partition
from service.clock import now as present
from service.database import Pool
from service.embedded import EmbeddedPostgres
from service.register.store import PostgresRegister
from tests.chaos.messages import Message, empty_topics, sending
from tests.chaos.outcome import Outcome, outcome
from tests.chaos.points import APPEND_POINTS, JUDGE_POINTS, LEASE_POINTS, PARTITION_POINTS, Point
from tests.chaos.rooms import Room, copy_database, load_register, place, room
from tests.chaos.small_day import FIRST_HALF, JUDGED_AT, NOW, POISON, RANGE, SECOND_HALF, TAGS, register
from tests.chaos.workers import Worker
from tests.servers.kafka.broker import KafkaBroker

pytestmark = pytest.mark.timeout(300)
AT_ONCE = 4

OpenRoom = Callable[[str], AbstractAsyncContextManager[Room]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The day in the broker, databases that have its register or more, and what an undisturbed run leaves."""

    ends: Mapping[Partition, int]
    open_room: OpenRoom
    registered: str
    half_judged: str
    undisturbed: Outcome


@pytest.fixture(scope="module")
async def prepared(
    postgres: EmbeddedPostgres, kafka: KafkaBroker, tmp_path_factory: pytest.TempPathFactory
) -> Prepared:
    folder = tmp_path_factory.mktemp("workers")
    await empty_topics(kafka.bootstrap_servers)
    async with sending(kafka.bootstrap_servers) as to_kafka:
        await to_kafka.send([*FIRST_HALF, *SECOND_HALF])
    registered = await copy_database(postgres, "cordon_template")
    await load_register(postgres.url(registered), register(TAGS), NOW)
    half_judged = await copy_database(postgres, registered)
    async with asyncpg.create_pool(postgres.url(half_judged), min_size=1) as pool:
        await append_all(pool, FIRST_HALF)
        await judge_all(pool)
        await append_all(pool, SECOND_HALF)

    def open_room(template: str) -> AbstractAsyncContextManager[Room]:
        there = place(kafka.bootstrap_servers, folder, (NOW - present()) / SECOND_US)
        return room(postgres, template, there)

    async with open_room(registered) as quiet:
        quiet.start("consume")
        await quiet.read_up_to(to_kafka.ends)
        await judge_all(quiet.pool)
        undisturbed = await outcome(quiet.pool, RANGE)
    return Prepared(to_kafka.ends, open_room, registered, half_judged, undisturbed)


def test_the_day_holds_what_can_go_wrong(prepared: Prepared) -> None:
    was = prepared.undisturbed
    rejected = len(POISON) + 1
    sent = len(FIRST_HALF) + len(SECOND_HALF) - rejected - 1
    assert was.arrived["rejected"] == rejected
    assert (was.arrived["contradictions"], was.arrived["duplicates"]) == (1, 4)
    assert len(was.fixes) + len(was.events) == sent - 3
    assert {body for body, *_ in was.quarantine} >= set(POISON)
    assert [incident["state"] for incident in was.incidents].count("open") == 1
    assert was.doubled == 0


@pytest.mark.parametrize(
    "points", [PARTITION_POINTS, LEASE_POINTS, APPEND_POINTS], ids=["partitions", "leases", "append"]
)
async def test_a_consumer_killed_anywhere_loses_and_doubles_nothing(
    points: Sequence[Point], prepared: Prepared
) -> None:
    async def killed(point: Point) -> None:
        async with prepared.open_room(prepared.registered) as scene:
            victim = scene.start("consume", point)
            if point.stopping:
                await scene.read_up_to(prepared.ends)
                victim.signal(signal.SIGTERM)
            await dies_at(victim, point)
            scene.start("consume")
            await scene.read_up_to(prepared.ends)
            await judge_all(scene.pool)
            assert await outcome(scene.pool, RANGE) == prepared.undisturbed, point.name

    await for_each(points, killed)


async def test_a_desk_killed_anywhere_leaves_each_incident_once(prepared: Prepared) -> None:
    async def killed(point: Point) -> None:
        async with prepared.open_room(prepared.half_judged) as scene:
            await dies_at(scene.start("desk", point), point)
            scene.start("desk")
            await scene.judged_up_to(JUDGED_AT)
            found = await outcome(scene.pool, RANGE)
            assert (found.fixes, found.incidents) == (prepared.undisturbed.fixes, prepared.undisturbed.incidents), point

    await for_each(JUDGE_POINTS, killed)


async def for_each(points: Sequence[Point], killed: Callable[[Point], Awaitable[None]]) -> None:
    """Try each point in a room of its own, a few at a time; all faults are told together."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(point: Point) -> None:
        async with few:
            await killed(point)

    failed = [fault for fault in await asyncio.gather(*map(one, points), return_exceptions=True) if fault]
    if failed:
        raise ExceptionGroup("some points", [fault for fault in failed if isinstance(fault, Exception)])


async def dies_at(victim: Worker, point: Point) -> None:
    """Wait until a worker killed itself at its point."""
    try:
        code = await victim.ended(patience_s=20)
    except TimeoutError:
        raise AssertionError(f"{point.name}: no longer hit; mend it in tests/chaos/points.py") from None
    assert (code, victim.hit) == (-signal.SIGKILL, point.name), victim.said[-3000:]


async def append_all(pool: Pool, messages: list[Message]) -> None:
    """Append messages as a consumer would."""
    batch = Batch("kafka", NOW)
    for number, message in enumerate(messages):
        add = batch.add_event_message if message.topic == EVENTS_TOPIC else add_fixes(batch, message.profile)
        add(message.value, (message.topic, number))
    await append(pool, batch, NOW)


def add_fixes(batch: Batch, profile: Profile) -> Callable[[bytes, tuple[object, ...]], None]:
    return lambda body, at: batch.add_message(body, profile, at)


async def judge_all(pool: Pool) -> None:
    """Judge all that is due."""
    while await judge_some(pool, PostgresRegister(), Rules(), JUDGED_AT, 100):
        pass
