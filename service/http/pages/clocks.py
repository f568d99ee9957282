"""The page of the clocks that run and of the counts that a force publishes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Query as FromQuery

from service.access.actor import Actor, Role
from service.access.audit import record
from service.http.clocks.routes import NOT_FOR_POLICE
from service.http.guard import READERS, SignedIn, sees_force
from service.http.overview.document import overview_document
from service.http.overview.reading import read_overview
from service.http.pages.templates import Pages
from service.http.parameters import Name, Query
from service.http.wiring import Wired
from service.register.clocks.clock import Kind
from service.register.clocks.reading import READINGS, Wanted, list_clocks

MOST = 500
KINDS: dict[Kind, str] = {
    "emergency": "Put in force by one person alone",
    "hearing": "Hearing",
    "zone_awaited": "Zone awaited",
    "proposal": "Awaits approval",
    "draft": "Awaits publishing",
    "suspension": "Suspension",
    "monitoring_ends": "Monitoring ends",
    "order_ends": "Order ends",
    "notification": "Notification",
}


class Choice(Query):
    """Which force, and which kind of clock; all that the reader may see without them."""

    force: Name | None = None
    kind: Kind | None = None


def clock_routes(pages: Pages) -> APIRouter:
    """Return the route of the page."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/clocks")
    async def clocks(
        request: Request,
        services: Wired,
        actor: Annotated[Actor, Depends(SignedIn(*READERS))],
        choice: Annotated[Choice, FromQuery()],
    ) -> Response:
        if choice.force is not None:
            sees_force(actor, choice.force)
        force = actor.force if choice.force is None else choice.force
        hidden = NOT_FOR_POLICE if actor.role is Role.POLICE else frozenset()
        wanted = READINGS.keys() - hidden if choice.kind is None else {choice.kind} - hidden
        now = services.clock()
        async with services.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            found, more = await list_clocks(connection, now, Wanted(kinds=wanted, force=force, limit=MOST))
            counts = overview_document(await read_overview(connection, now, force), now)
            await record(connection, now, actor, "consultation", f"clocks of {force or 'all forces'}")
        members = {
            "now": now,
            "force": force,
            "chosen": choice.kind,
            "kinds": {kind: text for kind, text in KINDS.items() if kind not in hidden},
            "clocks": found,
            "cut": more is not None,
            "counts": counts.items,
        }
        return pages.page(request, "clocks.html", members, actor=actor)

    return routes
