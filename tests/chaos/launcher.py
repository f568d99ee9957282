"""The inside of a worker's process: `cordon consume` or `cordon desk` as they are, but for what is needed to hurt them.

Only here, and only by the environment given here, can a process be killed at a statement, its clock be moved, its
leases be shortened, its batches be made small. The code that is tested knows nothing of it.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

import alerts.desk
import ingest.consume
import ingest.gathered
import ingest.kafka
import service.clock
import service.commands.processes
from service.child import dies_with_parent
from service.cli import main
from tests.chaos.points import POINTS, Point

# Variables that only this file reads.
POINT, HIT_FILE, CLOCK_FILE, LEASE_S, ANSWER_S, RECORDS = (
    "CHAOS_POINT",
    "CHAOS_HIT_FILE",
    "CHAOS_CLOCK_FILE",
    "CHAOS_LEASE_S",
    "CHAOS_ANSWER_S",
    "CHAOS_RECORDS",
)


def work(command: str, environment: dict[str, str], output: str) -> None:
    """Be `cordon command`; what it says goes to the file `output`. Dies with whoever started it."""
    if (die := dies_with_parent(signal.SIGKILL)) is not None:
        die()
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in (1, 2):
        os.dup2(said, descriptor)
    for name in [name for name in os.environ if name.startswith("CORDON_")]:
        del os.environ[name]
    os.environ.update(environment)
    _hurt(environment)
    main([command])


def _hurt(environment: dict[str, str]) -> None:
    if CLOCK_FILE in environment:
        _Shifted.file = Path(environment[CLOCK_FILE])
        service.clock.__dict__["datetime"] = _Shifted  # the one place that looks at the wall
    if LEASE_S in environment:
        consume: Any = ingest.consume.consume
        consume.__kwdefaults__["lease_s"] = float(environment[LEASE_S])
    if ANSWER_S in environment:
        service.commands.processes.ANSWER_S = float(environment[ANSWER_S])
    if RECORDS in environment:
        # A batch of several spoonfuls, as in earnest, and yet several batches in a small day.
        ingest.gathered.RECORDS = int(environment[RECORDS])
        ingest.kafka.RECORDS_AT_ONCE = max(1, int(environment[RECORDS]) // 4)
    if POINT in environment:
        alerts.desk.TRACKS_AT_ONCE = 2  # a small day, and yet several transactions
        _Killing.point, _Killing.hit_file = POINTS[environment[POINT]], environment[HIT_FILE]
        asyncpg.create_pool = partial(asyncpg.create_pool, connection_class=_Killing)


class _Shifted:
    """The wall clock, moved by so many seconds as a file says at that moment."""

    file: Path

    @classmethod
    def now(cls, zone: tzinfo) -> datetime:
        return datetime.now(zone) + timedelta(seconds=float(cls.file.read_text()))


_Connection: Any = asyncpg.Connection  # its inner methods are not in the stubs


class _Killing(_Connection):  # type: ignore[misc] # for the same reason
    """A connection that kills its process at a point, counted over all connections."""

    point: Point
    hit_file: str
    _met = 0

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._before: list[str] = []

    async def execute(self, query: str, *arguments: Any, **named: Any) -> Any:
        if arguments:  # goes through _execute
            return await super().execute(query, *arguments, **named)
        return await self._pass(query, partial(super().execute, query, **named))

    async def _execute(self, query: str, *given: Any, **named: Any) -> Any:
        return await self._pass(query, partial(super()._execute, query, *given, **named))

    async def _executemany(self, query: str, *given: Any, **named: Any) -> Any:
        return await self._pass(query, partial(super()._executemany, query, *given, **named))

    async def _copy_in(self, query: str, *given: Any, **named: Any) -> Any:
        return await self._pass(query, partial(super()._copy_in, query, *given, **named))

    async def copy_records_to_table(self, table_name: str, **named: Any) -> Any:
        query = f'COPY "{table_name}"'
        return await self._pass(query, partial(super().copy_records_to_table, table_name, **named))

    async def _pass(self, query: str, run: Callable[[], Awaitable[Any]]) -> Any:
        here = self._is_here(query)
        if here and self.point.when == "before":
            self._die()
        running = asyncio.ensure_future(run())
        if here and self.point.when == "while":
            await asyncio.sleep(0)  # the statement goes out
            self._die()
        done = await running
        if here:
            self._die()
        self._before = [] if query.startswith("BEGIN") else [*self._before, query]
        return done

    def _is_here(self, query: str) -> bool:
        point = self.point
        if point.statement not in query or not (not point.within or any(point.within in one for one in self._before)):
            return False
        _Killing._met += 1
        return _Killing._met == point.nth

    def _die(self) -> None:
        Path(self.hit_file).write_text(self.point.name)
        os.kill(os.getpid(), signal.SIGKILL)
