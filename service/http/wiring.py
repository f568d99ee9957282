"""What routes work with, given to the application when it is made."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from prometheus_client import CollectorRegistry

from alerts.archive import Archive
from alerts.particulars import RegisterReader
from geofence.rules import Rules
from ingest.sink import LogSink
from service.clock import Clock
from service.database import Pool
from service.http.incidents.live import Live
from service.http.intake.room import Room


@dataclass(frozen=True, slots=True)
class Services:
    """The database, the clock, the archive of issued reports, and the measurements that /metrics shows.

    registers, rules: by which fixes are judged where a page or a design check asks for it. sink: the log that what is
    pushed goes to; None if it goes straight into the ledger. room: for what is pushed. live: what all live streams
    share. counting: held while all tags are looked at, so that however many ask for it at once, the database is asked
    once at a time.
    """

    pool: Pool
    clock: Clock
    archive: Archive
    metrics: tuple[CollectorRegistry, ...]
    registers: RegisterReader
    rules: Rules
    sink: LogSink | None
    room: Room
    live: Live
    counting: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)


def services_of(request: Request) -> Services:
    """Return what the application was made with."""
    services = request.app.state.services
    assert isinstance(services, Services)  # noqa: S101 - create_app puts nothing else there
    return services


Wired = Annotated[Services, Depends(services_of)]
