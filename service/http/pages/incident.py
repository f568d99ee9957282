"""The page of one incident: who, where, when, how certain, its map and its fixes."""

from typing import Annotated

from asyncpg import Record
from fastapi import APIRouter, Depends, Request, Response

from alerts import map as maps
from alerts.report import sentences
from alerts.report.values import Entry
from geofence.instants import Instant, instant
from service.access.actor import Actor
from service.access.audit import record
from service.http.guard import READERS, SignedIn
from service.http.incidents.reading import find_incident
from service.http.pages.incident_entry import Desk, entry_of
from service.http.pages.templates import Pages
from service.http.parameters import Name
from service.http.problems import Problem
from service.http.wiring import Services, Wired

Reader = Annotated[Actor, Depends(SignedIn(*READERS))]


def incident_routes(pages: Pages, desk: Desk) -> APIRouter:
    """Return the routes of one incident's page and map."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/incidents/{incident_id}/map.svg")
    async def incident_map(services: Wired, actor: Reader, incident_id: Name) -> Response:
        _, entry = await _found(services, desk, actor, incident_id, services.clock())
        if entry is None:
            raise Problem(404, "A withdrawn incident has no map.")
        picture = maps.draw(entry.zone.label, entry.versions, entry.fixes, leg_s=desk.rules.leg_s)
        return Response(picture, media_type="image/svg+xml")

    @routes.get("/incidents/{incident_id}")
    async def incident_page(request: Request, services: Wired, actor: Reader, incident_id: Name) -> Response:
        now = services.clock()
        row, entry = await _found(services, desk, actor, incident_id, now)
        if entry is None:
            return pages.page(
                request, "incident_withdrawn.html", {"row": row, "began_at": instant(row["began_at"])}, actor=actor
            )
        members = {
            "now": now,
            "row": row,
            "entry": entry,
            "incident": entry.incident,
            "grade": sentences.grade_in_words(entry),
            "standing": sentences.now(entry, now),
            "apart": sentences.apart_because(entry),
            "began": sentences.began(entry),
            "ended": sentences.ended(entry, now),
            "length": sentences.length(entry),
            "deepest": sentences.deepest(entry),
            "who": sentences.who(entry),
            "alternative": maps.alternative(entry.zone.label, entry.fixes),
            "detected_at": instant(row["detected_at"]),
        }
        return pages.page(request, "incident.html", members, actor=actor)

    return routes


async def _found(
    services: Services, desk: Desk, actor: Actor, incident_id: str, now: Instant
) -> tuple[Record, Entry | None]:
    async with services.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        row = await find_incident(connection, actor, incident_id)
        if row is None:
            raise Problem(404, "There is no such incident, or it is another force's.")
        entry = await entry_of(connection, desk, row, now)
        await record(connection, now, actor, "consultation", f"incident {row['incident_id']}")
    return row, entry
