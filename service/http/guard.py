"""Who may call a route. Every route says it in one way: a parameter or dependency that is a guard of this module.

    actor: Annotated[Actor, Depends(Allowed(Role.ADMIN, Role.AUDITOR))]      the interface, by bearer token
    actor: Annotated[Actor, Depends(SignedIn(Role.ADMIN, Role.AUDITOR))]     a page, by session
    dependencies=[Depends(open_to_anyone)]                                   neither: a probe, the sign-in page, a style

tests/service/http/test_guards.py walks all routes and fails on one that has no guard.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.access.actor import Actor, Role
from service.access.sessions import find_session
from service.access.tokens import authenticate
from service.http.cookies import session_of
from service.http.problems import Problem
from service.http.wiring import Services, Wired

_bearer = HTTPBearer(auto_error=False, description="A token of `cordon token create`.")
_READING = ("GET", "HEAD")

READERS = (Role.POLICE, Role.ADMIN, Role.AUDITOR)


class SignInNeeded(Exception):
    """A page was asked for without a session that is still open."""


class Allowed:
    """Lets the holders of tokens with one of these roles through.

    For reading, a session of the pages does too, so that a page can link to a report. It is never enough to change
    anything here: a form on another site could send its cookie along.
    """

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __call__(
        self,
        request: Request,
        services: Wired,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Actor:
        """Return who is calling. Raises Problem 401 if that is not known, 403 if the role is not enough."""
        actor = await _caller(request, services, credentials)
        if actor is None:
            raise Problem(
                401,
                "Send a valid token: Authorization: Bearer cordon_…",
                headers={"WWW-Authenticate": 'Bearer realm="cordon"'},
            )
        if actor.role not in self.roles:
            raise Problem(403, f"This needs the role {_either(self.roles)}.")
        return actor


class SignedIn:
    """Lets people with a session and one of these roles through; others are led to the sign-in page."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __call__(self, request: Request, services: Wired) -> Actor:
        """Return who is signed in. Raises SignInNeeded, or Problem 403 if the role is not enough."""
        actor = await _signed_in(request, services)
        if actor is None:
            raise SignInNeeded
        if actor.role not in self.roles:
            raise Problem(403, f"This page is for the role {_either(self.roles)}.")
        return actor


def open_to_anyone() -> None:
    """Mark a route that needs no token: it shows nothing about anybody."""


def sees_force(actor: Actor, force: str) -> None:
    """Raise Problem 403 if the actor belongs to another force."""
    if not actor.sees(force):
        raise Problem(403, "The police see their own force only.")


async def still_calling(request: Request, services: Services, actor: Actor) -> bool:
    """Say whether the token or session of a request is still what it was let in with: an answer may take hours."""
    return await _caller(request, services, await _bearer(request)) == actor


async def _caller(
    request: Request, services: Services, credentials: HTTPAuthorizationCredentials | None
) -> Actor | None:
    if credentials is not None:
        async with services.pool.acquire() as connection:
            return await authenticate(connection, credentials.credentials, services.clock())
    return await _signed_in(request, services) if request.method in _READING else None


async def _signed_in(request: Request, services: Services) -> Actor | None:
    session = session_of(request)
    if session is None:
        return None
    async with services.pool.acquire() as connection:
        return await find_session(connection, session, services.clock())


def _either(roles: tuple[Role, ...]) -> str:
    return " or ".join(roles)
