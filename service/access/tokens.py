"""Bearer tokens: how machines, and people at a command line, say who they are."""

from dataclasses import dataclass
from datetime import timedelta

from geofence.instants import Instant, instant, moment
from service.access.actor import Actor, Role
from service.access.secret import fingerprint, new_secret
from service.database import Connection

LIFETIME = timedelta(days=90)

CREATE = """
INSERT INTO access_token (token_sha256, role, force, holder, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)"""
FIND = """
SELECT role, force, holder FROM access_token WHERE token_sha256 = $1 AND expires_at > $2 AND revoked_at IS NULL"""
REVOKE = "UPDATE access_token SET revoked_at = $2 WHERE token_sha256 = $1 AND revoked_at IS NULL RETURNING true"
# A token is named by the beginning of its hash: the token itself is nowhere to be read.
REVOKE_NAMED = """
UPDATE access_token SET revoked_at = $2
WHERE left(encode(token_sha256, 'hex'), 16) = $1 AND revoked_at IS NULL RETURNING true"""
LIST = """
SELECT left(encode(token_sha256, 'hex'), 16) AS name, role, force, holder, created_at, expires_at, revoked_at
FROM access_token ORDER BY created_at, name"""


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token, of which only the hash is known. name: by which it is revoked."""

    name: str
    role: Role
    force: str | None
    holder: str
    created_at: Instant
    expires_at: Instant
    revoked_at: Instant | None


async def create_token(
    connection: Connection,
    role: Role,
    force: str | None,
    holder: str | None,
    now: Instant,
    *,
    lifetime: timedelta = LIFETIME,
) -> str:
    """Create a token and return it; it can't be read again.

    holder: whose it is. Two tokens of one holder are one person, who can't approve what he asked for; a token without
    one (None) counts as a person of its own. Raises ActorRefused for a police token without a force or another one with
    it, asyncpg's ForeignKeyViolationError for a force that the register does not hold.
    """
    token, at = new_secret(), moment(now)
    named = holder if holder is not None else f"{role} {fingerprint(token).hex()[:8]}"
    actor = Actor(Role(role), force, named)
    await connection.execute(CREATE, fingerprint(token), actor.role, actor.force, named, at, at + lifetime)
    return token


async def authenticate(connection: Connection, token: str, now: Instant) -> Actor | None:
    """Return whose token this is; None if it is unknown, expired or revoked."""
    row = await connection.fetchrow(FIND, fingerprint(token), moment(now))
    return None if row is None else Actor(Role(row["role"]), row["force"], row["holder"])


async def revoke_token(connection: Connection, token: str, now: Instant) -> bool:
    """End a token at once. False if there was none in use."""
    return bool(await connection.fetchval(REVOKE, fingerprint(token), moment(now)))


async def revoke_named_token(connection: Connection, name: str, now: Instant) -> bool:
    """End a token at once that is known by name only. False if there was none of this name in use."""
    return bool(await connection.fetchval(REVOKE_NAMED, name, moment(now)))


async def list_tokens(connection: Connection) -> list[TokenRecord]:
    """Return every token that was ever created, the oldest first."""
    return [
        TokenRecord(
            name=row["name"],
            role=Role(row["role"]),
            force=row["force"],
            holder=row["holder"],
            created_at=instant(row["created_at"]),
            expires_at=instant(row["expires_at"]),
            revoked_at=None if row["revoked_at"] is None else instant(row["revoked_at"]),
        )
        for row in await connection.fetch(LIST)
    ]
