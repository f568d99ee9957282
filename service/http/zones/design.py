"""The design check of a version, before a second person approves it."""

from typing import Annotated

from fastapi import APIRouter, Depends

from geofence.ids import ZoneId
from geofence.instants import Instant, printed
from geofence.judgement import Grade
from service.access.actor import Actor, Role
from service.access.audit import record
from service.http.documents import At, Document
from service.http.guard import Allowed
from service.http.parameters import Name
from service.http.wiring import Services, Wired
from service.http.writing import problem_of
from service.http.zones.routes import Number
from service.register.design.answer import Check, DesignCheck, Replay
from service.register.design.check import check_design
from service.register.findings import Finding
from service.register.zones.zone import NoSuchZone

routes = APIRouter(prefix="/v1/zones/{zone_id}", tags=["Zones"])


class DesignWarned(Document):
    """What wants a written reason."""

    check: Check
    text: str
    remedy: str


class Unchecked(Document):
    """What could not be looked into, and why: it says nothing for the draft and nothing against it."""

    check: Check
    text: str


class BusyDay(Document):
    """A report day on which the draft would have raised something."""

    day: str
    incidents: int


class ReplayDocument(Document):
    """What the draft alone would have made of the wearer's last 30 days.

    by_grade: its incidents; never summed. days: on how many days there was one. busiest: the days with the most.
    """

    since: At
    until: At
    fixes: int
    by_grade: dict[Grade, int]
    days: int
    busiest: list[BusyDay]


class DesignDocument(Document):
    """What a second person should know of a version before approving it. replay: null if it could not be made."""

    zone_id: str
    version: int
    area_m2: float | None
    warnings: list[DesignWarned]
    not_checked: list[Unchecked]
    replay: ReplayDocument | None


@routes.get("/versions/{version}/design-check")
async def design_check(
    services: Wired,
    actor: Annotated[Actor, Depends(Allowed(Role.ADMIN, Role.AUDITOR))],
    zone_id: Name,
    version: Number,
) -> DesignDocument:
    """Check a version's design: home, roads, places, protected address, overlap, size, the wearer's last 30 days."""
    try:
        found = await checked(services, ZoneId(zone_id), version)
    except NoSuchZone as unknown:
        problem = problem_of(unknown)
        assert problem is not None  # noqa: S101 - what is not there is always told
        raise problem from None
    subject = f"zone {zone_id}: design of version {version}"
    async with services.pool.acquire() as connection:
        await record(connection, services.clock(), actor, "consultation", subject)
    return document_of(found)


async def checked(services: Services, zone_id: ZoneId, version: int) -> DesignCheck:
    """Return the design check of a version as of now. Raises NoSuchZone."""
    now: Instant = services.clock()
    async with services.pool.acquire() as connection:
        return await check_design(connection, services.registers, services.rules, zone_id, version, now=now)


async def design_warnings(services: Services, zone_id: ZoneId, version: int) -> list[Finding]:
    """Return what the design check warns of, as whoever publishes must answer it; nothing of what is not there."""
    try:
        found = await checked(services, zone_id, version)
    except NoSuchZone:
        return []
    place = f"zone {zone_id}, version {version}, {{}}"
    return [Finding("warning", place.format(each.check), each.text, each.remedy) for each in found.warnings]


def document_of(found: DesignCheck) -> DesignDocument:
    """Return a design check as it is told."""
    return DesignDocument(
        zone_id=found.zone_id,
        version=found.version,
        area_m2=found.area_m2,
        warnings=[DesignWarned(check=each.check, text=each.text, remedy=each.remedy) for each in found.warnings],
        not_checked=[Unchecked(check=each.check, text=each.text) for each in found.not_checked],
        replay=None if found.replay is None else _replay(found.replay),
    )


def _replay(replay: Replay) -> ReplayDocument:
    return ReplayDocument(
        since=printed(replay.since),
        until=printed(replay.until),
        fixes=replay.fixes,
        by_grade=dict(replay.by_grade),
        days=replay.days,
        busiest=[BusyDay(day=day.isoformat(), incidents=number) for day, number in replay.busiest],
    )
