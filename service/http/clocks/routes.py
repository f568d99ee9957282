"""`/v1/clocks`: what falls due and what is awaited, for administrators, auditors and a force's police.

The police see what concerns orders of their force, but neither drafts nor proposals: these are not theirs to read.
"""

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Query as FromQuery
from pydantic import Field

from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.http.clocks.document import ClockPage, clock_document
from service.http.guard import READERS, Allowed, sees_force
from service.http.parameters import Name
from service.http.reading import PagedInTime, following, reading
from service.http.wiring import Wired
from service.register.clocks.clock import Kind, Place
from service.register.clocks.reading import READINGS, Wanted, list_clocks

routes = APIRouter(prefix="/v1/clocks", tags=["Clocks"])

PLACE = r"^-?\d{1,19}~-?\d{1,19}~[a-z_]{1,20}~[^\x00-\x1f\x7f]{1,300}$"
NOT_FOR_POLICE: frozenset[Kind] = frozenset({"proposal", "draft"})


class Filters(PagedInTime):
    """Which clocks to list; without a filter, all that the caller may see."""

    force: Name | None = None
    kind: Kind | None = None
    overdue: Annotated[bool | None, Field(description="only those that are overdue, or only the others")] = None
    after: Annotated[str | None, Field(pattern=PLACE, description="from the link to the next page")] = None


@routes.get("")
async def clocks(
    services: Wired, actor: Annotated[Actor, Depends(Allowed(*READERS))], filters: Annotated[Filters, FromQuery()]
) -> ClockPage:
    """List the clocks that run: those due first come first, those that are never due last, by their beginnings.

    The police see those of their force, without drafts and proposals.
    """
    if filters.force is not None:
        sees_force(actor, filters.force)
    wanted = Wanted(
        kinds=_kinds(actor, filters.kind),
        force=filters.force if actor.force is None else actor.force,
        overdue=filters.overdue,
        after=None if filters.after is None else _place(filters.after),
        limit=filters.limit,
    )
    async with reading(services, actor, "clocks", filters.as_of) as (connection, seen_at):
        found, more = await list_clocks(connection, seen_at, wanted)
    after = None if more is None else "~".join(map(str, more))
    return ClockPage(items=[clock_document(clock) for clock in found], next=following("/v1/clocks", filters, after))


def _kinds(actor: Actor, kind: Kind | None) -> Collection[Kind]:
    wanted = READINGS.keys() if kind is None else {kind}
    return wanted - NOT_FOR_POLICE if actor.role is Role.POLICE else wanted


def _place(text: str) -> Place:
    due, since, kind, subject = text.split("~", 3)
    return Place(Instant(int(due)), Instant(int(since)), kind, subject)
