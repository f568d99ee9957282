"""Zones of a prohibition and their versions: read by administrators and auditors, drawn as drafts by administrators.

The shape of a zone tells where somebody lives, so nobody else reads it here: the police find it with an incident.
"""

from collections.abc import Awaitable
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi import Query as FromQuery
from pydantic import BaseModel, Field

from geofence.ids import ProhibitionId, ZoneId
from service.access.actor import Actor, Role
from service.access.audit import record
from service.http.body import MIB, read_model
from service.http.guard import Allowed
from service.http.parameters import Name, Paged
from service.http.problems import Fault, Problem
from service.http.wiring import Wired
from service.http.zones.document import (
    DrawnVersion,
    VersionDrawing,
    VersionsDocument,
    ZoneDocument,
    ZoneDrawing,
    ZonePageDocument,
    drawn_document,
    pointer_of,
    zone_document,
)
from service.register.drafts import DraftRefused, Drawn, ZoneChanged, draw_version, draw_zone
from service.register.zones import NoSuchZone, list_zones, read_zone

routes = APIRouter(prefix="/v1", tags=["Zones"])

Found = TypeVar("Found")

Reader = Annotated[Actor, Depends(Allowed(Role.ADMIN, Role.AUDITOR))]
Drawer = Annotated[Actor, Depends(Allowed(Role.ADMIN))]
LIMIT = 2 * MIB  # 10,000 vertices take half of it


class Page(Paged):
    """Which part of a list of zones."""

    after: Annotated[Name | None, Field(description="from the link to the next page")] = None


def takes(model: type[BaseModel]) -> dict[str, Any]:
    """Describe the body of a route that reads it itself, after it knows who is calling."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@routes.get("/prohibitions/{prohibition_id}/zones")
async def zones(
    services: Wired, actor: Reader, prohibition_id: Name, page: Annotated[Page, FromQuery()]
) -> ZonePageDocument:
    """List a prohibition's zones with all their versions, drafts included."""
    async with services.pool.acquire() as connection, connection.transaction():
        found = await _or_404(list_zones(connection, ProhibitionId(prohibition_id), after=page.after, limit=page.limit))
        await record(connection, services.clock(), actor, "consultation", f"zones of prohibition {prohibition_id}")
    following = None
    if found.next_after is not None:
        query = urlencode({"limit": page.limit, "after": found.next_after})
        following = f"/v1/prohibitions/{quote(prohibition_id, safe='')}/zones?{query}"
    return ZonePageDocument(items=[zone_document(zone) for zone in found.items], next=following)


@routes.post("/prohibitions/{prohibition_id}/zones", status_code=201, openapi_extra=takes(ZoneDrawing))
async def draw_zone_route(
    services: Wired, actor: Drawer, request: Request, response: Response, prohibition_id: Name
) -> DrawnVersion:
    """Draw a new zone. Its version 1 is a draft and judges nothing until somebody else publishes it."""
    asked = await read_model(request, ZoneDrawing, LIMIT)
    async with services.pool.acquire() as connection, connection.transaction():
        now = services.clock()
        drawn = await _drawn(
            draw_zone(
                connection,
                ProhibitionId(prohibition_id),
                asked.drawing(),
                zone_id=ZoneId(asked.zone_id),
                label=asked.label,
                responding_force=asked.responding_force,
                drawn_by=actor.holder,
                now=now,
            )
        )
        await record(connection, now, actor, "alteration", f"zone {drawn.zone.zone_id}: version 1 drawn")
    return _created(response, drawn)


@routes.get("/zones/{zone_id}")
async def zone(services: Wired, actor: Reader, response: Response, zone_id: Name) -> ZoneDocument:
    """Return one zone. Its ETag is what a new version must be sent with, as If-Match."""
    async with services.pool.acquire() as connection, connection.transaction():
        found = await _or_404(read_zone(connection, ZoneId(zone_id)))
        await record(connection, services.clock(), actor, "consultation", f"zone {zone_id}")
    response.headers["ETag"] = f'"{found.etag}"'
    return zone_document(found)


@routes.get("/zones/{zone_id}/versions")
async def versions(services: Wired, actor: Reader, response: Response, zone_id: Name) -> VersionsDocument:
    """Return the versions of a zone, drafts included. The ETag is the zone's."""
    found = await zone(services, actor, response, zone_id)
    return VersionsDocument(items=found.versions)


@routes.post("/zones/{zone_id}/versions", status_code=201, openapi_extra=takes(VersionDrawing))
async def draw_version_route(
    services: Wired,
    actor: Drawer,
    request: Request,
    response: Response,
    *,
    zone_id: Name,
    if_match: Annotated[str | None, Header(description="the ETag of the zone as it was read")] = None,
) -> DrawnVersion:
    """Draw a further version as a draft. 428 without If-Match, 412 if the zone has changed since it was read."""
    if if_match is None:
        raise Problem(428, "Read the zone first, and send its ETag as If-Match.")
    asked = await read_model(request, VersionDrawing, LIMIT)
    async with services.pool.acquire() as connection, connection.transaction():
        now = services.clock()
        drawn = await _drawn(
            draw_version(
                connection,
                ZoneId(zone_id),
                asked.drawing(),
                if_match=if_match.strip().strip('"'),
                drawn_by=actor.holder,
                now=now,
            )
        )
        await record(connection, now, actor, "alteration", f"zone {zone_id}: version {drawn.version} drawn")
    return _created(response, drawn)


def _created(response: Response, drawn: Drawn) -> DrawnVersion:
    response.headers["Location"] = f"/v1/zones/{quote(drawn.zone.zone_id, safe='')}/versions"
    response.headers["ETag"] = f'"{drawn.zone.etag}"'
    return drawn_document(drawn)


async def _drawn(drawing: Awaitable[Drawn]) -> Drawn:
    try:
        return await _or_404(drawing)
    except ZoneChanged as changed:
        raise Problem(
            412, "The zone has changed since it was read; read it again.", headers={"ETag": f'"{changed.etag}"'}
        ) from changed
    except DraftRefused as refused:
        faults = tuple(Fault("pointer", pointer_of(fault), str(fault)) for fault in refused.faults)
        raise Problem(422, "The drawing can't be judged; each fault is named under errors.", faults) from None


async def _or_404(reading: Awaitable[Found]) -> Found:
    try:
        return await reading
    except NoSuchZone:
        raise Problem(404, "The register holds no such zone or prohibition.") from None
