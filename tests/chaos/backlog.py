"""A day's backlog of many tags at once, while live fixes still arrive: how much memory, how long for a live one?"""

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from geofence.instants import MINUTE_US, Instant
from service.embedded import EmbeddedPostgres
from tests.chaos.messages import Message, Sending, empty_topics, sending
from tests.chaos.rooms import Room, place, room
from tests.chaos.small_day import BEGAN, INSIDE_KM, OUTSIDE_KM, fix, register
from tests.chaos.templates import register_template
from tests.chaos.waiting import eventually
from tests.chaos.workers import Worker
from tests.chaos.world import LEASE_S
from tests.servers.kafka.broker import KafkaBroker

DAY_MINUTES = 24 * 60
AT_ONCE = 20_000
SECOND_US = 1_000_000

INCIDENT_OF = "SELECT count(*) FROM incident WHERE tag_id = $1 AND standing"
ROWS = "SELECT (SELECT count(*) FROM fix) AS fixes, (SELECT count(*) FROM incident WHERE standing) AS incidents"
WAITING = "SELECT count(*) AS rows, count(DISTINCT fitting_id) AS tracks FROM to_judge"


@dataclass(slots=True)
class Backlog:
    """What was measured. live_s: of each live fix, from its sending until its incident stood; while the backlog lasted.

    read_s, judged_s: when all of it was in the ledger, and judged, after it began to be read. peak_mb: by process.
    waiting_tracks: the most tracks that waited to be judged at once.
    """

    tags: int
    fixes: int
    stored: int = 0
    incidents: int = 0
    expected_incidents: int = 0
    read_s: float = 0.0
    judged_s: float = 0.0
    live_s: list[float] = field(default_factory=list)
    quiet_s: list[float] = field(default_factory=list)
    waiting_tracks: int = 0
    peak_mb: dict[str, float] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Return it for people."""
        peaks = ", ".join(f"{name} {peak:.0f} MB" for name, peak in self.peak_mb.items())
        ledger = f"{self.fixes:,} fixes, {self.stored:,} in the ledger"
        desk = f"{self.incidents:,} of {self.expected_incidents:,} incidents"
        times = f"read after {self.read_s:.1f} s, judged after {self.judged_s:.1f} s"
        return [
            f"backlog of {self.tags:,} tags: {ledger}, {desk}",
            f"  {times}; at most {self.waiting_tracks} tracks waited at once",
            f"  live incidents meanwhile: {spread(self.live_s)}; without a backlog: {spread(self.quiet_s)}",
            f"  most memory at once: {peaks}",
        ]


def spread(seconds: list[float]) -> str:
    """Return how many, the middle and the longest."""
    if not seconds:
        return "none"
    return f"{len(seconds)}, median {median(seconds):.2f} s, longest {max(seconds):.2f} s"


async def backlog(server: EmbeddedPostgres, broker: KafkaBroker, folder: Path, tags: int, probes: int) -> Backlog:
    """Send a day of so many tags, then let consumer and desk begin, and send live fixes until all is judged.

    probes: live wearers at most; each enters his zone once. Every second tag of the backlog was once in its zone.
    """
    now = Instant(BEGAN + DAY_MINUTES * MINUTE_US)
    old, live = [f"B-{number}" for number in range(tags)], [f"L-{number}" for number in range(probes)]
    template = await register_template(server, register([*old, *live]), now, "chaos_backlog")
    found = Backlog(tags, tags * DAY_MINUTES, expected_incidents=(tags + 1) // 2)
    await empty_topics(broker.bootstrap_servers)
    async with sending(broker.bootstrap_servers) as to_kafka:
        await _send_in_parts(to_kafka, day_of(old, now))
        shift_s = (now - time.time_ns() // 1000) / SECOND_US
        there = place(broker.bootstrap_servers, folder, shift_s, lease_s=LEASE_S, records=None)
        async with room(server, template, there) as scene:
            workers = {"consumer": scene.start("consume"), "desk": scene.start("desk")}
            await _go_on(scene, to_kafka, live, now, found)
            found.peak_mb = {name: worker.peak_mb() for name, worker in workers.items()}
            await _count(scene, found, workers)
    return found


def day_of(tags: list[str], until: Instant) -> Iterator[Message]:
    """Yield a fix a minute of each tag, minute by minute; every second tag spends a quarter of an hour in its zone."""
    rng = random.Random(1)  # noqa: S311 - a day, not a secret
    enters = {tag: rng.randrange(60, DAY_MINUTES - 60) for tag in tags[::2]}
    for minute in range(DAY_MINUTES):
        at = Instant(until - (DAY_MINUTES - minute) * MINUTE_US)
        for tag in tags:
            inside = 0 <= minute - enters.get(tag, DAY_MINUTES) < 15
            yield fix(tag, at, INSIDE_KM if inside else OUTSIDE_KM)


async def _send_in_parts(to_kafka: Sending, messages: Iterator[Message]) -> None:
    part: list[Message] = []
    for message in messages:
        part.append(message)
        if len(part) == AT_ONCE:
            await to_kafka.send(part)
            part = []
    await to_kafka.send(part)


async def _go_on(scene: Room, to_kafka: Sending, live: list[str], now: Instant, found: Backlog) -> None:
    began = time.monotonic()
    of_backlog = dict(to_kafka.ends)

    async def read() -> None:
        await scene.read_up_to(of_backlog, 600)
        found.read_s = time.monotonic() - began
        await eventually(lambda: _judged(scene, found), "the backlog is judged", 600)
        found.judged_s = time.monotonic() - began

    waiting = iter(live)
    reading = asyncio.create_task(read())
    try:
        while not reading.done() and (tag := next(waiting, None)) is not None:
            found.live_s.append(await _probe(scene, to_kafka, tag, now, began))
        await reading
        for tag in list(waiting)[:5]:
            found.quiet_s.append(await _probe(scene, to_kafka, tag, now, began))
    finally:
        reading.cancel()


async def _judged(scene: Room, found: Backlog) -> bool:
    """Say whether nobody of the backlog waits any more; live tracks come and go."""
    row = await scene.pool.fetchrow(WAITING + " JOIN fitting USING (fitting_id) WHERE tag_id LIKE 'B-%'")
    assert row is not None
    found.waiting_tracks = max(found.waiting_tracks, row["tracks"])
    return bool(row["rows"] == 0)


async def _probe(scene: Room, to_kafka: Sending, tag: str, now: Instant, began: float) -> float:
    """Let a wearer enter his zone now, and return after how many seconds his incident stands."""
    sent = time.monotonic()
    at = Instant(now + round((sent - began) * SECOND_US))
    await to_kafka.send([fix(tag, at, INSIDE_KM)])
    await eventually(lambda: scene.pool.fetchval(INCIDENT_OF, tag), f"the incident of {tag} stands", 600)
    return time.monotonic() - sent


async def _count(scene: Room, found: Backlog, workers: dict[str, Worker]) -> None:
    row = await scene.pool.fetchrow(ROWS)
    assert row is not None
    probes = len(found.live_s) + len(found.quiet_s)
    found.stored, found.incidents = row["fixes"] - probes, row["incidents"] - probes
    for worker in workers.values():
        await worker.stop()
