"""The table of issued reports. A row is written once and never changes; the database refuses anything else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import asyncpg

from alerts.particulars import Connection
from geofence.instants import Instant, instant, moment

READ = """
SELECT force, day, edition, horizon, due_at, issued_at, files FROM edition
WHERE force = $1 AND day = $2 AND edition = $3"""
READ_ALL = """
SELECT force, day, edition, horizon, due_at, issued_at, files FROM edition
WHERE force = $1 ORDER BY day DESC, edition DESC LIMIT $2"""
# The first to issue an edition issues it; who comes second finds it there.
WRITE = """
INSERT INTO edition (force, day, edition, horizon, due_at, issued_at, files) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (force, day, edition) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Edition:
    """One issued report: edition 1, or a supplement.

    horizon: the instant up to which data counted. files: SHA-256 in the archive of each rendering, by its suffix.
    """

    force: str
    day: date
    edition: int
    horizon: Instant
    due_at: Instant
    issued_at: Instant
    files: Mapping[str, str]

    @property
    def late(self) -> bool:
        """Say whether it was issued after it was due."""
        return self.issued_at > self.due_at


async def read_edition(connection: Connection, force: str, day: date, edition: int = 1) -> Edition | None:
    """Return an issued edition, None if there is none."""
    row = await connection.fetchrow(READ, force, day, edition)
    return None if row is None else _edition(row)


async def read_editions(connection: Connection, force: str, limit: int = 100) -> list[Edition]:
    """Return a force's issued editions, the newest day first."""
    return [_edition(row) for row in await connection.fetch(READ_ALL, force, limit)]


async def write_edition(connection: Connection, edition: Edition) -> Edition:
    """Write an edition unless it was issued already; return what is then issued."""
    await connection.execute(
        WRITE,
        edition.force,
        edition.day,
        edition.edition,
        moment(edition.horizon),
        moment(edition.due_at),
        moment(edition.issued_at),
        json.dumps(dict(edition.files), sort_keys=True),
    )
    issued = await read_edition(connection, edition.force, edition.day, edition.edition)
    if issued is None:
        raise LookupError(f"edition {edition.edition} of {edition.day} vanished while it was written")
    return issued


def _edition(row: asyncpg.Record) -> Edition:
    return Edition(
        force=row["force"],
        day=row["day"],
        edition=row["edition"],
        horizon=instant(row["horizon"]),
        due_at=instant(row["due_at"]),
        issued_at=instant(row["issued_at"]),
        files=json.loads(row["files"]),
    )
