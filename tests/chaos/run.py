"""One run: a day is sent piece by piece, a fault strikes within each, and in the end all is counted and compared."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geofence.instants import instant, printed
from service.embedded import EmbeddedPostgres
from tests.chaos.faults import FAULTS
from tests.chaos.messages import Sending, empty_topics, sending
from tests.chaos.outcome import Outcome, leads_to, outcome
from tests.chaos.simulated import START, UNTIL, SimulatedDay
from tests.chaos.world import World, world
from tests.servers.kafka.broker import KafkaBroker

HOUR_S = 3600.0
# So often the next fault strikes before the last one was recovered from.
HASTE = 0.3
PARKED = "can't be judged and is parked"


@dataclass(slots=True)
class Report:
    """What a run came to. recovery_s: of each fault that was waited for, until all was in the ledger and judged."""

    seed: int
    faults: list[str]
    struck: list[str] = field(default_factory=list)
    recovery_s: list[float] = field(default_factory=list)
    sent: int = 0
    stored: int = 0
    doubled: int = 0
    parked: int = 0
    wrong: list[str] = field(default_factory=list)


def chosen(seed: int, count: int) -> list[str]:
    """Return so many faults at random, none a second time before each other was there."""
    rng, names = random.Random(seed), list[str]()  # noqa: S311 - chaos, not secrets
    while len(names) < count:
        names += rng.sample(sorted(FAULTS), len(FAULTS))
    return names[:count]


async def run(
    server: EmbeddedPostgres,
    template: str,
    broker: KafkaBroker,
    folder: Path,
    day: SimulatedDay,
    faults: Sequence[str],
    seed: int,
) -> Report:
    """Let these faults strike, in this order. `template`: a database with the day's register.

    1. Send a piece of the day, and let the fault strike when some of it was read.
    2. Wait until the whole piece is in the ledger and judged; or, at times, for nothing.
    3. In the end time passes, beyond where any clock has jumped; the workers end well; count and compare.
    """
    report = Report(seed, list(faults))
    try:
        await _run(server, template, broker, folder, day, report)
    except BaseException as failed:
        failed.add_note(f"seed {seed}, after {len(report.struck)} of {report.faults}")
        raise
    return report


async def _run(
    server: EmbeddedPostgres, template: str, broker: KafkaBroker, folder: Path, day: SimulatedDay, report: Report
) -> None:
    faults, seed = report.faults, report.seed
    start = await empty_topics(broker.bootstrap_servers)
    async with (
        sending(broker.bootstrap_servers) as to_kafka,
        world(server, template, broker, folder, UNTIL, seed) as whole,
        told_of_failure(whole, to_kafka),
    ):
        to_kafka.ends.update(start)
        await whole.room.read_up_to(start)
        for number, fault in enumerate(faults):
            await _strike(whole, to_kafka, day, number, fault, report)
        await to_kafka.send(day.messages[_cut(day, len(faults), len(faults)) :])
        whole.let_time_pass(12 * HOUR_S)
        await whole.recovered(to_kafka.ends)
        whole.all_are_alive()
        report.parked = sum(worker.said.count(PARKED) for worker in whole.room.workers)
        for worker in whole.workers:
            await worker.stop()
        report.sent = len(day.expected.fixes)
        found = await outcome(whole.room.pool, (START, UNTIL))
        report.stored, report.doubled = found.fixes.total(), found.doubled
        report.wrong += _differences(found, day)
        for name, now in zip(day.expected.names, found.names, strict=False):
            if await leads_to(whole.room.pool, name) != now:
                report.wrong.append(f"{name} does not lead to {now}")


@asynccontextmanager
async def told_of_failure(whole: World, to_kafka: Sending) -> AsyncIterator[None]:
    """Add to whatever fails how things stood."""
    try:
        yield
    except Exception as failed:
        failed.add_note(f"sent up to {to_kafka.ends}\n{await whole.told()}")
        raise


async def _strike(whole: World, to_kafka: Sending, day: SimulatedDay, number: int, fault: str, report: Report) -> None:
    count = len(report.faults)
    piece = day.messages[_cut(day, number, count) : _cut(day, number + 1, count)]
    whole.all_are_alive()
    before = dict(to_kafka.ends)
    under_way = asyncio.create_task(to_kafka.send(piece))
    try:
        await whole.read_since(before, round(whole.rng.random() * 0.8 * len(piece)))
        began = time.monotonic()
        report.struck.append(fault)
        await FAULTS[fault](whole)
    finally:
        await under_way
    if whole.rng.random() >= HASTE:
        await whole.recovered(to_kafka.ends)
        report.recovery_s.append(time.monotonic() - began)


def _cut(day: SimulatedDay, number: int, count: int) -> int:
    """Return where piece `number` of the day begins; there is one more than faults."""
    return len(day.messages) * number // (count + 1)


def _differences(found: Outcome, day: SimulatedDay) -> list[str]:
    """Say what is in the database otherwise than it should be."""
    expected = day.expected
    fixes = frozenset((row[0], printed(instant(row[1])), row[2], row[5], row[6]) for row in found.fixes)
    pairs: dict[str, tuple[Any, Any]] = {
        "fixes that are missing": (expected.fixes - fixes, frozenset()),
        "fixes that nobody sent": (fixes - expected.fixes, frozenset()),
        "rows that are there twice": (found.doubled, 0),
        "messages in quarantine": (Counter(_bodies(found)), expected.quarantined),
        "tag events": (found.events.total(), expected.events),
        "duplicates": (found.arrived["duplicates"], expected.duplicates),
        "contradictions": (found.arrived["contradictions"], expected.contradictions),
        "incidents": (found.incidents, expected.incidents),
    }
    return [f"{name}: {is_!r:.2000} and not {wanted!r:.2000}" for name, (is_, wanted) in pairs.items() if is_ != wanted]


def _bodies(found: Outcome) -> list[bytes]:
    return [row[0] for row, count in found.quarantine.items() for _ in range(count)]
