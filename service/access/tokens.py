"""Bearer tokens: how machines, and people at a command line, say who they are."""

from datetime import timedelta

from geofence.instants import Instant, moment
from service.access.actor import Actor, Role
from service.access.secret import fingerprint, new_secret
from service.database import Connection

LIFETIME = timedelta(days=90)

CREATE = """
INSERT INTO access_token (token_sha256, role, force, holder, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)"""
FIND = """
SELECT role, force, holder FROM access_token WHERE token_sha256 = $1 AND expires_at > $2 AND revoked_at IS NULL"""
REVOKE = "UPDATE access_token SET revoked_at = $2 WHERE token_sha256 = $1 AND revoked_at IS NULL RETURNING true"


async def create_token(
    connection: Connection, role: Role, force: str | None, holder: str, now: Instant, *, lifetime: timedelta = LIFETIME
) -> str:
    """Create a token and return it; it can't be read again.

    Raises ActorRefused for a police token without a force or another one with it, asyncpg's ForeignKeyViolationError
    for a force that the register does not hold.
    """
    actor = Actor(Role(role), force, holder)
    token, at = new_secret(), moment(now)
    await connection.execute(CREATE, fingerprint(token), actor.role, actor.force, holder, at, at + lifetime)
    return token


async def authenticate(connection: Connection, token: str, now: Instant) -> Actor | None:
    """Return whose token this is; None if it is unknown, expired or revoked."""
    row = await connection.fetchrow(FIND, fingerprint(token), moment(now))
    return None if row is None else Actor(Role(row["role"]), row["force"], row["holder"])


async def revoke_token(connection: Connection, token: str, now: Instant) -> bool:
    """End a token at once. False if there was none in use."""
    return bool(await connection.fetchval(REVOKE, fingerprint(token), moment(now)))
