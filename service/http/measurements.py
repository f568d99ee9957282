"""What /metrics counts in the database at each scrape: how fresh the feed is, and what waits for whom."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from alerts.claims import FAILED
from geofence.instants import SECOND_US, Instant, instant, moment
from ingest.freshness import read_freshness
from service.database import Connection
from service.http.feed.tags import count_tags
from service.register.clocks.emergencies import count_unconfirmed

# Counting further would take long, and tell nothing more.
MOST = 100_000

DUE = f"""
SELECT count(*) AS rows, min(not_before) AS oldest
FROM (SELECT not_before FROM to_judge WHERE not_before <= $1 ORDER BY not_before LIMIT {MOST}) AS due"""  # noqa: S608 - a constant
# Its reason stands here as it does in the index.
PARKED = f"SELECT count(DISTINCT fitting_id) FROM to_judge WHERE reason = '{FAILED}'"  # noqa: S608 - a constant
WAITING = f"""
SELECT count(*) FROM (SELECT FROM rejection WHERE released_at IS NULL LIMIT {MOST}) AS waiting"""  # noqa: S608 - a constant


async def measure(connection: Connection, now: Instant, registry: CollectorRegistry) -> None:
    """Count, and put what was counted into `registry`."""
    await _feeds(connection, now, registry)
    await _tags(connection, now, registry)
    await _waiting(connection, now, registry)


async def _feeds(connection: Connection, now: Instant, registry: CollectorRegistry) -> None:
    silent = Gauge(
        "cordon_feed_silent_seconds",
        "Since something was last received by a live feed; none if nothing ever was, or if another took its place.",
        ["origin"],
        registry=registry,
    )
    for fresh in await read_freshness(connection, now):
        if fresh.awaited and fresh.silent_us is not None:
            silent.labels(fresh.origin).set(fresh.silent_us / SECOND_US)


async def _tags(connection: Connection, now: Instant, registry: CollectorRegistry) -> None:
    counts = await count_tags(connection, now)
    _gauge(registry, "cordon_tags_fitted", "Tags that are fitted now.", counts.fitted)
    stale = Gauge(
        "cordon_tags_stale", "Fitted tags without a fix for so many minutes.", ["for_minutes"], registry=registry
    )
    stale.labels("15").set(counts.states["stale"])
    stale.labels("60").set(counts.long_stale)
    for name, told, number in (
        ("unknown", "Tags that sent fixes within three days and that nobody wears.", counts.states["unknown"]),
        ("clock_suspect", "Tags whose clock was ahead of ours within a day.", counts.states["clock_suspect"]),
        (
            "person_mismatch",
            "Tags whose fixes named another person than their wearer within a day.",
            counts.states["person_mismatch"],
        ),
    ):
        _gauge(registry, f"cordon_tags_{name}", told, number)


async def _waiting(connection: Connection, now: Instant, registry: CollectorRegistry) -> None:
    due = await connection.fetchrow(DUE, moment(now))
    assert due is not None  # noqa: S101 - an aggregate is one row
    oldest_s = _age_s(due["oldest"], now)
    for name, told, number in (
        ("work_due", f"Rows of the work list that are due, up to {MOST}.", due["rows"]),
        ("work_oldest_seconds", "For how long the oldest row of the work list has been due.", oldest_s),
        ("tracks_parked", "Tracks that could not be judged and wait to be tried again.", await _of(connection, PARKED)),
        ("quarantine_waiting", f"Messages in quarantine, up to {MOST}.", await _of(connection, WAITING)),
        (
            "emergencies_unconfirmed",
            "Orders and zone versions that one person alone put in force and nobody has answered for.",
            await count_unconfirmed(connection),
        ),
    ):
        _gauge(registry, f"cordon_{name}", told, number)


async def _of(connection: Connection, query: str) -> int:
    number: int = await connection.fetchval(query)
    return number


def _age_s(oldest: datetime | None, now: Instant) -> float:
    return 0.0 if oldest is None else (now - instant(oldest)) / SECOND_US


def _gauge(registry: CollectorRegistry, name: str, told: str, value: float) -> None:
    Gauge(name, told, registry=registry).set(value)
