"""The boundary of every route that reads the register: one view of it, of now or of the past, and one audit row."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from geofence.instants import Instant, instant
from service.access.actor import Actor
from service.access.audit import record
from service.database import Connection
from service.http.documents import Moment
from service.http.parameters import Paged, Query
from service.http.wiring import Services
from service.http.writing import problem_of
from service.register.past import read_as_of

AsOf = Annotated[Moment | None, Field(description="the register as it stood at this instant; now, if left out")]


class InTime(Query):
    """At which instant the register is read."""

    as_of: AsOf = None


class PagedInTime(Paged):
    """Which part of a list, and at which instant the register is read."""

    as_of: AsOf = None


@asynccontextmanager
async def reading(
    services: Services, actor: Actor, subject: str, as_of: Moment | None = None
) -> AsyncIterator[tuple[Connection, Instant]]:
    """Give a connection that sees one state of the register, and the instant which that is.

    subject: what is consulted, by id, for the audit. Raises Problem for what the register refuses.
    """
    now = services.clock()
    seen = None if as_of is None else instant(as_of)
    try:
        async with services.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            await record(connection, now, actor, "consultation", subject)
            await read_as_of(connection, seen)
            yield connection, now if seen is None else seen
    except Exception as refused:
        problem = problem_of(refused)
        if problem is None:
            raise
        raise problem from None


def following(path: str, query: Query, after: object | None) -> str | None:
    """Return the link to the next page, None if this is the last."""
    if after is None:
        return None
    return f"{path}?{urlencode(query.model_dump(mode='json', exclude_none=True) | {'after': after})}"
