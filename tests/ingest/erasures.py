"""Erasing as tests do it: a witness that remembers, and a ledger with whatever days they need."""

from collections.abc import Sequence
from datetime import date, timedelta

from geofence.instants import MINUTE_US, Instant, instant, moment
from ingest.batch import Batch
from ingest.connections import Connection, Pool
from ingest.ledger import append
from ingest.partitions import ensure_partitions
from tests.ingest.messages import RECEIVED, body, fix_message

HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
DUE = Instant(RECEIVED + 72 * HOUR_US)
EVERY_FIX = "SELECT tag_id, recorded_at FROM fix JOIN tag USING (tag_no) ORDER BY 1, 2"


class Account:
    """Remembers what it is told of erasures, as the service's own witness does."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, str]] = []

    async def __call__(self, _connection: Connection, class_: str, count: int, said: str) -> None:
        self.told.append((class_, count, said))


def never() -> bool:
    return False


def every_day(_day: date) -> bool:
    return True


def no_day(_day: date) -> bool:
    return False


async def received(pool: Pool, tag_id: str, *ages_us: int, at: Instant = RECEIVED) -> list[bytes]:
    """Let fixes arrive that are so old, and return the messages."""
    messages = [
        body(
            fix_message(
                tag_id=tag_id, recorded_at=moment(Instant(at - age)).isoformat(), position_id=f"{age}", uploaded_at=...
            )
        )
        for age in ages_us
    ]
    batch = Batch("file", None)
    for line, message in enumerate(messages):
        batch.add_message(message, "cordon", (f"line {line}",))
    await append(pool, batch, at)
    return messages


async def make_days(pool: Pool, *back: int) -> None:
    """Make the tables of days so far back from the example's."""
    today = moment(RECEIVED).date()
    async with pool.acquire() as connection:
        await ensure_partitions(connection, [today - timedelta(days=days) for days in back])


async def ages(pool: Pool, at: Instant = RECEIVED) -> Sequence[tuple[str, int]]:
    """Return tag and age of every fix in the ledger, the oldest last."""
    return sorted((row["tag_id"], at - instant(row["recorded_at"])) for row in await pool.fetch(EVERY_FIX))


async def hold(pool: Pool, *, tag_id: str | None = None, wearer_id: str | None = None) -> int:
    number: int = await pool.fetchval(
        "INSERT INTO legal_hold (tag_id, wearer_id, reason, authority, placed_by, placed_at)"
        " VALUES ($1, $2, 'claim', 'letter', 'me', $3) RETURNING legal_hold_id",
        tag_id,
        wearer_id,
        moment(RECEIVED),
    )
    return number


async def lift(pool: Pool) -> None:
    await pool.execute("UPDATE legal_hold SET lifted_by = 'me', lifted_at = placed_at, lift_reason = 'over'")
