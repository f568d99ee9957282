"""`/v1/incidents`: what the desk knows now.

The police see incidents of their own force, and those to which it is named to respond.
"""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Response
from fastapi import Query as FromQuery
from fastapi.responses import JSONResponse
from pydantic import Field

from geofence.judgement import Grade
from service.access.actor import Actor
from service.access.audit import record
from service.http.guard import READERS, Allowed, sees_force
from service.http.incidents.document import IncidentPage, SingleIncident, listed, single
from service.http.incidents.geojson import MEDIA_TYPE, shape_of
from service.http.incidents.reading import Wanted, find_incident, fixes_of, list_incidents, place_named, place_of
from service.http.parameters import Day, Name, Paged
from service.http.problems import Fault, Problem
from service.http.wiring import Wired

routes = APIRouter(prefix="/v1/incidents", tags=["Incidents"])

PLACE = r"^-?\d{1,18}\.[0-9a-f]{16}$"


class Filters(Paged):
    """Which incidents to list; without a filter, all that the caller may see."""

    force: Name | None = None
    day: Annotated[Day | None, Field(description="a report day: a date in London")] = None
    grade: Grade | None = None
    wearer: Name | None = None
    after: Annotated[str | None, Field(pattern=PLACE, description="from the link to the next page")] = None


@routes.get("")
async def incidents(
    services: Wired, actor: Annotated[Actor, Depends(Allowed(*READERS))], filters: Annotated[Filters, FromQuery()]
) -> IncidentPage:
    """List standing incidents, those that began last first."""
    if filters.force is not None:
        sees_force(actor, filters.force)
    # One more than asked for says whether there is another page.
    wanted = Wanted(filters.force, filters.grade, filters.wearer, filters.day, _place(filters), filters.limit + 1)
    async with services.pool.acquire() as connection, connection.transaction():
        rows = await list_incidents(connection, actor, wanted)
        await record(connection, services.clock(), actor, "consultation", f"incidents?{_query(filters)}")
    shown = rows[: filters.limit]
    more = f"/v1/incidents?{_query(filters, after=place_of(shown[-1]))}" if len(rows) > len(shown) else None
    return IncidentPage(items=[listed(row) for row in shown], next=more)


# Before the route without a suffix, which would take `.geojson` for part of the id.
@routes.get("/{incident_id}.geojson", responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}})
async def incident_shape(
    services: Wired, actor: Annotated[Actor, Depends(Allowed(*READERS))], incident_id: Name
) -> Response:
    """Return an incident's fixes, and its zone as it was drawn when they were judged."""
    async with services.pool.acquire() as connection, connection.transaction():
        row = await find_incident(connection, actor, incident_id)
        if row is None:
            raise unknown()
        shape = await shape_of(connection, row)
        await record(connection, services.clock(), actor, "consultation", f"incident {row['incident_id']}")
    return JSONResponse(shape, media_type=MEDIA_TYPE)


@routes.get("/{incident_id}")
async def incident(
    services: Wired, actor: Annotated[Actor, Depends(Allowed(*READERS))], incident_id: Name
) -> SingleIncident:
    """Return one incident with its fixes. A former id, from before a merger, finds the incident that it became."""
    async with services.pool.acquire() as connection, connection.transaction():
        row = await find_incident(connection, actor, incident_id)
        if row is None:
            raise unknown()
        fixes = await fixes_of(connection, row["incident_id"])
        await record(connection, services.clock(), actor, "consultation", f"incident {row['incident_id']}")
    return single(row, fixes)


def _place(filters: Filters) -> tuple[datetime, str] | None:
    if filters.after is None:
        return None
    try:
        return place_named(filters.after)
    except ValueError as fault:
        raise Problem(422, "The request has faults.", (Fault("parameter", "after", str(fault)),)) from fault


def _query(filters: Filters, **other: str) -> str:
    return urlencode(filters.model_dump(mode="json", exclude_none=True) | other)


def unknown() -> Problem:
    """Return the problem of an incident that there is not, or that the caller may not see."""
    return Problem(404, "There is no such incident, or it is another force's.")
