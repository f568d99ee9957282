"""`…/history` of orders, zones, wearers and fittings, and `/v1/register/changes`: who changed what, when and why.

Read by administrators and auditors. The police read the history of their force's orders from when these were in force,
without zones: their shapes tell where somebody lives.
"""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi import Path as FromPath
from fastapi import Query as FromQuery
from pydantic import Field

from service.access.actor import Actor, Role
from service.database import Connection
from service.http.guard import READERS, Allowed
from service.http.history.document import ChangePage, change_document
from service.http.orders.routes import seen_order
from service.http.parameters import Name, Paged
from service.http.reading import following, reading
from service.http.wiring import Wired
from service.register.history import (
    EVERYTHING,
    LAST_VERSION,
    OF_FITTING,
    OF_ORDER,
    OF_WEARER,
    OF_ZONE,
    Thing,
    list_changes,
    order_as_in_force,
)

routes = APIRouter(prefix="/v1", tags=["History"])

Reader = Annotated[Actor, Depends(Allowed(*READERS))]
Overseer = Annotated[Actor, Depends(Allowed(Role.ADMIN, Role.AUDITOR))]


class Page(Paged):
    """Which part of a history."""

    after: Annotated[int | None, Field(ge=1, lt=LAST_VERSION, description="from the link to the next page")] = None


Asked = Annotated[Page, FromQuery()]


@routes.get("/orders/{order_id}/history")
async def order_history(services: Wired, actor: Reader, order_id: Name, page: Asked) -> ChangePage:
    """List what changed an order, its suspensions, clauses, zones and their versions, drafts included.

    The police see only what changed since it was in force, and nothing of its zones.
    """
    async with reading(services, actor, f"history of order {order_id}") as (connection, _):
        thing = Thing(OF_ORDER, order_id)
        if actor.role is Role.POLICE:
            await seen_order(connection, actor, order_id)
            thing = await order_as_in_force(connection, order_id)
        return await _page(connection, thing, f"/v1/orders/{quote(order_id, safe='')}/history", page)


@routes.get("/zones/{zone_id}/history")
async def zone_history(services: Wired, actor: Overseer, zone_id: Name, page: Asked) -> ChangePage:
    """List what changed a zone and its versions, drafts included."""
    async with reading(services, actor, f"history of zone {zone_id}") as (connection, _):
        path = f"/v1/zones/{quote(zone_id, safe='')}/history"
        return await _page(connection, Thing(OF_ZONE, zone_id), path, page)


@routes.get("/wearers/{wearer_id}/history")
async def wearer_history(services: Wired, actor: Overseer, wearer_id: Name, page: Asked) -> ChangePage:
    """List what changed a wearer and his fittings. His orders have histories of their own."""
    async with reading(services, actor, f"history of wearer {wearer_id}") as (connection, _):
        path = f"/v1/wearers/{quote(wearer_id, safe='')}/history"
        return await _page(connection, Thing(OF_WEARER, wearer_id), path, page)


@routes.get("/fittings/{fitting_id}/history")
async def fitting_history(
    services: Wired, actor: Overseer, fitting_id: Annotated[int, FromPath(ge=1, lt=2**63)], page: Asked
) -> ChangePage:
    """List what changed a fitting."""
    async with reading(services, actor, f"history of fitting {fitting_id}") as (connection, _):
        return await _page(connection, Thing(OF_FITTING, fitting_id), f"/v1/fittings/{fitting_id}/history", page)


@routes.get("/register/changes")
async def register_changes(services: Wired, actor: Overseer, page: Asked) -> ChangePage:
    """List every change of the register."""
    async with reading(services, actor, "history of the register") as (connection, _):
        return await _page(connection, EVERYTHING, "/v1/register/changes", page)


async def _page(connection: Connection, thing: Thing, path: str, page: Page) -> ChangePage:
    changes, more = await list_changes(connection, thing, before=page.after, limit=page.limit)
    return ChangePage(items=[change_document(change) for change in changes], next=following(path, page, more))
