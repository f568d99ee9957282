"""Zones of a prohibition and their versions: read by administrators and auditors, drawn as drafts by administrators.

The shape of a zone tells where somebody lives, so nobody else reads it here: the police find it with an incident.
"""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Path as FromPath
from fastapi import Query as FromQuery
from fastapi.responses import JSONResponse
from pydantic import Field

from geofence.ids import ProhibitionId, ZoneId
from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.body import MIB, media_type
from service.http.guard import Allowed
from service.http.incidents.geojson import MEDIA_TYPE as GEOJSON
from service.http.parameters import Name
from service.http.problems import Fault, Problem
from service.http.reading import InTime, PagedInTime, following, reading
from service.http.schemas import FEATURE, VERSION_DRAWING, ZONE_DRAWING, takes
from service.http.wiring import Wired
from service.http.writing import Answer, Body, IdempotencyKey, IfMatch, read_members, write
from service.http.zones.document import (
    DrawnVersion,
    VersionsDocument,
    ZoneDocument,
    ZonePageDocument,
    drawn_document,
    version_document,
    zone_document,
)
from service.register.drawing.as_geojson import as_geojson
from service.register.zones.drafts import Drawn, discard_version, draw_version, draw_zone
from service.register.zones.zone import ZoneRecord, list_zones, read_zone

routes = APIRouter(prefix="/v1", tags=["Zones"])

Reader = Annotated[Actor, Depends(Allowed(Role.ADMIN, Role.AUDITOR))]
Drawer = Annotated[Actor, Depends(Allowed(Role.ADMIN))]
Number = Annotated[int, FromPath(ge=1, lt=2**31)]
LIMIT = 2 * MIB  # 10,000 vertices take half of it
JSON = "application/json"
_FEATURES = ("Feature", "FeatureCollection")  # compared, not looked up: what is sent may be a list


class Page(PagedInTime):
    """Which part of a list of zones."""

    after: Annotated[Name | None, Field(description="from the link to the next page")] = None


@routes.get("/prohibitions/{prohibition_id}/zones")
async def zones(
    services: Wired, actor: Reader, prohibition_id: Name, page: Annotated[Page, FromQuery()]
) -> ZonePageDocument:
    """List a prohibition's zones with all their versions, drafts included."""
    async with reading(services, actor, f"zones of prohibition {prohibition_id}", page.as_of) as (connection, _):
        found = await list_zones(connection, ProhibitionId(prohibition_id), after=page.after, limit=page.limit)
    path = f"/v1/prohibitions/{quote(prohibition_id, safe='')}/zones"
    return ZonePageDocument(
        items=[zone_document(zone) for zone in found.items], next=following(path, page, found.next_after)
    )


@routes.post(
    "/prohibitions/{prohibition_id}/zones",
    status_code=201,
    openapi_extra=takes(ZONE_DRAWING, **{GEOJSON: FEATURE}),
    responses={201: {"model": DrawnVersion}},
)
async def draw_zone_route(
    services: Wired, actor: Drawer, request: Request, key: IdempotencyKey, prohibition_id: Name
) -> Response:
    """Draw a new zone. Its version 1 is a draft and judges nothing until somebody else publishes it."""
    body, is_feature = await read_drawing_body(request)

    async def act(connection: Connection, now: Instant) -> Answer:
        prohibition = ProhibitionId(prohibition_id)
        return _created(
            await draw_zone(connection, prohibition, body.members, is_feature=is_feature, actor=actor, now=now)
        )

    return await write(services, actor, request, act, body=body, key=key)


# Before the route without a suffix, which would take `.geojson` for part of the id.
@routes.get("/zones/{zone_id}.geojson", responses={200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}})
async def zone_shape(services: Wired, actor: Reader, zone_id: Name, when: Annotated[InTime, FromQuery()]) -> Response:
    """Return a zone for a map: one feature for each version."""
    found = await _read(services, actor, zone_id, when)
    return JSONResponse(as_geojson(found), headers={"ETag": f'"{found.etag}"'}, media_type=GEOJSON)


@routes.get("/zones/{zone_id}")
async def zone(
    services: Wired, actor: Reader, response: Response, zone_id: Name, when: Annotated[InTime, FromQuery()]
) -> ZoneDocument:
    """Return one zone. Its ETag is what a new version must be sent with, as If-Match."""
    found = await _read(services, actor, zone_id, when)
    response.headers["ETag"] = f'"{found.etag}"'
    return zone_document(found)


@routes.get("/zones/{zone_id}/versions")
async def versions(
    services: Wired, actor: Reader, response: Response, zone_id: Name, when: Annotated[InTime, FromQuery()]
) -> VersionsDocument:
    """Return the versions of a zone, drafts included. The ETag is the zone's."""
    found = await _read(services, actor, zone_id, when)
    response.headers["ETag"] = f'"{found.etag}"'
    return VersionsDocument(items=[version_document(each) for each in found.versions])


@routes.post(
    "/zones/{zone_id}/versions",
    status_code=201,
    openapi_extra=takes(VERSION_DRAWING, **{GEOJSON: FEATURE}),
    responses={201: {"model": DrawnVersion}},
)
async def draw_version_route(
    services: Wired, actor: Drawer, request: Request, seen: IfMatch, key: IdempotencyKey, zone_id: Name
) -> Response:
    """Draw a further version as a draft. 428 without If-Match, 412 if the zone has changed since it was read."""
    body, is_feature = await read_drawing_body(request)

    async def act(connection: Connection, now: Instant) -> Answer:
        zone, sent = ZoneId(zone_id), body.members
        return _created(
            await draw_version(connection, zone, sent, is_feature=is_feature, if_match=seen, actor=actor, now=now)
        )

    return await write(services, actor, request, act, body=body, key=key)


@routes.delete("/zones/{zone_id}/versions/{version}", status_code=204)
async def discard(
    services: Wired, actor: Drawer, request: Request, seen: IfMatch, zone_id: Name, version: Number
) -> Response:
    """Discard a draft, and its zone with its last one. The history keeps it."""

    async def act(connection: Connection, now: Instant) -> Answer:
        left = await discard_version(connection, ZoneId(zone_id), version, if_match=seen, actor=actor, now=now)
        etag = None if left is None else left.etag
        return Answer(None, f"zone {zone_id}: version {version} discarded", 204, etag)

    return await write(services, actor, request, act)


async def read_drawing_body(request: Request) -> tuple[Body, bool]:
    """Return the body that draws something, and whether it is GeoJSON. Raises Problem."""
    is_feature = media_type(request, (JSON, GEOJSON)) == GEOJSON
    members = "the members of a feature" if is_feature else "a shape, and from when on it is to hold"
    body = await read_members(request, "drawing", members, LIMIT, (JSON, GEOJSON))
    if not is_feature and body.members.get("type") in _FEATURES:
        fault = Fault("header", "content-type", f"must be {GEOJSON} for a Feature")
        raise Problem(415, f"Send a GeoJSON Feature as {GEOJSON}.", (fault,), {"Accept": GEOJSON})
    return body, is_feature


async def _read(services: Wired, actor: Actor, zone_id: str, when: InTime) -> ZoneRecord:
    async with reading(services, actor, f"zone {zone_id}", when.as_of) as (connection, _):
        return await read_zone(connection, ZoneId(zone_id))


def _created(drawn: Drawn) -> Answer:
    zone_id = drawn.zone.zone_id
    return Answer(
        drawn_document(drawn),
        f"zone {zone_id}: version {drawn.version} drawn",
        201,
        drawn.zone.etag,
        f"/v1/zones/{quote(zone_id, safe='')}/versions",
    )
