"""Putting zones in force, and what is asked of zones that are."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Request, Response

from geofence.ids import ZoneId
from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.guard import Allowed
from service.http.orders.changing import PROPOSED
from service.http.parameters import Name
from service.http.proposals.proposing import propose, read_why
from service.http.schemas import EMERGENCY, ENDING, PUBLISHING, WITHDRAWAL, ZONE_DETAILS, may_take, takes
from service.http.wiring import Services, Wired
from service.http.writing import Answer, IdempotencyKey, IfMatch, read_optional_members, write
from service.http.zones.design import design_warnings
from service.http.zones.document import PublishedZone, published_document
from service.http.zones.routes import Number
from service.register.proposals import Target
from service.register.zones.publishing import Published, Publishing, publish, publish_in_emergency, refuse_emergency

log = structlog.get_logger(__name__)

routes = APIRouter(prefix="/v1/zones/{zone_id}", tags=["Zones"])

Admin = Annotated[Actor, Depends(Allowed(Role.ADMIN))]
PUBLISHED: dict[int | str, dict[str, Any]] = {200: {"model": PublishedZone}}
Does = Callable[[Connection, Publishing, Instant], Awaitable[Published]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks what of which version, as its zone was read."""

    services: Services
    actor: Actor
    request: Request
    if_match: str
    key: str | None
    zone_id: str
    version: int


def asked(
    services: Wired,
    actor: Admin,
    request: Request,
    seen: IfMatch,
    key: IdempotencyKey,
    zone_id: Name,
    version: Number,
) -> Asked:
    """Return what all routes that put versions in force, or end that, are asked with."""
    return Asked(services, actor, request, seen, key, zone_id, version)


OfVersion = Annotated[Asked, Depends(asked)]


async def _step(asked: Asked, does: Does, done: str, *, design: bool = False, why: bool = False) -> Response:
    """Do it. done: what it is called afterwards. why: only with a reason.

    design: look into the version's design first, so that its warnings are answered. That takes up to a second, so
    nobody else is kept from the register meanwhile.
    """
    body = await read_optional_members(asked.request, "publishing", "a reason, if there are warnings")
    warned = await design_warnings(asked.services, ZoneId(asked.zone_id), asked.version) if design else []

    async def act(connection: Connection, now: Instant) -> Answer:
        reason, authority = read_why(body.members, needed=why)
        publishing = Publishing(
            ZoneId(asked.zone_id), asked.version, asked.if_match, asked.actor, reason, authority, warned
        )
        published = await does(connection, publishing, now)
        audit = f"zone {asked.zone_id}: version {asked.version} {done}"
        return Answer(published_document(published), audit, etag=published.zone.etag)

    return await write(asked.services, asked.actor, asked.request, act, body=body, key=asked.key)


@routes.post("/versions/{version}/publish", openapi_extra=may_take(PUBLISHING), responses=PUBLISHED)
async def publish_route(of_version: OfVersion) -> Response:
    """Put a draft in force as a second person, or confirm what one person put in force in an emergency.

    It ends the version that it follows. An order that is a draft still is published with it. Warnings, those of the
    design check too, need a reason.
    """
    return await _step(of_version, publish, "published", design=True)


@routes.post("/versions/{version}/emergency", openapi_extra=takes(EMERGENCY), responses=PUBLISHED)
async def emergency_route(of_version: OfVersion) -> Response:
    """Put a new or larger zone in force for 24 hours as one person alone: an alarm stands until another confirms."""
    answer = await _step(of_version, publish_in_emergency, "published in an emergency", why=True)
    log.warning(
        "A zone is in force by one person alone, for 24 hours.", zone_id=of_version.zone_id, version=of_version.version
    )
    return answer


@routes.post("/versions/{version}/refusal", openapi_extra=may_take(PUBLISHING), responses=PUBLISHED)
async def refusal_route(of_version: OfVersion) -> Response:
    """End what one person put in force in an emergency, as a second one: what was there before holds again."""
    return await _step(of_version, refuse_emergency, "refused")


@routes.post("/end", status_code=202, openapi_extra=takes(ENDING), responses=PROPOSED)
async def end(services: Wired, actor: Admin, request: Request, key: IdempotencyKey, zone_id: Name) -> Response:
    """Propose that the zone ends: no version holds from then on."""
    return await propose(services, actor, request, "zone_end", Target(zone_id=zone_id), key=key)


@routes.post("/withdrawal", status_code=202, openapi_extra=takes(WITHDRAWAL), responses=PROPOSED)
async def withdraw(services: Wired, actor: Admin, request: Request, key: IdempotencyKey, zone_id: Name) -> Response:
    """Propose that a published version never was right: what was found by it is withdrawn."""
    return await propose(services, actor, request, "zone_withdrawal", Target(zone_id=zone_id), key=key)


@routes.post("/details", status_code=202, openapi_extra=takes(ZONE_DETAILS), responses=PROPOSED)
async def details(services: Wired, actor: Admin, request: Request, key: IdempotencyKey, zone_id: Name) -> Response:
    """Propose another label, or another force that responds."""
    return await propose(services, actor, request, "zone_details", Target(zone_id=zone_id), key=key)
