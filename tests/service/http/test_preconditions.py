"""Nothing is changed by somebody who has not read what it is now."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from service.database import Pool
from service.http.openapi import description
from tests.service.http.conftest import Callers
from tests.service.http.hostile import THINGS
from tests.service.http.test_orders import ORDER
from tests.service.http.test_zones import DRAWING

WHY = {"reason": "checked"}
PROPOSED = {"at": "2026-11-20T10:00:00Z", "reason": "quashed"}
GARBLED = ['""', '"', "W/", 'W/""', ",", "-", '"a", "b"', "0" * 32, "x" * 4000, "'", "\x00", "é", "etag"]

# What asks for nothing that stands already: something new, or a proposal, which is approved as it was read.
UNCONDITIONAL = re.compile(
    r"post /v1/(fixes|tag-events|fittings|wearers|forces|orders|prohibitions/\{prohibition_id\}/zones"
    r"|orders/\{order_id\}/(variations|corrections|discharge|event|suspensions|suspension-ends|notifications)"
    r"|fittings/\{fitting_id\}/void|wearers/\{wearer_id\}/provider-person"
    r"|zones/\{zone_id\}/(end|withdrawal|details)"
    r"|quarantine/\{rejection_id\}/release)"  # once is all: what it was read as never changes
)


def operations() -> Iterator[tuple[str, str, bool]]:
    """Yield method and path of each operation that writes, and whether it takes If-Match."""
    for path, found in description()["paths"].items():
        for method, operation in found.items():
            if method != "get":
                names = {parameter["name"] for parameter in operation.get("parameters", ())}
                yield method, path, "If-Match" in names


def read_at(path: str) -> str:
    """Return the nearest path above that gives the ETag: of the thing itself, or of what it belongs to."""
    paths = description()["paths"]
    while "get" not in paths.get(path, {}):
        path = path.rpartition("/")[0]
    return filled(path)


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda named: THINGS[named[1]], path)


CONDITIONAL = [f"{method} {path}" for method, path, conditional in operations() if conditional]


@pytest.fixture
async def proposed(callers: Callers) -> None:
    """A proposal, so that there is one of everything; it is open."""
    asked = await callers["admin"].post("/v1/zones/Z-1/end", json=PROPOSED)
    assert (asked.status_code, asked.json()["proposal_id"]) == (202, 1)


def test_whatever_changes_what_is_there_takes_if_match() -> None:
    others = [f"{method} {path}" for method, path, conditional in operations() if not conditional]
    assert [each for each in others if not UNCONDITIONAL.fullmatch(each)] == []


@pytest.mark.usefixtures("proposed")
async def test_without_the_present_etag_nothing_is_changed(callers: Callers, desk: Pool) -> None:
    before = await desk.fetchval("SELECT version FROM register_state")
    for each in CONDITIONAL:
        method, path = each.split(" ")
        present = (await callers["second"].get(read_at(path))).headers["etag"]

        async def sent(
            value: str | None, method: str = method, path: str = path
        ) -> tuple[int, str | None, dict[str, Any]]:
            headers = {} if value is None else {b"If-Match": value.encode()}
            body = None if method == "delete" else WHY
            answer = await callers["second"].request(method.upper(), filled(path), headers=headers, json=body)
            return answer.status_code, answer.headers.get("etag"), answer.json()

        assert (await sent(None))[0] == 428, each
        assert (await sent("*"))[0] == 428, each
        for garbled in GARBLED:
            status, etag, told = await sent(garbled)
            assert (status, etag) == (412, present), (each, garbled, told)
    assert await desk.fetchval("SELECT version FROM register_state") == before


async def test_the_etag_of_an_answer_is_that_of_the_next_reading(callers: Callers) -> None:
    entered = await callers["admin"].post("/v1/orders", json=ORDER)
    path = entered.headers["location"]
    assert (await callers["admin"].get(path)).headers["etag"] == entered.headers["etag"]
    changed = await callers["admin"].put(
        path, json={**ORDER, "reference": "other"}, headers={"If-Match": entered.headers["etag"]}
    )
    assert changed.headers["etag"] != entered.headers["etag"]
    stale = await callers["second"].post(f"{path}/publish", json=WHY, headers={"If-Match": entered.headers["etag"]})
    assert (stale.status_code, stale.headers["etag"]) == (412, changed.headers["etag"])
    weak = {"If-Match": f"W/{changed.headers['etag']}"}  # what a proxy that compresses makes of it
    published = await callers["second"].post(f"{path}/publish", json=WHY, headers=weak)
    assert published.status_code == 200, published.text
    assert (await callers["admin"].get(path)).headers["etag"] == published.headers["etag"]


async def test_the_etag_is_the_same_until_the_thing_changes(callers: Callers) -> None:
    first = (await callers["admin"].get("/v1/zones/Z-1")).headers["etag"]
    seen = {"If-Match": (await callers["admin"].get("/v1/zones/Z-2")).headers["etag"]}
    assert (await callers["admin"].post("/v1/zones/Z-2/versions", json=DRAWING, headers=seen)).status_code == 201
    for path in ("/v1/zones/Z-1", "/v1/zones/Z-1.geojson", "/v1/zones/Z-1/versions"):
        assert (await callers["auditor"].get(path)).headers["etag"] == first
