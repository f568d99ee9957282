"""`/v1/reports`: issued editions, exactly as they were sealed. What was never issued is not found here."""

import asyncio
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from alerts.editions import Edition, read_edition
from alerts.render import file_name
from service.access.actor import Actor
from service.access.audit import record
from service.database import Connection
from service.http.guard import READERS, Allowed, sees_force
from service.http.parameters import Day, Name, Paged
from service.http.problems import Fault, Problem
from service.http.reports.document import MEDIA_TYPES, EditionPage, issued
from service.http.reports.reading import Place, latest_edition, list_editions
from service.http.wiring import Services, Wired

routes = APIRouter(prefix="/v1/reports", tags=["Reports"])

Number = Annotated[int, Path(ge=1, le=10_000)]
Suffix = Annotated[str, Path(pattern=f"^({'|'.join(MEDIA_TYPES)})$", description=", ".join(MEDIA_TYPES))]
Reader = Annotated[Actor, Depends(Allowed(*READERS))]
Responses = dict[int | str, dict[str, Any]]
FILE: Responses = {200: {"content": {name.partition(";")[0]: {} for name in MEDIA_TYPES.values()}}}
DOCUMENT: Responses = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}


class Filters(Paged):
    """Which editions to list; without a filter, all that the caller may see."""

    force: Name | None = None
    after: Annotated[
        str | None,
        Field(pattern=r"^\d{4}-\d{2}-\d{2}\.\d{1,6}\.[^\x00-\x1f]+$", description="from the link to the next page"),
    ] = None


@routes.get("")
async def reports(services: Wired, actor: Reader, filters: Annotated[Filters, FromQuery()]) -> EditionPage:
    """List issued editions, of the newest days first."""
    if filters.force is not None:
        sees_force(actor, filters.force)
    async with services.pool.acquire() as connection:
        rows = await list_editions(connection, actor, filters.force, _place(filters), filters.limit + 1)
    shown = rows[: filters.limit]
    following = None
    if len(rows) > len(shown):
        last = f"{shown[-1]['day']}.{shown[-1]['edition']}.{shown[-1]['force']}"
        following = f"/v1/reports?{urlencode(filters.model_dump(exclude_none=True) | {'after': last})}"
    return EditionPage(items=[issued(row) for row in shown], next=following)


# Routes with a suffix stand before those without, which would take it for part of the day or number.
@routes.get("/{force}/{day}/editions/{edition}.{suffix}", response_class=Response, responses=FILE)
async def edition_file(
    services: Wired, actor: Reader, *, force: Name, day: Day, edition: Number, suffix: Suffix
) -> Response:
    """Return one edition in one format."""
    return await _file(services, actor, force=force, day=day, number=edition, suffix=suffix)


@routes.get("/{force}/{day}/editions/{edition}", response_class=Response, responses=DOCUMENT)
async def edition_document(services: Wired, actor: Reader, *, force: Name, day: Day, edition: Number) -> Response:
    """Return one edition as JSON."""
    return await _file(services, actor, force=force, day=day, number=edition, suffix="json")


@routes.get("/{force}/{day}.{suffix}", response_class=Response, responses=FILE)
async def report_file(services: Wired, actor: Reader, *, force: Name, day: Day, suffix: Suffix) -> Response:
    """Return the newest edition in one format."""
    return await _file(services, actor, force=force, day=day, number=None, suffix=suffix)


@routes.get("/{force}/{day}", response_class=Response, responses=DOCUMENT)
async def report_document(services: Wired, actor: Reader, *, force: Name, day: Day) -> Response:
    """Return the newest edition as JSON."""
    return await _file(services, actor, force=force, day=day, number=None, suffix="json")


async def _file(
    services: Services, actor: Actor, *, force: str, day: date, number: int | None, suffix: str
) -> Response:
    sees_force(actor, force)
    async with services.pool.acquire() as connection, connection.transaction():
        edition = await _edition(connection, force, day, number)
        if edition is None or suffix not in edition.files:
            raise Problem(404, "No such edition was issued, or not in this format.")
        name = file_name(edition.force, day, edition.edition, suffix)
        await record(connection, services.clock(), actor, "consultation", name)
    data = await asyncio.to_thread(services.archive.get, edition.files[suffix])
    # An edition never changes: the hash of its file says whether a copy is still this one.
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}", "ETag": f'"{edition.files[suffix]}"'}
    return Response(data, media_type=MEDIA_TYPES[suffix], headers=headers)


async def _edition(connection: Connection, force: str, day: date, number: int | None) -> Edition | None:
    wanted = await latest_edition(connection, force, day) if number is None else number
    return None if wanted is None else await read_edition(connection, force, day, wanted)


def _place(filters: Filters) -> Place | None:
    if filters.after is None:
        return None
    day, number, force = filters.after.split(".", 2)
    try:
        return date.fromisoformat(day), force, int(number)
    except ValueError as fault:
        wrong = Fault("parameter", "after", "take it from the link to the next page")
        raise Problem(422, "The request has faults.", (wrong,)) from fault
