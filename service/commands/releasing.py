"""`cordon quarantine release`: what could not be read is read again."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from geofence.instants import Instant, printed
from ingest.quarantine import LAST_ID, read_rejection
from ingest.release import NotReleased, Released, ReleasedAlready, StillFaulty
from ingest.release import release as release_one
from service.access.audit import record
from service.clock import now
from service.commands.opening import opened
from service.commands.quarantine import operator, unknown
from service.database import Connection, Pool
from service.refusal import Refused
from service.register.findings import one_line

STAYS = 1
MOST_FAULTS = 10


class ReadAs(StrEnum):
    """As what the bytes of a rejection may be read: a fix of a profile, or a tag event."""

    CORDON = "cordon"
    MDSS = "mdss"
    EVENT = "event"


Numbers = Annotated[list[int], typer.Argument(metavar="ID…", min=1, max=LAST_ID, help="As the list names them.")]


def release(
    rejection_ids: Numbers,
    profile: Annotated[ReadAs | None, typer.Option(help="Read them as this; as before, if left out.")] = None,
) -> None:
    """Read quarantined messages again: what is good in them goes to the ledger. Exit 1 if one still can't be read."""
    if asyncio.run(_release(list(dict.fromkeys(rejection_ids)), profile)):
        raise typer.Exit(STAYS)


async def _release(rejection_ids: list[int], profile: ReadAs | None) -> bool:
    """Release each in a transaction of its own, and say so; return whether one of them was not."""
    stays = False
    async with opened(size=1) as pool:
        await _refuse_wrong_ids(pool, rejection_ids)
        for rejection_id in rejection_ids:
            async with pool.acquire() as connection:
                try:
                    said = _told(await _release_one(connection, rejection_id, profile, now()))
                except NotReleased as refused:
                    said, stays = _why_not(refused), True
            typer.echo(f"{rejection_id}: {said}")
    return stays


async def _refuse_wrong_ids(pool: Pool, rejection_ids: list[int]) -> None:
    """Refuse what nobody can mean before anything is done."""
    for rejection_id in rejection_ids:
        found = await read_rejection(pool, rejection_id)
        if found is None:
            raise unknown(rejection_id)
        if found.released_at is not None:
            raise Refused(f"rejection {rejection_id}: was released at {printed(found.released_at)}; leave it out")


async def _release_one(connection: Connection, rejection_id: int, profile: ReadAs | None, at: Instant) -> Released:
    async with connection.transaction():
        released = await release_one(connection, rejection_id, None if profile is None else profile.value, at)
        subject = f"rejection {rejection_id}: released as {released.profile}"
        await record(connection, at, operator(), "alteration", subject)
        return released


def _told(released: Released) -> str:
    tally = released.tally
    counts = (
        (tally.fixes, "new fix", "new fixes"),
        (tally.events, "new tag event", "new tag events"),
        (tally.duplicates, "was in the ledger already", "were in the ledger already"),
        (tally.rejected, "element stays in quarantine, by itself", "elements stay in quarantine, by themselves"),
    )
    return "released; " + ", ".join(f"{count:,} {one if count == 1 else many}" for count, one, many in counts if count)


def _why_not(refused: NotReleased) -> str:
    match refused:
        case StillFaulty():
            faults = "; ".join(map(one_line, refused.faults[:MOST_FAULTS]))
            more = len(refused.faults) - MOST_FAULTS
            return f"stays in quarantine: {refused}: {faults}{f' (and {more:,} more faults)' if more > 0 else ''}"
        case ReleasedAlready():
            return f"was released meanwhile, at {printed(refused.released_at)}"
        case _:
            return str(refused)
