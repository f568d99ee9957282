"""`/v1/overview`: the counts that a force publishes; the police see those of their own."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Query as FromQuery

from service.access.actor import Actor
from service.http.guard import READERS, Allowed, sees_force
from service.http.overview.document import OverviewDocument, overview_document
from service.http.overview.reading import read_overview
from service.http.parameters import Name, Query
from service.http.reading import reading
from service.http.wiring import Wired

routes = APIRouter(prefix="/v1/overview", tags=["Overview"])


class Filters(Query):
    """Which forces to count for; without a filter, all that the caller may see."""

    force: Name | None = None


@routes.get("")
async def overview(
    services: Wired, actor: Annotated[Actor, Depends(Allowed(*READERS))], filters: Annotated[Filters, FromQuery()]
) -> OverviewDocument:
    """Return the counts of each force as they are now.

    Breaches pursued are not among them: what the police did about an incident is recorded nowhere yet.
    """
    if filters.force is not None:
        sees_force(actor, filters.force)
    async with reading(services, actor, "overview") as (connection, now):
        found = await read_overview(connection, now, filters.force if actor.force is None else actor.force)
    return overview_document(found, now)
