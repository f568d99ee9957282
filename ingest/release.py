"""A rejection is read again: what is good in it goes to the ledger now, and the rest stays in quarantine."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import asyncpg

from geofence.instants import Instant, instant, moment
from ingest.batch import EVENT_PROFILE, Batch, Quarantined
from ingest.connections import Connection
from ingest.fix import Profile
from ingest.following import UNWATCHED
from ingest.ledger import REFUSED, append_again, tags_of
from ingest.tags import lock_tags
from ingest.tally import Tally

# As what the bytes of a rejection may be read.
ReadAs = Profile | Literal["event"]

FIND = "SELECT origin, place, profile, checked_at, body, released_at FROM rejection WHERE rejection_id = $1"
# Of two that release it at once, the second waits here, and then sees that it was released.
LOCK = "SELECT released_at FROM rejection WHERE rejection_id = $1 FOR NO KEY UPDATE"
MARK = "UPDATE rejection SET released_at = $2 WHERE rejection_id = $1"


class NotReleased(Exception):
    """A rejection is left as it is; the message says why."""


class NoSuchRejection(NotReleased):
    """Quarantine holds nothing under this id."""


class ReleasedAlready(NotReleased):
    """It was released before, at `released_at`."""

    def __init__(self, released_at: Instant) -> None:
        super().__init__("it was released before")
        self.released_at = released_at


class StillFaulty(NotReleased):
    """It stays in quarantine for `faults`. contradiction: it could be read, but the ledger says otherwise already."""

    def __init__(self, faults: Sequence[str], *, contradiction: bool = False) -> None:
        said = "the ledger holds another report of its identity, and keeps it" if contradiction else "it can't be read"
        super().__init__(said)
        self.faults, self.contradiction = tuple(faults), contradiction


@dataclass(frozen=True, slots=True)
class Released:
    """What became of a rejection. profile: as what it was read. rejections: its elements that are rejections now."""

    rejection_id: int
    profile: str
    released_at: Instant
    tally: Tally
    rejections: list[Quarantined]


async def release(connection: Connection, rejection_id: int, profile: ReadAs | None, now: Instant) -> Released:
    """Read a rejection again, under `profile` or its own, and append what is good; `now` is when that is received.

    In one transaction, or as a part of the caller's:
    1. Decode its bytes. A fix may not be recorded far after they came first, however long ago that was. An array is
       taken apart; those of its elements that can't be taken become rejections of their own.
    2. Lock its tags and then the rejection, so that it is released once: in the order in which an append does that may
       bring the same bytes again.
    3. Append. 4. Mark it as released.
    If nothing in it can be taken, it stays as it is. Raises NoSuchRejection, ReleasedAlready, StillFaulty.
    """
    async with connection.transaction():
        row = _waiting(rejection_id, await connection.fetchrow(FIND, rejection_id))
        # An array of 16 MiB takes a while: elsewhere, so that nobody waits for it.
        batch = await asyncio.to_thread(_read_again, row, profile or row["profile"])
        if not batch.fixes and not batch.events:
            _waiting(rejection_id, await connection.fetchrow(LOCK, rejection_id))
            raise StillFaulty(_faults(batch.quarantine, row["place"]) or ("message: an empty array",))
        await lock_tags(connection, tags_of(batch), UNWATCHED.rules)
        _waiting(rejection_id, await connection.fetchrow(LOCK, rejection_id))
        try:
            appended = await append_again(connection, batch, now)
        except REFUSED as refused:
            raise StillFaulty((f"message: the ledger refuses it ({type(refused).__name__})",)) from None
        tally = appended.tally
        if tally.rejected == tally.messages:
            raise StillFaulty(
                _faults(appended.quarantine, row["place"]), contradiction=tally.contradictions == tally.messages
            )
        await connection.execute(MARK, rejection_id, moment(now))
    return Released(rejection_id, profile or row["profile"], now, tally, appended.quarantine)


def _waiting(rejection_id: int, row: asyncpg.Record | None) -> asyncpg.Record:
    """Return the row of a rejection that still waits. Raises NoSuchRejection, ReleasedAlready."""
    if row is None:
        raise NoSuchRejection(f"quarantine holds nothing under the id {rejection_id}")
    if row["released_at"] is not None:
        raise ReleasedAlready(instant(row["released_at"]))
    return row


def _read_again(row: asyncpg.Record, profile: str) -> Batch:
    batch = Batch(row["origin"], None if row["checked_at"] is None else instant(row["checked_at"]))
    place = (row["place"],)
    match profile:
        case "cordon" | "mdss":
            batch.add_message(row["body"], profile, place)
        case _:
            assert profile == EVENT_PROFILE  # noqa: S101 - the only one besides
            batch.add_event_message(row["body"], place)
    return batch


def _faults(quarantine: Sequence[Quarantined], place: str) -> tuple[str, ...]:
    """Return all faults, each with the index of its element if the message is an array."""
    found = []
    for one in quarantine:
        index = one.rejection.place.removeprefix(place).removeprefix("/")
        found += [f"{index}: {fault}" if index else fault for fault in one.rejection.faults]
    return tuple(found)
