"""Every route says who may call it, and nobody else can."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from service.access.actor import Actor, Role
from service.access.sessions import open_session
from service.database import Pool
from service.http.guard import Allowed, SignedIn, open_to_anyone
from tests.service.http.conftest import CALLERS, NOW, Callers

# Shows nothing about anybody; each must be decided here a second time.
OPEN = {
    "/health",
    "/health/liveness",
    "/health/readiness",
    "/info",
    "/sign-in",
    "/assets/{name}",
}


@dataclass(frozen=True)
class Guarded:
    """A route and what guards it: roles, or None for open to anyone."""

    method: str
    path: str
    roles: tuple[Role, ...] | None
    by_session: bool

    @property
    def example(self) -> str:
        """A path that the route takes, of things that do not exist."""
        values = {"day": "2026-11-20", "force": "MPS", "edition": "1", "suffix": "pdf", "name": "none.css"}
        return re.sub(r"\{(\w+)\}", lambda named: values.get(named[1], "0000000000000000"), self.path)


def guards_of(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Allowed | SignedIn) or inner.call is open_to_anyone:
            yield inner.call
        yield from guards_of(inner)


def routes_of(app: FastAPI) -> Iterator[Guarded]:
    for route in iter_route_contexts(app.routes):
        assert route.methods is not None
        found = list(guards_of(route.dependant))
        assert len(found) == 1, f"{route.path} has {len(found)} guards; it needs one"
        (guard,) = found
        for method in sorted(route.methods):
            roles = guard.roles if isinstance(guard, Allowed | SignedIn) else None
            yield Guarded(method, str(route.path), roles, isinstance(guard, SignedIn))


async def call(client: httpx.AsyncClient, route: Guarded) -> httpx.Response:
    return await client.request(route.method, route.example)


def test_every_route_has_exactly_one_guard_and_only_listed_ones_are_open(app: FastAPI) -> None:
    assert {route.path for route in routes_of(app) if route.roles is None} == OPEN


async def test_without_a_token_every_other_route_is_closed(app: FastAPI, stranger: httpx.AsyncClient) -> None:
    for route in routes_of(app):
        answer = await call(stranger, route)
        if route.roles is None:
            assert answer.status_code not in {401, 403}, route
        elif route.by_session:
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), route
        else:
            assert answer.status_code == 401, route
            assert answer.headers["www-authenticate"].startswith("Bearer"), route


@pytest.mark.parametrize("caller", CALLERS)
async def test_each_route_takes_the_roles_that_it_declares_and_no_other(
    app: FastAPI, callers: Callers, caller: str
) -> None:
    role, _ = CALLERS[caller]
    for route in routes_of(app):
        if route.roles is None or route.by_session:
            continue
        answer = await call(callers[caller], route)
        if role in route.roles:
            # The police may still be told that a thing is another force's.
            assert answer.status_code != 401, route
            assert answer.status_code != 403 or role is Role.POLICE, route
        else:
            assert answer.status_code == 403, route


@pytest.mark.parametrize("caller", CALLERS)
async def test_each_page_takes_the_roles_that_it_declares_and_no_other(
    app: FastAPI, desk: Pool, stranger: httpx.AsyncClient, caller: str
) -> None:
    role, force = CALLERS[caller]
    async with desk.acquire() as connection:
        session = await open_session(connection, Actor(role, force, caller), NOW)
    stranger.cookies.set("__Host-cordon_session", session)
    for route in routes_of(app):
        if route.by_session and route.method in {"GET", "HEAD"} and route.roles is not None:
            refused = (await call(stranger, route)).status_code == 403
            assert refused == (role not in route.roles), route


async def test_a_session_reads_the_interface_and_changes_nothing_there(
    app: FastAPI, desk: Pool, stranger: httpx.AsyncClient
) -> None:
    async with desk.acquire() as connection:
        session = await open_session(connection, Actor(Role.ADMIN, None, "a"), NOW)
    stranger.cookies.set("__Host-cordon_session", session)
    assert (await stranger.get("/v1/incidents")).status_code == 200
    for route in routes_of(app):
        if route.path.startswith("/v1/") and route.method not in {"GET", "HEAD"}:
            assert (await call(stranger, route)).status_code == 401, route


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer cordon_x", "Basic YTpi", "cordon_x", "Bearer é"])
async def test_a_bad_authorization_header_is_no_token(stranger: httpx.AsyncClient, header: str) -> None:
    answer = await stranger.get("/v1/incidents", headers={b"Authorization": header.encode()})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
