"""`/v1/orders/{order_id}/notifications`: recorded by the order's own force or an administrator, and never changed."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Query as FromQuery

from geofence.ids import OrderId
from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.guard import READERS, Allowed
from service.http.notifications.document import NotificationDocument, Notifications, notification_document
from service.http.orders.routes import seen_order
from service.http.parameters import Name
from service.http.reading import InTime, reading
from service.http.schemas import NOTIFICATION, takes
from service.http.wiring import Wired
from service.http.writing import Answer, IdempotencyKey, read_members, write
from service.register.notifications import notifications_of, record_notification

routes = APIRouter(prefix="/v1/orders/{order_id}/notifications", tags=["Notifications"])

Reader = Annotated[Actor, Depends(Allowed(*READERS))]
Recorder = Annotated[Actor, Depends(Allowed(Role.POLICE, Role.ADMIN))]


@routes.get("")
async def notifications(
    services: Wired, actor: Reader, order_id: Name, when: Annotated[InTime, FromQuery()]
) -> Notifications:
    """Return what was recorded of an order."""
    async with reading(services, actor, f"order {order_id}", when.as_of) as (connection, _):
        await seen_order(connection, actor, order_id)
        found = await notifications_of(connection, OrderId(order_id))
    return Notifications(items=[notification_document(record) for record in found])


@routes.post("", status_code=201, openapi_extra=takes(NOTIFICATION), responses={201: {"model": NotificationDocument}})
async def record(services: Wired, actor: Recorder, request: Request, key: IdempotencyKey, order_id: Name) -> Response:
    """Record that the police were notified, or that there was a change of which they have to be."""
    body = await read_members(request, "notification", "what was notified, and when")

    async def act(connection: Connection, now: Instant) -> Answer:
        await seen_order(connection, actor, order_id)
        written = await record_notification(connection, OrderId(order_id), body.members, actor, now)
        return Answer(
            notification_document(written),
            f"order {order_id}: notification recorded",
            201,
            location=f"/v1/orders/{quote(order_id, safe='')}/notifications",
        )

    return await write(services, actor, request, act, body=body, key=key)
