"""`/v1/incidents/{incident_id}/history`: what became of an incident, when it became known, and why."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Query as FromQuery
from pydantic import Field

from service.access.actor import Actor
from service.access.audit import record
from service.http.guard import READERS, Allowed
from service.http.incidents.changes import former_ids, read_changes
from service.http.incidents.document import IncidentHistory
from service.http.incidents.reading import find_incident
from service.http.incidents.routes import unknown
from service.http.parameters import Name, Paged
from service.http.reading import following
from service.http.wiring import Wired

routes = APIRouter(prefix="/v1/incidents", tags=["Incidents"])


class Page(Paged):
    """Which part of a history."""

    after: Annotated[int, Field(ge=0, lt=2**63, description="from the link to the next page")] = 0


@routes.get("/{incident_id}/history")
async def incident_history(
    services: Wired,
    actor: Annotated[Actor, Depends(Allowed(*READERS))],
    incident_id: Name,
    page: Annotated[Page, FromQuery()],
) -> IncidentHistory:
    """List what became of an incident, the oldest first, under any id that leads to it.

    What was merged into it had a history of its own before, which belongs to this one.
    """
    async with services.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        row = await find_incident(connection, actor, incident_id)
        if row is None:
            raise unknown()
        found: str = row["incident_id"]
        # One more than asked for says whether there is another page.
        changes = await read_changes(connection, found, page.after, page.limit + 1)
        former = await former_ids(connection, found)
        await record(connection, services.clock(), actor, "consultation", f"history of incident {found}")
    shown = changes[: page.limit]
    more = shown[-1].id if len(changes) > len(shown) else None
    path = f"/v1/incidents/{found}/history"
    return IncidentHistory(incident_id=found, former_ids=former, items=shown, next=following(path, page, more))
