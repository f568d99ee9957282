"""Requests that came with an Idempotency-Key, and what they were answered: nothing is done twice.

An answer may hold personal data; it is forgotten after a day.
"""

import hashlib
import json
from datetime import timedelta

from fastapi import Response

from geofence.instants import Instant, moment
from service.access.actor import Actor
from service.database import Connection
from service.http.problems import Fault, Problem

KEPT = timedelta(hours=24)

# Of two requests with one key at once, the second waits until the first is answered.
WAIT = "SELECT pg_advisory_xact_lock($1)"
FIND = """
SELECT request_sha256, status, headers, body FROM answered_request
WHERE role = $1 AND holder = $2 AND key = $3 AND answered_at > $4"""
FORGET = "DELETE FROM answered_request WHERE answered_at <= $1 OR (role = $2 AND holder = $3 AND key = $4)"
KEEP = """
INSERT INTO answered_request (role, holder, key, request_sha256, answered_at, status, headers, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""
HEADERS = ("etag", "location", "content-type")


async def find(connection: Connection, actor: Actor, key: str, sent: bytes, now: Instant) -> Response | None:
    """Return what this caller's request was answered, None if it is new.

    sent: the hash of all that it asks for. Raises Problem 422 if the key was used for another request.
    """
    scope = hashlib.sha256(json.dumps([actor.role, actor.holder, key]).encode()).digest()
    await connection.execute(WAIT, int.from_bytes(scope[:8], signed=True))
    row = await connection.fetchrow(FIND, actor.role, actor.holder, key, moment(now) - KEPT)
    if row is None:
        return None
    if row["request_sha256"] != sent:
        fault = Fault("header", "Idempotency-Key", "was used for another request")
        raise Problem(422, "This key was used for another request: choose a new one.", (fault,))
    headers = {**json.loads(row["headers"]), "Idempotency-Replayed": "true"}
    return Response(row["body"], row["status"], headers)


async def keep(connection: Connection, actor: Actor, key: str, sent: bytes, response: Response, now: Instant) -> None:
    """Keep an answer for a day, in the transaction of what it answers."""
    at = moment(now)
    headers = {name: response.headers[name] for name in HEADERS if name in response.headers}
    await connection.execute(FORGET, at - KEPT, actor.role, actor.holder, key)
    await connection.execute(
        KEEP, actor.role, actor.holder, key, sent, at, response.status_code, json.dumps(headers), bytes(response.body)
    )
