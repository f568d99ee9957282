"""Walking `next` gives each item exactly once, whatever the limit, while others add more."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta

import pytest

from alerts.editions import Edition, write_edition
from alerts.incident_changes import REMEMBER
from geofence.instants import moment
from service.database import Connection, Pool
from service.http.openapi import description
from service.register.changes import Act, begin_change
from tests.service.http.conftest import NOW, Callers
from tests.service.http.desk import CLOSED, DAY, _incident
from tests.service.http.hostile import THINGS

# Ids that a link may spoil, and whose order differs from one alphabet to the other.
ODD = (
    "",
    " ",
    "%",
    "+",
    "&after=",
    "é",
    "É",
    "z",
    "Z",
    "ß",
    "10",
    "2",
    "#",
    "?",
    "\u2028",
    "😀",
    ".",
    "..",
    "%2F",
    "ﬁ",
)

ORDER = """
INSERT INTO court_order (order_id, kind, reference, force, wearer_id, made_on, effective_from, ends, drawn_by, drawn_at)
VALUES ($1, 'DAPO', 'r', 'MPS', 'W-1', '2026-10-01', '2026-10-01Z', '{"kind": "further_order"}', 'anne', '2026-09-30Z')
"""
PROPOSAL = """
INSERT INTO proposal (kind, zone_id, asked, reason, proposed_by, proposed_role, proposed_at)
VALUES ('zone_end', 'Z-1', '{}', $1, 'anne', 'admin', '2026-11-20Z')"""
NOT_TAKEN = """
INSERT INTO rejection (origin, place, profile, received_at, faults, contradiction, body, body_sha256)
VALUES ('https', $1, 'cordon', $2, '{}', false, '', '')"""
WEARER = "INSERT INTO wearer (wearer_id, name) VALUES ($1, 'A')"
REJECTION = """
INSERT INTO rejection (origin, place, profile, received_at, faults, contradiction, tag_id, body, body_sha256)
VALUES ('file', $1, 'cordon', '2026-11-20Z', '{"message: not an object"}', false, NULL, '1', '')"""
FORCE = "INSERT INTO force (code, name) VALUES ($1, 'A')"


async def add_order(connection: Connection, name: str, _number: int) -> None:
    await connection.execute(ORDER, f"O-{name}.")


async def add_zone(connection: Connection, name: str, _number: int) -> None:
    await connection.execute("INSERT INTO zone (zone_id, prohibition_id, label) VALUES ($1, 'P-1', '')", f"Z-{name}.")


async def add_wearer(connection: Connection, name: str, _number: int) -> None:
    await connection.execute(WEARER, f"W-{name}.")


async def add_force(connection: Connection, name: str, _number: int) -> None:
    await connection.execute(FORCE, f"F-{name}")


async def add_proposal(connection: Connection, name: str, _number: int) -> None:
    await connection.execute(PROPOSAL, name)


async def add_incident(connection: Connection, _name: str, number: int) -> None:
    began_at = DAY + timedelta(minutes=number % 3)  # many at one instant
    await _incident(connection, f"{number:016x}", grade="possible", began_at=began_at, ended_at=began_at)


async def add_unknown_tag(connection: Connection, name: str, _number: int) -> None:
    await connection.execute("INSERT INTO tag (tag_id, newest_at) VALUES ($1, $2)", f"T-\u0001{name}", moment(NOW))


async def add_not_taken(connection: Connection, name: str, number: int) -> None:
    received_at = moment(NOW) - timedelta(minutes=number % 3)  # many at one instant
    await connection.execute(NOT_TAKEN, name, received_at)


async def add_edition(connection: Connection, _name: str, number: int) -> None:
    day = (DAY - timedelta(days=number // 2)).date()
    await write_edition(connection, Edition(("MPS", "GMP")[number % 2], day, 1, NOW, NOW, NOW, {}))


async def add_rejection(connection: Connection, _name: str, number: int) -> None:
    await connection.execute(REJECTION, f"line {number}")


async def add_line(connection: Connection, _name: str, number: int) -> None:
    await connection.execute(REMEMBER, CLOSED, DAY, "changed", f"{number} fixes more (fixes)", "{}", None)


Adds = Callable[[Connection, str, int], Awaitable[None]]
ADDS: Mapping[str, Adds] = {
    "/v1/orders": add_order,
    "/v1/prohibitions/{prohibition_id}/zones": add_zone,
    "/v1/proposals": add_proposal,
    "/v1/incidents": add_incident,
    "/v1/incidents/{incident_id}/history": add_line,
    "/v1/reports": add_edition,
    "/v1/wearers": add_wearer,
    "/v1/feed/tags/{state}": add_unknown_tag,
    "/v1/feed/rejections": add_not_taken,
    "/v1/forces": add_force,
    "/v1/quarantine": add_rejection,
}


def lists() -> Iterator[str]:
    """Yield the path of each list that comes in pages."""
    for path, operations in description()["paths"].items():
        if {"after", "limit"} <= {each["name"] for each in operations.get("get", {}).get("parameters", ())}:
            yield path


async def add(pool: Pool, adds: Adds, names: list[tuple[int, str]]) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await begin_change(connection, Act("anne", "admin", "tried"), NOW)
        for number, name in names:
            await adds(connection, name, number)


async def page(callers: Callers, path: str) -> tuple[list[str], str | None]:
    answer = await callers["admin"].get(path)
    assert answer.status_code == 200, (path, answer.text)
    told = answer.json()
    return [json.dumps(item, sort_keys=True) for item in told["items"]], told["next"]


@pytest.mark.parametrize("pattern", tuple(lists()))
async def test_each_item_comes_exactly_once_while_others_add_more(callers: Callers, desk: Pool, pattern: str) -> None:
    path = re.sub(r"\{(\w+)\}", lambda named: THINGS[named[1]], pattern)
    adds = ADDS.get(pattern)
    if adds is not None:
        await add(desk, adds, list(enumerate(ODD)))
    number = len(ODD)
    for limit in (1, 2, 3, 7, 500):
        standing, none = await page(callers, f"{path}?limit=500")
        assert none is None
        if adds is not None:
            assert len(standing) >= len(ODD)
        found: list[str] = []
        following: str | None = f"{path}?limit={limit}"
        while following is not None:
            (items, following), _ = await asyncio.gather(page(callers, following), _one_more(desk, adds, number))
            number += 1
            assert len(items) <= limit
            assert len(items) == limit or following is None
            found += items
            assert len(found) < 500, "it goes on for ever"
        assert len(found) == len(set(found)), "an item came twice"
        assert set(standing) <= set(found), "an item was left out"


async def _one_more(pool: Pool, adds: Adds | None, number: int) -> None:
    # Half of them come before the place that the walk has reached, half after. Not without end: a walk must catch up.
    if adds is not None and number % 3 == 0:
        await add(pool, adds, [(number, f"{'0a~'[number % 3]}{number}")])


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=1e2", "limit=x", "after=", "after=%00", "limti=5"])
async def test_a_query_that_asks_for_no_page_is_refused(callers: Callers, query: str) -> None:
    for pattern in lists():
        path = re.sub(r"\{(\w+)\}", lambda named: THINGS[named[1]], pattern)
        answer = await callers["admin"].get(f"{path}?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), path
