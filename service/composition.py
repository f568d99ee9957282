"""The one place where the parts are put together: what each process runs, from settings and connections."""

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from contextlib import nullcontext

from prometheus_client import REGISTRY

from alerts.archive import Archive
from alerts.deadline import run_deadline
from alerts.desk import run_desk
from alerts.issue import Press
from geofence.rules import Rules
from ingest.consume import consume as read_log
from ingest.following import Watch
from ingest.kafka import kafka_source
from ingest.kafka_sink import kafka_sink
from ingest.partitions import keep_ahead, make_ahead
from service.clock import now
from service.database import Pool
from service.register.store import PostgresRegister
from service.register.watched import WatchedZones
from service.retention.upkeep import keep_up
from service.settings import Settings
from service.silence import watch_feeds
from service.supervise import Work, supervise
from service.version import VERSION

RULES = Rules()

# Told when a part is ready to work, with what there is to add, such as its address.
Ready = Callable[[str], None]


def press(pool: Pool, settings: Settings) -> Press:
    """Return what every report of this installation is made with."""
    return Press(pool, PostgresRegister(), Archive(settings.archive_dir), RULES, VERSION, now)


def process_name() -> str:
    """Return what this process is called in the tables that lease work to one process at a time."""
    return f"{socket.gethostname()}-{os.getpid()}"


async def web(pool: Pool, settings: Settings, stop: asyncio.Event, ready: Ready) -> None:
    """Serve the interface and the pages until `stop` is set. Raises AddressUnavailable, AssetsMissing.

    What is pushed goes to Kafka if there is one, whether it answers at the moment or not.
    """
    # Imported by whoever serves alone: the framework and all routes take longer than the rest of a short command.
    from service.http.app import create_app
    from service.http.server import serve

    servers = settings.kafka_bootstrap_servers
    async with kafka_sink(servers) if servers else nullcontext() as sink:
        archive = Archive(settings.archive_dir)
        app = create_app(pool, PostgresRegister(), archive, rules=RULES, metrics=REGISTRY, sink=sink)
        await make_ahead(pool, now, stop)
        await _together(
            serve(app, settings.host, settings.port, stop, ready),
            app.state.services.live.run(pool, stop),
            keep_ahead(pool, now, stop),
        )


async def _together(*works: Coroutine[None, None, None]) -> None:
    """Run works side by side. If one fails, all end, so that none keeps its connection until they begin again."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def desk(pool: Pool, settings: Settings, stop: asyncio.Event, ready: Ready) -> None:
    """Judge what the work list asks for until `stop` is set."""
    ready("")
    await supervise({"desk": lambda stop: run_desk(pool, PostgresRegister(), RULES, now, stop)}, stop)


async def deadline(pool: Pool, settings: Settings, stop: asyncio.Event, ready: Ready) -> None:
    """Issue reports when they are due, tell of feeds that are silent, and do the ledger's upkeep, until `stop` is set.

    None keeps the others: what fails begins again, and what takes long is broken off at the end.
    """
    ready("")
    await supervise(deadline_and_upkeep(pool, settings), stop)


def deadline_and_upkeep(pool: Pool, settings: Settings) -> dict[str, Work]:
    """Return the works of the deadline process."""
    return {
        "deadline": lambda stop: run_deadline(press(pool, settings), process_name(), stop),
        "silence": lambda stop: watch_feeds(pool, now, stop),
        "upkeep": lambda stop: keep_up(pool, now, stop),
    }


async def consume(pool: Pool, settings: Settings, stop: asyncio.Event, ready: Ready) -> None:
    """Move fixes and tag events from Kafka to the ledger until `stop` is set."""
    servers, group = settings.kafka_bootstrap_servers, settings.kafka_group_id
    zones = WatchedZones(pool)

    async def reading(stop: asyncio.Event) -> None:
        await make_ahead(pool, now, stop)
        await zones.read_if_there()
        await read_log(
            *(lambda: kafka_source(servers, group), pool, process_name(), now, stop),
            ready=lambda: ready(""),
            watch=Watch(zones, RULES),
        )

    # What waits for a lock when it is told to stop is broken off in time: nothing of it is in the ledger then.
    await supervise({"reading": reading, "partitions": lambda stop: keep_ahead(pool, now, stop)}, stop)


async def everything(pool: Pool, settings: Settings, stop: asyncio.Event, ready: Ready) -> None:
    """Run web, ingest, desk and deadline side by side; one may fail and begin again without stopping the others.

    Without Kafka, fixes come by HTTPS alone, and ingest only keeps the ledger's partitions ahead of the days.
    """

    def quiet(_where: str) -> None:
        """Tell nobody: the pages are what people wait for."""

    async def ingest(stop: asyncio.Event) -> None:
        if settings.kafka_bootstrap_servers:
            await consume(pool, settings, stop, quiet)
        else:
            await keep_ahead(pool, now, stop)

    await supervise(
        {
            "web": lambda stop: web(pool, settings, stop, ready),
            "ingest": ingest,
            "desk": lambda stop: desk(pool, settings, stop, quiet),
            **deadline_and_upkeep(pool, settings),
        },
        stop,
    )
