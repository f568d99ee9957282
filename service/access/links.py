"""Sign-in links: each lets one person in once, within minutes."""

from datetime import timedelta

from geofence.instants import Instant, moment
from service.access.actor import Actor, Role
from service.access.secret import fingerprint, new_secret
from service.database import Connection

LIFETIME = timedelta(minutes=15)
PATH = "/sign-in"

CREATE = "INSERT INTO sign_in_link (link_sha256, role, force, holder, expires_at) VALUES ($1, $2, $3, $4, $5)"
# One statement, so that of two who follow a link at once only one gets in.
USE = """
UPDATE sign_in_link SET used_at = $2 WHERE link_sha256 = $1 AND used_at IS NULL AND expires_at > $2
RETURNING role, force, holder"""


async def create_link(
    connection: Connection, role: Role, force: str | None, holder: str, now: Instant, *, lifetime: timedelta = LIFETIME
) -> str:
    """Create a link and return its secret; see `path_of`. Raises as `create_token` does."""
    actor = Actor(Role(role), force, holder)
    link = new_secret()
    await connection.execute(CREATE, fingerprint(link), actor.role, actor.force, holder, moment(now) + lifetime)
    return link


def path_of(link: str) -> str:
    """Return the path of a sign-in link. The secret stands in the query, which is never logged."""
    return f"{PATH}?link={link}"


async def use_link(connection: Connection, link: str, now: Instant) -> Actor | None:
    """Use a link up and return whose it is; None if it is unknown, expired or was used before."""
    row = await connection.fetchrow(USE, fingerprint(link), moment(now))
    return None if row is None else Actor(Role(row["role"]), row["force"], row["holder"])
