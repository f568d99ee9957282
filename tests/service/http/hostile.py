"""Bodies that somebody might send to do harm, and requests for every route that takes one."""

import gzip
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from fastapi import FastAPI

from service.access.actor import Role
from tests.service.http.desk import CLOSED
from tests.service.http.test_guards import Guarded, routes_of

SECRET = "Alexandra Nightingale, 12 Rose Lane"  # noqa: S105 - what no answer may repeat
JSON = {"Content-Type": "application/json"}
MIB = 1024 * 1024
# Of things that there are, so that what is let through would do something.
THINGS = {"order_id": "O-1", "prohibition_id": "P-1", "zone_id": "Z-1", "version": "1", "proposal_id": "1"}
THINGS |= {"wearer_id": "W-1", "code": "MPS", "fitting_id": "1", "rejection_id": "1", "incident_id": CLOSED}
THINGS |= {"state": "unknown"}
# Whatever a message is about is named by its id.
NAMED_BY = frozenset(
    {"code", "order_id", "prohibition_id", "zone_id", "clause", "force", "wearer_id", "responding_force"}
)


@dataclass(frozen=True)
class Attack:
    """A body and how it is announced."""

    name: str
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))


def attacks() -> Iterator[Attack]:
    """Yield every body that no route may take."""
    deep, digits = 100_000, 10_000
    for name, body in {
        "empty": b"",
        "blank": b" \n\t",
        "half": b'{"reason": "' + SECRET.encode(),
        "two values": b"{} {}",
        "not UTF-8": b'{"reason": "\xff' + SECRET.encode() + b'"}',
        "overlong UTF-8": b'{"reason": "\xc0\x80"}',
        "UTF-16": f'{{"reason": "{SECRET}"}}'.encode("utf-16"),
        "a mark and a list": b"\xef\xbb\xbf[1]",
        "a member twice": b'{"reason": "a", "reason": "b", "at": "2026-11-20T10:00:00Z"}',
        "arrays without end": b"[" * deep,
        "arrays in arrays": b"[" * deep + b"]" * deep,
        "objects in objects": b'{"a":' * deep + b"1" + b"}" * deep,
        "arrays in a member": b'{"reason": ' + b"[" * deep + b"]" * deep + b"}",
        "too large for a double": b'{"reason": "a", "distance_m": 1e400, "at": 1e400}',
        "too many digits": b'{"reason": "a", "distance_m": ' + b"9" * digits + b', "version": ' + b"9" * digits + b"}",
        "NaN": b'{"reason": "a", "distance_m": NaN}',
        "Infinity": b'{"reason": "a", "distance_m": -Infinity}',
        "half a surrogate pair": b'{"reason": "\\ud800", "label": "\\udc00"}',
        "NUL": b'{"reason": "a\\u0000b", "order_id": "\\u0000"}',
        "NUL in a member's name": b'{"reason": "a", "\\u0000": 1}',
        "a control character": b'{"reason": "a\x01b"}',
        "a list": b'[{"reason": "a"}, 1]',
        "null": b"null",
        "true": b"true",
        "a text": f'"{SECRET}"'.encode(),
        "a number": b"1",
        "a single quote": b"{'reason': 'a'}",
        "a comment": b'{"reason": "a" /* why */}',
        "a long reason": b'{"reason": "' + b"x" * MIB + b'", "order_id": "' + b"y" * (MIB // 2) + b'"}',
        "lists for everything": _every_member(b'["' + SECRET.encode() + b'"]'),
        "objects for everything": _every_member(b'{"a": "' + SECRET.encode() + b'"}'),
        "texts for everything": _every_member(b'"' + SECRET.encode() + b'"', but=NAMED_BY),
        "numbers for everything": _every_member(b"-0.5"),
        "nulls for everything": _every_member(b"null"),
        "many members": b"{" + b",".join(b'"m%d": 1' % number for number in range(20_000)) + b"}",
    }.items():
        yield Attack(name, body)
    good = b'{"reason": "a"}'
    for kind in ("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "é"):
        yield Attack(f"type {kind!r}", good, {"Content-Type": kind})
    yield Attack("no type", good, {})
    for coding in ("gzip", "GZIP", "br", "identity, gzip", "nonsense"):
        yield Attack(f"coding {coding}", gzip.compress(good), {**JSON, "Content-Encoding": coding})


def _every_member(value: bytes, but: frozenset[str] = frozenset()) -> bytes:
    names = (
        "reason authority at from until order_id wearer_id kind reference force made_on effective_from ends monitoring "
        "without_notice aware_from suspensions prohibitions prohibition_id clause text schedule zones zone_id label "
        "responding_force footprint premises shape line grid_reference easting_m northing_m distance_m width_m "
        "valid_from valid_until version suspension_id type features properties geometry tag_id fitted_at name code"
    )
    return b"{" + b", ".join(b'"%s": %s' % (name.encode(), value) for name in names.split() if name not in but) + b"}"


@dataclass(frozen=True)
class Target:
    """A route that takes a body, and who may call it."""

    method: str
    path: str
    caller: str
    quarantines: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def targets(app: FastAPI, described: dict[str, dict[str, dict[str, object]]]) -> Iterator[Target]:
    """Yield every route whose description has a body."""
    for route in routes_of(app):
        operation = described.get(route.path, {}).get(route.method.lower(), {})
        if "requestBody" in operation:
            path = re.sub(r"\{(\w+)\}", lambda named: THINGS.get(named[1], "1"), route.path)
            caller = next(role for role in (Role.ADMIN, Role.PROVIDER, Role.OPERATOR) if role in (route.roles or ()))
            yield Target(route.method, path, caller.value, quarantines=_quarantines(route))


def _quarantines(route: Guarded) -> bool:
    # What the provider pushes is taken apart: an element that can't be read is answered by its index.
    return route.path in {"/v1/fixes", "/v1/tag-events", "/v1/fittings"}


class Endless:
    """A body without an end, sent in parts; it counts what was taken of it."""

    PART = b" " * (64 * 1024)

    def __init__(self) -> None:
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.taken < 1024 * MIB:
            self.taken += len(self.PART)
            yield self.PART
