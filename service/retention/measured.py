"""What can be watched of retention. It is counted in the database: any process may do the erasing."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from service.database import Connection
from service.retention.account import read_totals
from service.retention.erasing import ERASED_CLASSES

READ_DONE = "SELECT done_at FROM retention_run"
COUNT_HOLDS = "SELECT count(*) FROM legal_hold WHERE lifted_at IS NULL"


async def measure_retention(connection: Connection, registry: CollectorRegistry) -> None:
    """Add to a registry what was ever erased, the holds that stand, and when all that was due was last erased."""
    totals = await read_totals(connection)
    erased = Counter("cordon_erased", "What was erased, by class.", ["class"], registry=registry)
    for name in ERASED_CLASSES:
        erased.labels(name).inc(totals.get(name, 0))
    holds = Gauge("cordon_legal_holds", "Legal holds that stand.", registry=registry)
    holds.set(await connection.fetchval(COUNT_HOLDS))
    done_at = await connection.fetchval(READ_DONE)
    last = Gauge(
        "cordon_retention_done_timestamp_seconds", "When all that was due was last erased; 0: never.", registry=registry
    )
    last.set(0 if done_at is None else done_at.timestamp())
