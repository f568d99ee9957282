"""Legal holds: what is asked for by a court, a coroner or a lawyer is not erased while the hold on it stands."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from geofence.instants import BEGINNING, FOREVER, Instant, instant, moment
from service.access.actor import at_command_line
from service.access.audit import record
from service.database import Connection

PLACE = """
INSERT INTO legal_hold (wearer_id, tag_id, starts_at, ends_at, reason, authority, placed_by, placed_at)
VALUES ($1, $2, coalesce($3, '-infinity'::timestamptz), coalesce($4, 'infinity'::timestamptz), $5, $6, $7, $8)
RETURNING legal_hold_id"""
KNOWS_WEARER = "SELECT EXISTS (SELECT FROM wearer WHERE wearer_id = $1)"
KNOWS_TAG = """
SELECT EXISTS (SELECT FROM tag WHERE tag_id = $1) OR EXISTS (SELECT FROM fitting WHERE tag_id = $1)
    OR EXISTS (SELECT FROM tag_event WHERE tag_id = $1)"""
LIST = """
SELECT legal_hold_id, wearer_id, tag_id, nullif(starts_at, '-infinity') AS starts_at,
       nullif(ends_at, 'infinity') AS ends_at, reason, authority, placed_by, placed_at,
       lifted_by, lifted_at, lift_reason
FROM legal_hold WHERE lifted_at IS NULL OR $1 ORDER BY legal_hold_id"""
LIFT = """
UPDATE legal_hold SET lifted_by = $2, lifted_at = $3, lift_reason = $4 WHERE legal_hold_id = $1 AND lifted_at IS NULL
RETURNING true"""


class HoldRefused(Exception):
    """A hold that can't be placed or lifted; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold, on a wearer or on a tag, over what was recorded in `[starts_at, ends_at)`."""

    hold_id: int
    wearer_id: str | None
    tag_id: str | None
    starts_at: Instant
    ends_at: Instant
    reason: str
    authority: str
    placed_by: str
    placed_at: Instant
    lifted_by: str | None
    lifted_at: Instant | None
    lift_reason: str | None


async def place_hold(
    connection: Connection,
    *,
    wearer_id: str | None,
    tag_id: str | None,
    starts_at: Instant | None,
    ends_at: Instant | None,
    reason: str,
    authority: str,
    placed_by: str,
    now: Instant,
) -> int:
    """Place a hold and return its number; when this returns, nothing that it covers is erased any more.

    Waits for an erasure in hand, which takes moments. Raises HoldRefused for a wearer or tag that nobody knows: a
    misspelt one would keep nothing.
    """
    if (wearer_id is None) == (tag_id is None):
        raise HoldRefused("a hold is on one wearer or on one tag; give --wearer or --tag")
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise HoldRefused("--until is not after --from; a hold covers what was recorded between them")
    if wearer_id is not None and not await connection.fetchval(KNOWS_WEARER, wearer_id):
        raise HoldRefused(f"--wearer {wearer_id}: the register has no such wearer; check the id")
    if tag_id is not None and not await connection.fetchval(KNOWS_TAG, tag_id):
        raise HoldRefused(f"--tag {tag_id}: neither ledger nor register has such a tag; check the id")
    between = (_moment(starts_at), _moment(ends_at))
    said = (reason, authority, placed_by, moment(now))
    async with connection.transaction():
        number: int = await connection.fetchval(PLACE, wearer_id, tag_id, *between, *said)
        whose = f"wearer {wearer_id}" if tag_id is None else f"tag {tag_id}"
        await record(connection, now, at_command_line(placed_by), "alteration", f"hold {number}: placed on {whose}")
    return number


async def list_holds(connection: Connection, *, lifted: bool = False) -> list[Hold]:
    """Return the holds that stand, or all that ever did, in the order in which they were placed."""
    return [_hold(row) for row in await connection.fetch(LIST, lifted)]


async def lift_hold(connection: Connection, hold_id: int, reason: str, lifted_by: str, now: Instant) -> None:
    """End a hold: what it alone kept is erased by the rules again. Raises HoldRefused if no such hold stands."""
    async with connection.transaction():
        if not await connection.fetchval(LIFT, hold_id, lifted_by, moment(now), reason):
            raise HoldRefused(f"{hold_id}: no such hold stands; see cordon hold list")
        await record(connection, now, at_command_line(lifted_by), "alteration", f"hold {hold_id}: lifted")


def _moment(at: Instant | None) -> datetime | None:
    return None if at is None else moment(at)


def _hold(row: asyncpg.Record) -> Hold:
    members = dict(row)
    members["hold_id"] = members.pop("legal_hold_id")
    for name, otherwise in (("starts_at", BEGINNING), ("ends_at", FOREVER), ("placed_at", None), ("lifted_at", None)):
        members[name] = otherwise if members[name] is None else instant(members[name])
    return Hold(**members)
