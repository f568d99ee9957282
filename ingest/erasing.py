"""Erasing, in transactions so small that neither appends nor readers wait for long."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

from geofence.instants import Instant, moment, printed
from ingest.connections import Connection
from ingest.partitions import BE_BRIEF

BATCH: Final = 5_000  # rows that one transaction erases at the most

# No hold comes into force in the midst of an erasure, so that what a placed hold covers is never erased after it.
HOLDS_STAND_STILL = "LOCK TABLE legal_hold IN SHARE MODE"
ERASE = """
WITH gone AS (DELETE FROM {table} WHERE ctid = ANY (ARRAY({due} LIMIT $2)) RETURNING 1) SELECT count(*) FROM gone"""
COUNT = "SELECT count(*) FROM ({due}) AS due"

# Told of each erasure within its transaction: the class, how many, and of what. It keeps the account.
Witness: TypeAlias = Callable[[Connection, str, int, str], Awaitable[None]]
Stopped: TypeAlias = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Aged:
    """A table whose rows are erased when they are old.

    due: selects the ctid of what is older than $1 and not held. said: what stands before that instant in the account.
    """

    table: str
    due: str
    said: str


# A rejection does not say when its message was recorded: it is held if that may have been within the hold.
REJECTIONS = Aged(
    "rejection",
    """
SELECT ctid FROM rejection WHERE received_at < $1
  AND NOT EXISTS (SELECT FROM held_stretch WHERE held_stretch.tag_id = rejection.tag_id
                  AND starts_at <= rejection.received_at + interval '24 hours')""",
    "rejections received before",
)
TAG_EVENTS = Aged(
    "tag_event",
    """
SELECT ctid FROM tag_event WHERE occurred_at < $1 AND coalesce(ended_at, occurred_at) < $1
  AND NOT EXISTS (SELECT FROM held_stretch WHERE held_stretch.tag_id = tag_event.tag_id
                  AND starts_at <= coalesce(tag_event.ended_at, 'infinity') AND ends_at > tag_event.occurred_at)""",
    "tag events that occurred before",
)
ARRIVALS = Aged("arrival", "SELECT ctid FROM arrival WHERE hour < $1", "counts of arrivals before")


@asynccontextmanager
async def erasing(connection: Connection) -> AsyncIterator[None]:
    """Open a transaction in which something is erased. Raises LockNotAvailableError if others are in the way."""
    async with connection.transaction():
        await connection.execute(BE_BRIEF)
        await connection.execute(HOLDS_STAND_STILL)
        yield


async def erase_aged(
    connection: Connection, class_: str, aged: Aged, before: Instant, witness: Witness, stopped: Stopped
) -> int:
    """Erase the rows of a table that are older than an instant, and return how many."""
    cutoff, statement, erased = moment(before), ERASE.format(table=aged.table, due=aged.due), 0
    while not stopped():
        async with erasing(connection):
            gone: int = await connection.fetchval(statement, cutoff, BATCH)
            if gone:
                await witness(connection, class_, gone, f"{aged.said} {printed(before)}")
        erased += gone
        if gone < BATCH:
            break
    return erased


async def count_aged(connection: Connection, aged: Aged, before: Instant) -> int:
    """Return how many rows `erase_aged` would erase."""
    count: int = await connection.fetchval(COUNT.format(due=aged.due), moment(before))
    return count
