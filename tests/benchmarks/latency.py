"""How long from the instant at which a fix was to be sent until a reader of the live stream is told of its incident?

`python -m tests.benchmarks.latency [RATE ...]`: open loop: whatever happens, each fix counts from its intended instant.
At each rate, tags report every five seconds, in turn; every now and then one of them enters its zone. Producer, broker,
database, consumer, desk, web process and reader share the machine.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random

import httpx
import numpy as np
from aiokafka import AIOKafkaProducer

from geofence.instants import instant
from service.access.actor import Role
from service.access.tokens import create_token
from service.embedded import EmbeddedPostgres
from tests.benchmarks.feeds.people import TOPIC, fix
from tests.benchmarks.feeds.processes import running
from tests.benchmarks.stream import peopled, produce
from tests.servers import database as databases
from tests.servers.kafka.broker import KafkaBroker

RATES = (1_000, 5_000, 20_000)
LASTS_S, SETTLES_S, LATE_S = 20, 5, 10.0
EVERY_S = 5  # how often a tag reports
ENTERED = 300  # how many enter a zone, at the most
BEFORE = 0.94  # how far on the way to the zone: outside, and near enough to be there five seconds later
TICK_S = 0.005


def schedule(rate: int, tags: int) -> dict[int, int]:
    """Return which tags enter their zone, each with the number of the round in which it does."""
    chance = Random(rate)  # noqa: S311 - a walk, not a secret
    rounds = range(-(-SETTLES_S // EVERY_S), (SETTLES_S + LASTS_S) // EVERY_S)
    return {tag: chance.choice(rounds) for tag in chance.sample(range(tags), min(ENTERED, tags // 4))}


async def send(bootstrap_servers: str, rate: int, begin: float) -> None:
    """Send so many fixes a second, each at its instant as far as the machine lets us."""
    tags = rate * EVERY_S
    entering = schedule(rate, tags)
    count = (SETTLES_S + LASTS_S) * rate
    bodies = []
    for number in range(count):
        turn, tag = divmod(number, tags)
        at = datetime.fromtimestamp(begin + number / rate, UTC)
        bodies.append(
            fix(tag, at, 1.0 if entering.get(tag, count) == turn else BEFORE if tag in entering else 0.1, number)
        )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, linger_ms=5, max_batch_size=500_000, acks="all")
    await producer.start()
    done = 0
    while done < count:
        due = min(count, int((time.time() - begin) * rate) + 1)
        for number in range(done, due):
            await producer.send(TOPIC, bodies[number])
        done = max(done, due)
        await asyncio.sleep(TICK_S)
    await producer.stop()


async def told(url: str, token: str) -> AsyncIterator[tuple[str, float]]:
    """Yield the tag of each incident that is added, and when we were told."""
    timeout = httpx.Timeout(10, read=LATE_S + 20)
    async with (
        httpx.AsyncClient(base_url=url, timeout=timeout, headers={"Authorization": f"Bearer {token}"}) as client,
        client.stream("GET", "/v1/incidents/stream") as answer,
    ):
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                change = json.loads(line[5:])
                if change["what"] == "added":
                    yield change["incident"]["tag_id"], time.time()


async def at_rate(broker: KafkaBroker, server: EmbeddedPostgres, rate: int) -> None:
    """Measure one rate, and print."""
    tags = rate * EVERY_S
    entering = schedule(rate, tags)
    await produce(broker, [], 1)
    async with peopled(server, tags, zones=1) as (pool, url):
        async with pool.acquire() as connection:
            token = await create_token(connection, Role.ADMIN, None, "bench", instant(datetime.now(UTC)))
        settings = {"CORDON_DATABASE_URL": url, "CORDON_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
        with (
            running("desk", settings),
            running("consume", settings),
            running("web", {**settings, "CORDON_PORT": "0"}) as (ready, _),
        ):
            begin = time.time() + 4 + rate / 2_000  # until then the sender makes its messages
            where = ready.removeprefix("cordon web is ready: ")
            sender = subprocess.Popen(  # noqa: ASYNC220 - it takes a moment, before anything is measured
                [
                    sys.executable,
                    "-m",
                    "tests.benchmarks.latency",
                    "send",
                    broker.bootstrap_servers,
                    str(rate),
                    str(begin),
                ]
            )
            latency_s = {}
            try:
                async with asyncio.timeout(begin - time.time() + SETTLES_S + LASTS_S + LATE_S):
                    async for tag_id, at in told(where, token):
                        tag = int(tag_id.removeprefix("T-"))
                        latency_s[tag] = at - (begin + (entering[tag] * tags + tag) / rate)
                        if len(latency_s) == len(entering):
                            break
            except TimeoutError:
                pass
            sender.wait()
    missing = len(entering) - len(latency_s)
    half, most, worst = np.quantile(list(latency_s.values()), [0.5, 0.99, 1.0]) * 1e3
    print(
        f"  {rate:6,} fixes/s of {tags:7,} tags: median {half:5,.0f} ms, 99th {most:6,.0f} ms, worst {worst:6,.0f} ms"
        f" of {len(latency_s)} incidents, {missing} not within {LATE_S:.0f} s",
        flush=True,
    )


async def measure(rates: list[int]) -> None:
    """Start the servers and measure each rate."""
    with EmbeddedPostgres() as server, KafkaBroker() as broker:
        await databases.make_template(server)
        print("latency: from the intended instant of a fix in a zone to the reader of the live stream")
        for rate in rates:
            await at_rate(broker, server, rate)


def main() -> None:
    """Measure; or, in a process of its own, send."""
    match sys.argv[1:]:
        case ["send", servers, rate, begin]:
            asyncio.run(send(servers, int(rate), float(begin)))
        case rates:
            asyncio.run(measure([int(rate) for rate in rates] or list(RATES)))


if __name__ == "__main__":
    main()
