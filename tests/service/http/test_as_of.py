"""Every reading of the register answers for an instant before, between and after changes as it did then."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

from alerts.archive import Archive
from geofence.instants import Instant, moment
from service.database import Pool
from service.http.app import create_app
from service.http.openapi import description
from service.register.store import PostgresRegister
from tests.service.http.conftest import NOW, Callers
from tests.service.http.desk import ENTERED
from tests.service.http.hostile import THINGS
from tests.service.http.test_once import StandingClock
from tests.service.http.test_orders import ORDER
from tests.service.http.test_zones import DRAWING

WHY = {"reason": "checked"}
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def app(desk: Pool, archive: Archive, clock: StandingClock) -> FastAPI:
    return create_app(desk, PostgresRegister(), archive, clock=clock)


def readings() -> Iterator[str]:
    """Yield the path of each GET that takes as_of."""
    for path, operations in description()["paths"].items():
        if "as_of" in {each["name"] for each in operations.get("get", {}).get("parameters", ())}:
            yield re.sub(r"\{(\w+)\}", lambda named: THINGS[named[1]], path)


@dataclass(frozen=True)
class Told:
    """What one path answered."""

    status: int
    document: Any

    @classmethod
    def of(cls, answer: httpx.Response) -> "Told":
        return cls(answer.status_code, answer.json())


async def everything(callers: Callers, as_of: Instant | None = None) -> Mapping[str, Told]:
    query = "" if as_of is None else "?" + urlencode({"as_of": moment(as_of).isoformat()})
    return {path: Told.of(await callers["auditor"].get(path + query)) for path in readings()}


async def etag(callers: Callers, path: str) -> dict[str, str]:
    return {"If-Match": (await callers["admin"].get(path)).headers["etag"]}


async def change(callers: Callers, step: int) -> None:
    """Do something to the register that a reading shows."""
    match step:
        case 0:
            answer = await callers["admin"].post("/v1/orders", json=ORDER)
        case 1:
            seen = await etag(callers, "/v1/zones/Z-1")
            answer = await callers["admin"].post("/v1/zones/Z-1/versions", json=DRAWING, headers=seen)
        case 2:
            seen = await etag(callers, "/v1/zones/Z-1")
            answer = await callers["second"].post("/v1/zones/Z-1/versions/2/publish", json=WHY, headers=seen)
        case 3:
            asked = await callers["admin"].post("/v1/orders/O-1/discharge", json={"at": "2026-11-30T10:00:00Z", **WHY})
            seen = {"If-Match": asked.headers["etag"]}
            answer = await callers["second"].post(f"{asked.headers['location']}/approval", json=WHY, headers=seen)
        case _:
            answer = await callers["admin"].delete("/v1/orders/O-9", headers=await etag(callers, "/v1/orders/O-9"))
    assert answer.status_code < 300, answer.text


async def test_the_past_is_told_as_it_was_told_then(callers: Callers, clock: StandingClock) -> None:
    told = []
    for step in range(5):
        clock.forward(HOUR)
        told.append((clock(), await everything(callers)))
        clock.forward(HOUR)
        await change(callers, step)
        # The change itself and everything after it see the register as it is now.
        assert await everything(callers, clock()) == await everything(callers)
        assert {each.status for each in told[-1][1].values()} == {200}
    for at, then in told:
        for instant in (at, Instant(at + HOUR // timedelta(microseconds=1) - 1)):
            assert await everything(callers, instant) == then, moment(instant)
    states = [{path: told.document for path, told in then.items()} for _, then in told]
    assert all(before != after for before, after in pairwise(states))


async def test_before_anything_was_entered_nothing_is_found(callers: Callers) -> None:
    for path, told in (await everything(callers, Instant(NOW - 400 * 24 * HOUR // timedelta(microseconds=1)))).items():
        assert told.status == 404 or told.document["items"] == [], path
    first = await everything(callers, Instant((ENTERED - moment(Instant(0))) // timedelta(microseconds=1)))
    assert {told.status for told in first.values()} == {200}


@pytest.mark.parametrize(
    "as_of", ["", "yesterday", "2026-11-20", "2026-11-20T10:00:00", "1795197731", "0001-01-01T00:00:00Z"]
)
async def test_what_is_no_instant_is_refused(callers: Callers, as_of: str) -> None:
    for path in readings():
        answer = await callers["admin"].get(f"{path}?{urlencode({'as_of': as_of})}")
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "as_of"), path
