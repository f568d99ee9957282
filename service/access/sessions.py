"""Sessions of people at the pages: a random secret in a cookie, its hash in the database."""

from datetime import timedelta

from geofence.instants import Instant, moment
from service.access.actor import Actor, Role
from service.access.secret import fingerprint, new_secret
from service.database import Connection

LIFETIME = timedelta(hours=12)  # a long shift; then everybody signs in again

OPEN = """
INSERT INTO web_session (session_sha256, role, force, holder, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)"""
FORGET_EXPIRED = "DELETE FROM web_session WHERE expires_at <= $1"
FIND = "SELECT role, force, holder FROM web_session WHERE session_sha256 = $1 AND expires_at > $2"
CLOSE = "DELETE FROM web_session WHERE session_sha256 = $1"


async def open_session(connection: Connection, actor: Actor, now: Instant) -> str:
    """Open a session and return its secret, for the cookie. Forgets sessions that have expired."""
    session, at = new_secret(), moment(now)
    await connection.execute(FORGET_EXPIRED, at)
    await connection.execute(OPEN, fingerprint(session), actor.role, actor.force, actor.holder, at, at + LIFETIME)
    return session


async def find_session(connection: Connection, session: str, now: Instant) -> Actor | None:
    """Return whose session this is; None if it is unknown, expired or closed."""
    row = await connection.fetchrow(FIND, fingerprint(session), moment(now))
    return None if row is None else Actor(Role(row["role"]), row["force"], row["holder"])


async def close_session(connection: Connection, session: str) -> None:
    """End a session; its cookie is worth nothing from now on."""
    await connection.execute(CLOSE, fingerprint(session))
