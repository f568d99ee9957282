"""The first page: what a duty officer wants to know first, of one force."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Query as FromQuery

from alerts.days import report_day_of
from alerts.editions import Edition, read_editions
from geofence.instants import Instant
from geofence.judgement import Grade
from service.access.actor import Actor
from service.access.audit import record
from service.http.guard import READERS, SignedIn, sees_force
from service.http.pages.duty_reading import MOST, ForceLine, Line, forces_of, heard, inside_now, of_day, outstanding
from service.http.pages.templates import Pages
from service.http.parameters import Day, Name, Query
from service.http.problems import Problem
from service.http.reports.document import MEDIA_TYPES
from service.http.wiring import Wired

GRADES: tuple[Grade, ...] = ("confirmed", "probable", "inferred", "possible")
EDITIONS_SHOWN = 14


class Choice(Query):
    """Which force, and which report day; without them the one that needs a look, and the newest issued."""

    force: Name | None = None
    day: Day | None = None


def duty_routes(pages: Pages) -> APIRouter:
    """Return the route of the first page."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def duty(
        request: Request,
        services: Wired,
        actor: Annotated[Actor, Depends(SignedIn(*READERS))],
        choice: Annotated[Choice, FromQuery()],
    ) -> Response:
        now = services.clock()
        async with services.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            forces = await forces_of(connection, actor, now)
            if not forces:
                return pages.page(request, "duty_empty.html", {}, actor=actor)
            force = _chosen(choice.force, forces, actor)
            editions = await read_editions(connection, force.code, EDITIONS_SHOWN)
            day = choice.day or _newest(editions, now)
            lines = await of_day(connection, actor, force.code, day)
            members = {
                "now": now,
                "force": force.code,
                "force_name": force.name,
                "forces": forces,
                "inside": await inside_now(connection, force.code, now),
                "heard": await heard(connection, force.code, now),
                "outstanding": await outstanding(connection, force.code, now),
                "editions": editions,
                "formats": list(MEDIA_TYPES),
                "day": day,
                "day_before": day - timedelta(days=1),
                "day_after": day + timedelta(days=1),
                "lines": lines,
                "cut": len(lines) == MOST,
                "counts": counts_of(lines),
            }
            await record(connection, now, actor, "consultation", f"first page of {force.code}, {day}")
        return pages.page(request, "duty.html", members, actor=actor)

    return routes


def counts_of(lines: list[Line]) -> dict[Grade, int]:
    """Count incidents by grade, without those listed apart. Never summed: a sum would say that they weigh the same."""
    return {grade: sum(line.grade == grade and line.apart is None for line in lines) for grade in GRADES}


def _chosen(code: str | None, forces: list[ForceLine], actor: Actor) -> ForceLine:
    """Return the force asked for; else the first where somebody is inside now, else the first."""
    if code is None:
        return next((force for force in forces if force.inside), forces[0])
    sees_force(actor, code)
    for force in forces:
        if force.code == code:
            return force
    raise Problem(404, "The register holds no such force.")


def _newest(editions: list[Edition], now: Instant) -> date:
    """Return the newest day that was issued; yesterday, while nothing was."""
    return editions[0].day if editions else report_day_of(now) - timedelta(days=1)
