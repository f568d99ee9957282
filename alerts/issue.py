"""Issuing a report: judged, composed, rendered, archived, and only then said to be issued."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from alerts.archive import Archive
from alerts.days import deadlines_of
from alerts.editions import Edition, read_edition, write_edition
from alerts.inputs import DayInputs
from alerts.morning import day_inputs
from alerts.particulars import Connection, Pool, RegisterReader
from alerts.render import render
from alerts.report import Report, compose
from geofence.instants import Instant
from geofence.rules import Rules

FIRST = 1


@dataclass(frozen=True, slots=True)
class Press:
    """What every report of an installation is made with, whichever force and day it is of."""

    pool: Pool
    registers: RegisterReader
    archive: Archive
    rules: Rules
    software_version: str
    clock: Callable[[], Instant]


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A report that was never issued, and says so on every page."""

    inputs: DayInputs
    report: Report
    files: Mapping[str, bytes]


async def issue(press: Press, force: str, day: date) -> Edition:
    """Issue edition 1 of a force's report of `day`, or return it if it is issued already.

    1. Read one snapshot and judge it, with the present as its horizon.
    2. Compose and render in a thread.
    3. Archive every file by the hash of its content.
    4. Write the edition's row. A crash before this leaves files that nothing refers to, and no report.
    Of several that issue the same edition at once, one row stands and all return it.
    """
    async with press.pool.acquire() as connection:
        issued = await read_edition(connection, force, day, FIRST)
        if issued is not None:
            return issued
        inputs = await _inputs(press, connection, force, day, FIRST)
    _, files = await asyncio.to_thread(_rendered, inputs)
    archived = {suffix: await asyncio.to_thread(press.archive.put, data) for suffix, data in sorted(files.items())}
    edition = Edition(force, day, FIRST, inputs.horizon, deadlines_of(day).due_at, press.clock(), archived)
    async with press.pool.acquire() as connection:
        return await write_edition(connection, edition)


async def preview(press: Press, force: str, day: date) -> Preview:
    """Return the report as it would be issued now, marked as a preview. Nothing is archived and nothing written."""
    async with press.pool.acquire() as connection:
        inputs = await _inputs(press, connection, force, day, None)
    report, files = await asyncio.to_thread(_rendered, inputs)
    return Preview(inputs, report, files)


async def _inputs(press: Press, connection: Connection, force: str, day: date, edition: int | None) -> DayInputs:
    return await day_inputs(
        connection,
        press.registers,
        force=force,
        day=day,
        rules=press.rules,
        horizon=press.clock(),
        edition=edition,
        software_version=press.software_version,
    )


def _rendered(inputs: DayInputs) -> tuple[Report, Mapping[str, bytes]]:
    report = compose(inputs)
    return report, render(report)
