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
class Step:
    """What is to be done to which version, as its zone was read; done: what it is called afterwards."""

    zone_id: str
    version: int
    if_match: str
    done: str


async def _step(
    services: Services,
    actor: Actor,
    request: Request,
    does: Does,
    step: Step,
    key: str | None,
    *,
    design: bool = False,
    why: bool = False,
) -> Response:
    """Do it. why: only with a reason. design: look into the version's design first, so that its warnings are answered.

    That takes up to a second, so nobody else is kept from the register meanwhile.
    """
    body = await read_optional_members(request, "publishing", "a reason, if there are warnings")
    warned = await design_warnings(services, ZoneId(step.zone_id), step.version) if design else []

    async def act(connection: Connection, now: Instant) -> Answer:
        reason, authority = read_why(body.members, needed=why)
        asked = Publishing(ZoneId(step.zone_id), step.version, step.if_match, actor, reason, authority, warned)
        published = await does(connection, asked, now)
        audit = f"zone {step.zone_id}: version {step.version} {step.done}"
        return Answer(published_document(published), audit, etag=published.zone.etag)

    return await write(services, actor, request, act, body=body, key=key)


@routes.post("/versions/{version}/publish", openapi_extra=may_take(PUBLISHING), responses=PUBLISHED)
async def publish_route(
    services: Wired,
    actor: Admin,
    request: Request,
    seen: IfMatch,
    key: IdempotencyKey,
    zone_id: Name,
    version: Number,
) -> Response:
    """Put a draft in force as a second person, or confirm what one person put in force in an emergency.

    It ends the version that it follows. An order that is a draft still is published with it. Warnings, those of the
    design check too, need a reason.
    """
    return await _step(services, actor, request, publish, Step(zone_id, version, seen, "published"), key, design=True)


@routes.post("/versions/{version}/emergency", openapi_extra=takes(EMERGENCY), responses=PUBLISHED)
async def emergency_route(
    services: Wired,
    actor: Admin,
    request: Request,
    seen: IfMatch,
    key: IdempotencyKey,
    zone_id: Name,
    version: Number,
) -> Response:
    """Put a new or larger zone in force for 24 hours as one person alone: an alarm stands until another confirms."""
    step = Step(zone_id, version, seen, "published in an emergency")
    answer = await _step(services, actor, request, publish_in_emergency, step, key, why=True)
    log.warning("A zone is in force by one person alone, for 24 hours.", zone_id=zone_id, version=version)
    return answer


@routes.post("/versions/{version}/refusal", openapi_extra=may_take(PUBLISHING), responses=PUBLISHED)
async def refusal_route(
    services: Wired,
    actor: Admin,
    request: Request,
    seen: IfMatch,
    key: IdempotencyKey,
    zone_id: Name,
    version: Number,
) -> Response:
    """End what one person put in force in an emergency, as a second one: what was there before holds again."""
    return await _step(services, actor, request, refuse_emergency, Step(zone_id, version, seen, "refused"), key)


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
