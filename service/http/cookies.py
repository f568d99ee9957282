"""The session's cookie: out of reach of scripts and other sites, and of the network except on this machine itself."""

from fastapi import Request, Response

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def is_local(request: Request) -> bool:
    """Say whether this is plain HTTP on this machine itself, as with `cordon serve`; anything else must be HTTPS."""
    return request.url.scheme == "http" and request.url.hostname in _LOOPBACK


def session_of(request: Request) -> str | None:
    """Return the secret of the session that the browser sent."""
    return request.cookies.get(_name(request))


def give_session(response: Response, request: Request, session: str, lifetime_s: int) -> None:
    """Have the browser keep the session. Lax, so that the link to a report in an e-mail finds its reader signed in."""
    response.set_cookie(
        _name(request),
        session,
        max_age=lifetime_s,
        path="/",
        secure=not is_local(request),
        httponly=True,
        samesite="lax",
    )


def take_session(response: Response, request: Request) -> None:
    """Have the browser forget the session."""
    response.delete_cookie(_name(request), path="/", secure=not is_local(request), httponly=True, samesite="lax")


def _name(request: Request) -> str:
    # A browser takes a `__Host-` cookie only over HTTPS and from this host: no neighbouring host can plant one.
    return "cordon_session" if is_local(request) else "__Host-cordon_session"
