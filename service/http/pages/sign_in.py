"""Signing in with a one-time link, and out again.

Opening a link does not use it up: programs that look at e-mail for its reader open links too. The button does.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from service.access.actor import Actor, Role
from service.access.links import PATH, use_link
from service.access.sessions import LIFETIME, close_session, open_session
from service.http.cookies import give_session, session_of, take_session
from service.http.guard import SignedIn, open_to_anyone
from service.http.pages.forms import read_form, read_signed_form
from service.http.pages.templates import Pages
from service.http.wiring import Wired


def sign_in_routes(pages: Pages) -> APIRouter:
    """Return the routes of signing in and out."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(PATH, dependencies=[Depends(open_to_anyone)])
    async def sign_in_page(request: Request, link: str | None = None) -> Response:
        return pages.page(request, "sign_in.html", {"link": link})

    @routes.post(PATH, dependencies=[Depends(open_to_anyone)])
    async def sign_in(request: Request, services: Wired) -> Response:
        form = await read_form(request)
        async with services.pool.acquire() as connection, connection.transaction():
            actor = await use_link(connection, form.get("link", ""), services.clock())
            if actor is None:
                return pages.page(request, "sign_in.html", {"link": None, "refused": True}, status=403)
            session = await open_session(connection, actor, services.clock())
        answer = RedirectResponse("/", 303)
        give_session(answer, request, session, int(LIFETIME.total_seconds()))
        return answer

    @routes.post("/sign-out")
    async def sign_out(
        request: Request, services: Wired, _actor: Annotated[Actor, Depends(SignedIn(*Role))]
    ) -> Response:
        await read_signed_form(request)
        session = session_of(request)
        if session is not None:
            async with services.pool.acquire() as connection:
                await close_session(connection, session)
        answer = RedirectResponse(PATH, 303)
        take_session(answer, request)
        return answer

    return routes
