"""What each caller gets at each route, of a thing that belongs to MPS: a route that the table does not name fails."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import httpx
import pytest
from fastapi import FastAPI

from alerts.archive import Archive
from alerts.editions import Edition, write_edition
from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.access.sessions import open_session
from service.access.tokens import create_token, revoke_token
from service.database import Pool
from tests.service.http.conftest import CALLERS, NOW, Callers
from tests.service.http.desk import CLOSED
from tests.service.http.test_guards import routes_of

COLUMNS = ("provider", "admin", "MPS", "GMP", "auditor", "operator")

# 200: served. in: let through, and told that a body or an If-Match is missing, so that nothing happens.
# 422: let through, and told that what is asked for still can't be read, so that nothing happens either.
# MPS is the force of what is asked for, GMP another; nobody else has a force.
TABLE = """
                                                               provider admin MPS  GMP  auditor operator
GET    /metrics                                                     403   403 403  403      403      200
POST   /v1/fixes                                                     in   403 403  403      403      403
POST   /v1/tag-events                                                in   403 403  403      403      403
GET    /v1/feed                                                     200   200 403  403      403      200
GET    /v1/feed/tags/{state}                                        200   200 403  403      403      200
GET    /v1/feed/rejections                                          200   200 403  403      403      200
GET    /v1/quarantine                                               403   200 403  403      200      200
GET    /v1/quarantine/{rejection_id}                                403   200 403  403      200      200
POST   /v1/quarantine/{rejection_id}/release                        403   403 403  403      403      422
GET    /v1/incidents                                                403   200 200  200      200      403
GET    /v1/incidents?force=MPS                                      403   200 200  403      200      403
GET    /v1/incidents/stream                                         403   200 200  200      200      403
GET    /v1/incidents/{incident_id}                                  403   200 200  404      200      403
GET    /v1/incidents/{incident_id}/history                          403   200 200  404      200      403
GET    /v1/incidents/{incident_id}.geojson                          403   200 200  404      200      403
GET    /v1/reports                                                  403   200 200  200      200      403
GET    /v1/reports?force=MPS                                        403   200 200  403      200      403
GET    /v1/reports/{force}/{day}                                    403   200 200  403      200      403
GET    /v1/reports/{force}/{day}.{suffix}                           403   200 200  403      200      403
GET    /v1/reports/{force}/{day}/editions/{edition}                 403   200 200  403      200      403
GET    /v1/reports/{force}/{day}/editions/{edition}.{suffix}        403   200 200  403      200      403
GET    /v1/orders                                                   403   200 200  200      200      403
GET    /v1/orders?force=MPS                                         403   200 200  403      200      403
POST   /v1/orders                                                   403    in 403  403      403      403
GET    /v1/orders/{order_id}                                        403   200 200  404      200      403
PUT    /v1/orders/{order_id}                                        403    in 403  403      403      403
DELETE /v1/orders/{order_id}                                        403    in 403  403      403      403
POST   /v1/orders/{order_id}/publish                                403    in 403  403      403      403
GET    /v1/orders/{order_id}/suspensions                            403   200 200  404      200      403
POST   /v1/orders/{order_id}/suspensions                            403    in 403  403      403      403
POST   /v1/orders/{order_id}/suspension-ends                        403    in 403  403      403      403
GET    /v1/orders/{order_id}/prohibitions                           403   200 200  404      200      403
POST   /v1/orders/{order_id}/prohibitions                           403    in 403  403      403      403
POST   /v1/orders/{order_id}/variations                             403    in 403  403      403      403
POST   /v1/orders/{order_id}/corrections                            403    in 403  403      403      403
POST   /v1/orders/{order_id}/discharge                              403    in 403  403      403      403
POST   /v1/orders/{order_id}/event                                  403    in 403  403      403      403
GET    /v1/prohibitions/{prohibition_id}                            403   200 200  404      200      403
GET    /v1/prohibitions/{prohibition_id}/zones                      403   200 403  403      200      403
POST   /v1/prohibitions/{prohibition_id}/zones                      403    in 403  403      403      403
GET    /v1/zones/{zone_id}                                          403   200 403  403      200      403
GET    /v1/zones/{zone_id}.geojson                                  403   200 403  403      200      403
GET    /v1/zones/{zone_id}/versions                                 403   200 403  403      200      403
POST   /v1/zones/{zone_id}/versions                                 403    in 403  403      403      403
DELETE /v1/zones/{zone_id}/versions/{version}                       403    in 403  403      403      403
POST   /v1/zones/{zone_id}/versions/{version}/publish               403    in 403  403      403      403
POST   /v1/zones/{zone_id}/versions/{version}/emergency             403    in 403  403      403      403
POST   /v1/zones/{zone_id}/versions/{version}/refusal               403    in 403  403      403      403
POST   /v1/zones/{zone_id}/end                                      403    in 403  403      403      403
POST   /v1/zones/{zone_id}/withdrawal                               403    in 403  403      403      403
POST   /v1/zones/{zone_id}/details                                  403    in 403  403      403      403
GET    /v1/zones/{zone_id}/versions/{version}/design-check          403   200 403  403      200      403
GET    /v1/clocks                                                   403   200 200  200      200      403
GET    /v1/clocks?force=MPS                                         403   200 200  403      200      403
GET    /v1/overview                                                 403   200 200  200      200      403
GET    /v1/wearers                                                  403   200 200  200      200      403
GET    /v1/wearers?force=MPS                                        403   200 200  403      200      403
POST   /v1/wearers                                                  403    in 403  403      403      403
GET    /v1/wearers/{wearer_id}                                      403   200 200  404      200      403
PUT    /v1/wearers/{wearer_id}                                      403    in 403  403      403      403
POST   /v1/wearers/{wearer_id}/provider-person                      403    in 403  403      403      403
GET    /v1/forces                                                   403   200 200  200      200      403
POST   /v1/forces                                                   403    in 403  403      403      403
GET    /v1/forces/{code}                                            403   200 200  404      200      403
PUT    /v1/forces/{code}                                            403    in 403  403      403      403
PUT    /v1/forces/{code}/recipients                                 403    in 403  403      403      403
GET    /v1/fittings                                                 403   200 200  200      200      403
POST   /v1/fittings                                                  in    in 403  403      403      403
GET    /v1/fittings/{fitting_id}                                    403   200 200  404      200      403
PUT    /v1/fittings/{fitting_id}                                    403    in 403  403      403      403
POST   /v1/fittings/{fitting_id}/void                               403    in 403  403      403      403
GET    /v1/orders/{order_id}/notifications                          403   200 200  404      200      403
POST   /v1/orders/{order_id}/notifications                          403    in  in   in      403      403
GET    /v1/orders/{order_id}/history                                403   200 200  404      200      403
GET    /v1/zones/{zone_id}/history                                  403   200 403  403      200      403
GET    /v1/wearers/{wearer_id}/history                              403   200 403  403      200      403
GET    /v1/fittings/{fitting_id}/history                            403   200 403  403      200      403
GET    /v1/register/changes                                         403   200 403  403      200      403
GET    /clocks                                                      403   200 200  200      200      403
GET    /clocks?force=MPS                                            403   200 200  403      200      403
GET    /v1/proposals                                                200   200 403  403      200      403
GET    /v1/proposals/{proposal_id}                                  404   200 403  403      200      403
POST   /v1/proposals/{proposal_id}/approval                         403    in 403  403      403      403
POST   /v1/proposals/{proposal_id}/rejection                         in    in 403  403      403      403
GET    /                                                            403   200 200  200      200      403
GET    /incidents/{incident_id}                                     403   200 200  404      200      403
GET    /incidents/{incident_id}/map.svg                             403   200 200  404      200      403
POST   /sign-out                                                     in    in  in   in       in       in
"""


@dataclass(frozen=True)
class Row:
    """What each caller gets at one route."""

    method: str
    pattern: str
    gets: Mapping[str, str]

    @property
    def route(self) -> tuple[str, str]:
        return self.method, self.pattern.partition("?")[0]


def rows() -> list[Row]:
    _, *lines = TABLE.strip("\n").splitlines()
    cells = [line.split() for line in lines]
    return [Row(method, pattern, dict(zip(COLUMNS, gets, strict=True))) for method, pattern, *gets in cells]


@pytest.fixture
async def things(callers: Callers, desk: Pool, archive: Archive) -> Mapping[str, str]:
    """One thing of MPS for each name in a path."""
    files = {suffix: archive.put(suffix.encode()) for suffix in ("pdf", "json")}
    async with desk.acquire() as connection:
        await write_edition(connection, Edition("MPS", date(2026, 11, 20), 1, NOW, NOW, NOW, files))
    asked = await callers["admin"].post(
        "/v1/orders/O-1/discharge", json={"at": "2026-11-20T10:00:00Z", "reason": "quashed"}
    )
    await callers["provider"].post("/v1/fixes", json=[{}])
    rejection_id = await desk.fetchval("SELECT rejection_id FROM rejection")
    return {
        "force": "MPS",
        "day": "2026-11-20",
        "edition": "1",
        "suffix": "pdf",
        "incident_id": CLOSED,
        "order_id": "O-1",
        "prohibition_id": "P-1",
        "zone_id": "Z-1",
        "version": "1",
        "wearer_id": "W-1",
        "code": "MPS",
        "fitting_id": "1",
        "state": "unknown",
        "rejection_id": str(rejection_id),
        "proposal_id": str(asked.json()["proposal_id"]),
    }


@pytest.fixture
async def signed_in(app: FastAPI, desk: Pool) -> AsyncIterator[Mapping[str, httpx.AsyncClient]]:
    """A browser of each caller."""
    clients = {}
    for name, (role, force) in CALLERS.items():
        async with desk.acquire() as connection:
            session = await open_session(connection, Actor(role, force, name), NOW)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        cookies = {"__Host-cordon_session": session}
        clients[name] = httpx.AsyncClient(transport=transport, base_url="https://cordon.example", cookies=cookies)
    yield clients
    for client in clients.values():
        await client.aclose()


def test_the_table_names_every_guarded_route_and_no_other(app: FastAPI) -> None:
    guarded = {(route.method, route.path) for route in routes_of(app) if route.roles is not None}
    assert {row.route for row in rows()} == guarded


async def test_each_caller_gets_at_each_route_what_the_table_says(
    app: FastAPI, callers: Callers, signed_in: Mapping[str, httpx.AsyncClient], things: Mapping[str, str]
) -> None:
    by_session = {(route.method, route.path) for route in routes_of(app) if route.by_session}
    wrong = []
    for row in rows():
        path = re.sub(r"\{(\w+)\}", lambda named: things[named[1]], row.pattern)
        for caller, wanted in row.gets.items():
            client = signed_in[caller] if row.route in by_session else callers[caller]
            answer = await client.request(row.method, path)
            got = "in" if answer.status_code in {415, 428} else str(answer.status_code)
            if got != wanted:
                wrong.append(f"{row.method} {row.pattern} for {caller}: {got}, not {wanted}")
    assert not wrong, "\n".join(wrong)


async def test_what_is_refused_is_told_without_what_it_is_about(callers: Callers, things: Mapping[str, str]) -> None:
    for path in ("orders/O-1", "prohibitions/P-1", f"incidents/{CLOSED}", f"incidents/{CLOSED}.geojson"):
        answer = await callers["GMP"].get(f"/v1/{path}")
        missing = await callers["GMP"].get(f"/v1/{path.replace('-1', '-none').replace(CLOSED, 'f' * 16)}")
        assert (answer.status_code, answer.json()) == (missing.status_code, missing.json()), path
    assert things


@pytest.mark.parametrize("kind", ["expired", "revoked", "unknown", "of a session", "empty"])
async def test_a_token_that_is_not_valid_opens_no_route_of_the_interface(
    app: FastAPI, desk: Pool, stranger: httpx.AsyncClient, kind: str
) -> None:
    before = Instant(NOW - timedelta(days=100) // timedelta(microseconds=1))
    async with desk.acquire() as connection:
        token = await create_token(connection, Role.ADMIN, None, "admin", before if kind == "expired" else NOW)
        match kind:
            case "revoked":
                await revoke_token(connection, token, NOW)
            case "unknown":
                token = token[:-1] + ("A" if token[-1] != "A" else "B")
            case "of a session":
                token = await open_session(connection, Actor(Role.ADMIN, None, "admin"), NOW)
            case "empty":
                token = ""
    for route in routes_of(app):
        if route.roles is not None and not route.by_session:
            sent = {"Authorization": f"Bearer {token}"}
            answer = await stranger.request(route.method, route.example, headers=sent)
            assert answer.status_code == 401, route
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"].startswith("Bearer")
