"""The whole job on a simulated day: what `cordon demo` shows and `cordon serve` begins with."""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from alerts.days import report_day_of
from alerts.desk import judge_some
from alerts.issue import issue
from geofence.instants import Instant
from ingest.push import push_events
from ingest.replay import replay
from ingest.tally import Tally
from service.clock import Clock
from service.composition import RULES, press
from service.database import Pool
from service.migrate import migrate
from service.progress import Stage
from service.register.document import RegisterDocument, read_register
from service.register.load import load
from service.register.store import PostgresRegister
from service.settings import Settings
from service.simulation import simulate
from service.simulation.files import Written, write

WEARERS = 50
REASON = "the register of the demonstration"
TRACKS_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """A simulated day, judged and reported. tally: what became of its messages."""

    day: date
    register: RegisterDocument
    tally: Tally


def yesterday(at: Instant) -> date:
    """Return the report day before that of `at`: the last whole one."""
    return report_day_of(at) - timedelta(days=1)


async def demonstrate(pool: Pool, settings: Settings, clock: Clock, stage: Stage) -> Demonstrated:
    """Do the main job once, on an empty database, for the last whole day and every force of the simulation.

    1. Migrate, and simulate a day of 50 wearers.
    2. Load the register.
    3. Append events and fixes to the ledger, as files of the provider.
    4. Let the desk judge whatever the work list asks for.
    5. Issue each force's report.
    """
    day = yesterday(clock())
    async with pool.acquire() as connection:
        await migrate(connection)
    with tempfile.TemporaryDirectory(prefix="cordon-demo-") as folder:
        simulating = stage(f"Simulating a day of {WEARERS} wearers", 1)
        files = write(simulate(WEARERS, day), Path(folder) / "fixes.jsonl")
        simulating(1)
        register = await _load(pool, await asyncio.to_thread(files.register.read_bytes), clock)
        tally = await _append(pool, files, clock, stage)
    await _judge(pool, clock, stage)
    issuing = stage("Issuing the reports", len(register.content.forces))
    for force in register.content.forces:
        await issue(press(pool, settings), force.code, day)
        issuing(1)
    return Demonstrated(day, register, tally)


async def _load(pool: Pool, file: bytes, clock: Clock) -> RegisterDocument:
    document = read_register(file).document
    if document is None:
        raise AssertionError("the simulation made a register with faults")
    async with pool.acquire() as connection:
        await load(connection, document, actor="demonstration", reason=REASON, now=clock())
    return document


async def _append(pool: Pool, files: Written, clock: Clock, stage: Stage) -> Tally:
    with files.fixes.open("rb") as lines:
        replaying = stage("Replaying its fixes", sum(1 for _ in lines))
    await push_events(pool, files.events.read_bytes(), "application/x-ndjson", clock)
    return await replay(pool, files.fixes, "cordon", clock, replaying)


async def _judge(pool: Pool, clock: Clock, stage: Stage) -> None:
    judging = stage("Judging the tracks", None)
    while taken := await judge_some(pool, PostgresRegister(), RULES, clock(), TRACKS_AT_ONCE):
        judging(taken)
