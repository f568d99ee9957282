"""Is it alive, is it ready, what is it, how is it doing.

Probes and `/info` are open: Kubernetes sends no token, and they show nothing about anybody. `/metrics` needs the role
operator: its counts tell how many are tagged and when they move.
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel

from service.access.actor import Actor, Role
from service.http.guard import Allowed, open_to_anyone
from service.http.measurements import measure
from service.http.middleware import DATABASE_GONE
from service.http.wiring import Services, Wired
from service.migrate import is_migrated
from service.retention.measured import measure_retention
from service.version import VERSION

routes = APIRouter(tags=["Health"])

ANSWER_WITHIN_S = 3.0


class Health(BaseModel):
    """UP or DOWN, of the whole and of each part that was looked at."""

    status: str
    components: dict[str, str] = {}


class Info(BaseModel):
    """Which program this is."""

    name: str
    version: str


@routes.get("/health/liveness", dependencies=[Depends(open_to_anyone)])
async def liveness() -> Health:
    """Say that the process answers. Nothing else is looked at: restarting us would not mend the database."""
    return Health(status="UP")


@routes.get("/health", dependencies=[Depends(open_to_anyone)], responses={503: {"model": Health}})
@routes.get("/health/readiness", dependencies=[Depends(open_to_anyone)], responses={503: {"model": Health}})
async def readiness(services: Wired, response: Response) -> Health:
    """Say whether requests can be served: the database answers and has the schema of this version. Else 503."""
    database = await _database(services)
    status = "UP" if database == "UP" else "DOWN"
    response.status_code = 200 if status == "UP" else 503
    return Health(status=status, components={"database": database})


@routes.get("/info", dependencies=[Depends(open_to_anyone)])
async def info() -> Info:
    """Say name and version."""
    return Info(name="cordon", version=VERSION)


@routes.get(
    "/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
)
async def metrics(services: Wired, _actor: Annotated[Actor, Depends(Allowed(Role.OPERATOR))]) -> Response:
    """Return the measurements in the text format of Prometheus, and what the database counts at this moment."""
    counted = CollectorRegistry()  # its own: nothing that was counted before is shown if counting fails
    async with services.pool.acquire() as connection:
        await measure(connection, services.clock(), counted)
        await measure_retention(connection, counted)
    told = b"".join(map(generate_latest, (*services.metrics, counted)))
    return Response(told, media_type=CONTENT_TYPE_LATEST)


async def _database(services: Services) -> str:
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S), services.pool.acquire() as connection:
            return "UP" if await is_migrated(connection) else "NOT MIGRATED"
    except (TimeoutError, *DATABASE_GONE):
        return "DOWN"
