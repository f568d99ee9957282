"""No body, however it is made, writes anything, brings the service down, or is repeated in the answer."""

import asyncio
import json
from collections.abc import Mapping

import httpx
import pytest
from fastapi import FastAPI

from service.database import Pool
from service.http.openapi import description
from service.http.problems import MEDIA_TYPE
from tests.service.http.conftest import Callers
from tests.service.http.hostile import JSON, MIB, SECRET, Attack, Endless, Target, attacks, targets

# Nobody waits longer than this for one answer; it stands against hanging, not for speed.
HANGING_S = 60
LARGEST_LIMIT = 16 * MIB
STALE = {"If-Match": '"00000000000000000000000000000000"'}

TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
COUNT = 'SELECT count(*) FROM "{}"'
# What could not be read of a push is kept aside, by contract; the audit tells that somebody pushed fittings.
KEPT_ASIDE = {"rejection", "arrival", "audit"}


async def written(pool: Pool) -> Mapping[str, int]:
    names = {row["table_name"] for row in await pool.fetch(TABLES)}
    return {name: await pool.fetchval(COUNT.format(name)) for name in names - KEPT_ASIDE}


async def send(callers: Callers, target: Target, attack: Attack) -> httpx.Response:
    headers = {name.encode(): value.encode() for name, value in {**STALE, **attack.headers}.items()}
    async with asyncio.timeout(HANGING_S):
        return await callers[target.caller].request(target.method, target.path, content=attack.body, headers=headers)


def complaint(target: Target, attack: Attack, answer: httpx.Response) -> str | None:
    said = f"{target}, {attack.name}: {answer.status_code} {answer.text[:300]}"
    if SECRET in answer.text or SECRET.split()[0] in answer.text:
        return f"{said} repeats a value"
    if len(answer.content) > 64 * 1024:
        return f"{target}, {attack.name}: {answer.status_code} with {len(answer.content)} bytes"
    if target.quarantines and answer.status_code == 202:
        counts = answer.json()["counts"]
        return None if counts["rejected"] == counts["messages"] else said
    if not 400 <= answer.status_code < 500 or answer.headers["content-type"] != MEDIA_TYPE:
        return said
    return None


async def test_no_hostile_body_gets_through_anywhere(app: FastAPI, callers: Callers, desk: Pool) -> None:
    before = await written(desk)
    wrong = [
        complaint(target, attack, await send(callers, target, attack))
        for target in targets(app, description()["paths"])
        for attack in attacks()
    ]
    found = [said for said in wrong if said is not None]
    assert not found, f"{len(found)} of {len(wrong)}:\n" + "\n".join(found)
    assert await written(desk) == before


async def test_a_body_without_end_is_not_read_to_its_end(app: FastAPI, callers: Callers) -> None:
    for target in targets(app, description()["paths"]):
        body = Endless()
        headers = {**JSON, **STALE}
        answer = await callers[target.caller].request(target.method, target.path, content=body, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (413, MEDIA_TYPE), target
        assert body.taken <= LARGEST_LIMIT + len(Endless.PART), target


async def test_a_body_that_is_announced_as_too_large_is_not_read_at_all(app: FastAPI, callers: Callers) -> None:
    for target in targets(app, description()["paths"]):
        body = Endless()
        headers = {**JSON, **STALE, "Content-Length": str(LARGEST_LIMIT + 1)}
        answer = await callers[target.caller].request(target.method, target.path, content=body, headers=headers)
        assert (answer.status_code, body.taken) == (413, 0), target


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
async def test_a_byte_order_mark_is_ignored_and_parts_are_put_together(
    callers: Callers, desk: Pool, mark: bytes
) -> None:
    async def parts() -> object:
        yield mark
        for byte in json.dumps({"at": "2026-11-20T10:00:00Z", "reason": "quashed"}):
            yield byte.encode()

    answer = await callers["admin"].post("/v1/orders/O-1/discharge", content=parts(), headers=JSON)  # type: ignore[arg-type]
    assert answer.status_code == 202, answer.text
    assert await desk.fetchval("SELECT count(*) FROM proposal") == 1
