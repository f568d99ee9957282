"""Fittings as the register holds them: which tag was on whom, and when."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from asyncpg import Record as Row

from alerts.particulars import Connection
from geofence.ids import TagId, WearerId
from geofence.instants import FOREVER, Interval, instant, printed
from service.register.as_written import Json
from service.register.refusals import Conflict, NoSuch
from service.register.written_times import read_instant

READ = "SELECT * FROM fitting WHERE fitting_id = $1"
STANDING = "SELECT * FROM fitting WHERE standing AND tag_id = ANY($1) ORDER BY tag_id, fitted_at"
# Keyset paging: $6 rows after the id $5. $1: only of wearers against whom this force has an order, now or before.
PAGE = """
SELECT * FROM fitting
WHERE ($1::text IS NULL OR wearer_id IN (
    SELECT wearer_id FROM court_order WHERE force = $1 AND published_at IS NOT NULL))
  AND ($2::text IS NULL OR tag_id = $2) AND ($3::text IS NULL OR wearer_id = $3)
  AND ($4::boolean IS NULL OR standing = $4) AND fitting_id > $5
ORDER BY fitting_id LIMIT $6"""


@dataclass(frozen=True, slots=True)
class Fitted:
    """One tag on one wearer during `[start, end)`: what somebody says of it."""

    tag_id: TagId
    wearer_id: WearerId
    during: Interval

    def written(self) -> Json:
        """Return it as a register file writes it."""
        return {
            "tag_id": self.tag_id,
            "wearer_id": self.wearer_id,
            "fitted_at": printed(self.during.start),
            "removed_at": None if self.during.end == FOREVER else printed(self.during.end),
        }

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> "Fitted":
        """Return what was written."""
        removed_at = written["removed_at"]
        end = FOREVER if removed_at is None else read_instant(removed_at)
        return cls(written["tag_id"], written["wearer_id"], Interval(read_instant(written["fitted_at"]), end))

    def begins_as(self, other: "Fitted") -> bool:
        """Whether both say when one and the same fitting began; how long it lasted is another matter."""
        own, its = (self.tag_id, self.wearer_id, self.during.start), (other.tag_id, other.wearer_id, other.during.start)
        return own == its


@dataclass(frozen=True, slots=True)
class FittingRecord:
    """A fitting of the register. standing: False if it turned out that this tag never was on this wearer."""

    fitting_id: int
    fitted: Fitted
    standing: bool
    since_version: int

    @property
    def etag(self) -> str:
        """The same as long as nobody changed the fitting. No quotation marks."""
        return hashlib.sha256(repr((self.fitting_id, self.since_version)).encode()).hexdigest()[:32]


async def read_fitting(connection: Connection, fitting_id: int) -> FittingRecord:
    """Return one fitting. Raises NoSuch."""
    row = await connection.fetchrow(READ, fitting_id)
    if row is None:
        raise NoSuch(f"no fitting {fitting_id} in the register")
    return _of(row)


async def list_fittings(
    connection: Connection,
    *,
    force: str | None = None,
    tag_id: str | None = None,
    wearer_id: str | None = None,
    standing: bool | None = None,
    after: int | None = None,
    limit: int = 100,
) -> tuple[list[FittingRecord], int | None]:
    """Return up to `limit` fittings after the id `after`, and the id after which the next page begins (None: no more).

    force: only of wearers against whom it has an order.
    """
    rows = await connection.fetch(PAGE, force, tag_id, wearer_id, standing, after or 0, limit + 1)
    return [_of(row) for row in rows[:limit]], rows[limit - 1]["fitting_id"] if len(rows) > limit else None


async def standing_of_tags(connection: Connection, tag_ids: Iterable[TagId]) -> list[FittingRecord]:
    """Return the standing fittings of some tags."""
    return [_of(row) for row in await connection.fetch(STANDING, list(tag_ids))]


def in_the_way(fitted: Fitted, others: Iterable[FittingRecord]) -> FittingRecord | None:
    """Return one of the others during which the tag can't be as said, None if there is none."""
    for other in others:
        if other.fitted.tag_id == fitted.tag_id and other.fitted.during.meet(fitted.during) is not None:
            return other
    return None


def why_not(fitted: Fitted, other: FittingRecord) -> str:
    """Return why a tag can't be where it is said to be, and the remedy. The other wearer is not named."""
    whose = "this" if other.fitted.wearer_id == fitted.wearer_id else "another"
    start, end = other.fitted.during
    until = "on" if end == FOREVER else f"to {printed(end)}"
    return (
        f"the tag is on {whose} wearer from {printed(start)} {until} (fitting {other.fitting_id}); "
        "enter first when it was removed there, or correct one of the two"
    )


def refuse_overlap(fitted: Fitted, others: Iterable[FittingRecord]) -> None:
    """Raise Conflict if the tag is elsewhere for some of the time."""
    other = in_the_way(fitted, others)
    if other is not None:
        raise Conflict(why_not(fitted, other))


def _of(row: Row) -> FittingRecord:
    removed_at = row["removed_at"]
    end = FOREVER if removed_at is None else instant(removed_at)
    fitted = Fitted(row["tag_id"], row["wearer_id"], Interval(instant(row["fitted_at"]), end))
    return FittingRecord(row["fitting_id"], fitted, row["standing"], row["since_version"])
