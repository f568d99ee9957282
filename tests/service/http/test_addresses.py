"""What was entered can be read at the address that its answer names; what could not be is not entered."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.register.addressable import addressing_fault
from tests.service.http.conftest import Callers
from tests.service.http.test_orders import ORDER
from tests.service.http.test_zones import NEW

REACHED = (
    "O 9",
    "ü",
    "%2F",
    "a%",
    "a?b",
    "a#b",
    "a&b=c",
    "a+b",
    "a\\b",
    "...",
    "😀",
    "a.json",
    ";",
    "a\u2028b",
    "\x80",
    "~",
    "a:b",
)
NOT_REACHED = ("DAPO/2026/1", "/", ".", "..", "a\nb", "a\x7f", "a.geojson", ".geojson")


def clause(identity: str) -> list[dict[str, Any]]:
    return [{**ORDER["prohibitions"][0], "prohibition_id": identity}]


@pytest.mark.parametrize("identity", REACHED)
async def test_what_was_entered_is_read_at_its_address(callers: Callers, identity: str) -> None:
    order = {**ORDER, "order_id": identity, "prohibitions": clause(identity)}
    entered = await callers["admin"].post("/v1/orders", json=order)
    assert entered.status_code == 201, entered.text
    read = await callers["admin"].get(entered.headers["location"])
    assert (read.status_code, read.json()["order_id"]) == (200, identity)
    at = entered.headers["location"].replace("orders", "prohibitions")
    assert (await callers["admin"].get(at)).json()["clause"] == "1"
    drawn = await callers["admin"].post(f"{at}/zones", json=NEW | {"zone_id": identity})
    assert drawn.status_code == 201, drawn.text
    versions = await callers["admin"].get(drawn.headers["location"])
    assert [each["version"] for each in versions.json()["items"]] == [1]
    for path, member in ((at, "prohibition_id"), (at.replace("prohibitions", "zones"), "zone_id")):
        assert (await callers["admin"].get(path)).json()[member] == identity
    for path, member in (("wearers", "wearer_id"), ("forces", "code")):
        named = await callers["admin"].post(f"/v1/{path}", json={member: identity, "name": "Charlie Sparrow"})
        assert (await callers["admin"].get(named.headers["location"])).json()[member] == identity


@pytest.mark.parametrize("identity", NOT_REACHED)
async def test_what_no_address_could_name_is_not_entered(callers: Callers, identity: str) -> None:
    for order in ({**ORDER, "order_id": identity}, {**ORDER, "prohibitions": clause(identity)}):
        entered = await callers["admin"].post("/v1/orders", json=order)
        assert (entered.status_code, "address" in entered.json()["errors"][0]["detail"]) == (422, True)
    drawn = await callers["admin"].post("/v1/prohibitions/P-1/zones", json=NEW | {"zone_id": identity})
    assert (drawn.status_code, drawn.json()["errors"][0]["pointer"]) == (422, "/zone_id")
    for path, members in (("wearers", {"wearer_id": identity}), ("forces", {"code": identity})):
        answer = await callers["admin"].post(f"/v1/{path}", json=members | {"name": "Charlie Sparrow"})
        assert (answer.status_code, "address" in answer.json()["errors"][0]["detail"]) == (422, True)


@pytest.mark.parametrize(
    "path", ["%FF", "%00", "%ED%A0%80", "%0A", "a%2Fb", "%C0%AF", "x" * 201, "%", "%2e%2e%2f", "/"]
)
async def test_an_address_that_nothing_can_have_is_a_problem(callers: Callers, path: str) -> None:
    for kind in ("orders", "zones", "prohibitions", "incidents"):
        answer = await callers["admin"].get(f"/v1/{kind}/{path}")
        assert answer.status_code in {404, 422}, (kind, path)
        assert answer.headers["content-type"] == "application/problem+json"


@given(st.text(min_size=1))
def test_what_can_stand_in_an_address_is_one_part_of_a_path(identity: str) -> None:
    if addressing_fault(identity) is None:
        assert "/" not in identity
        assert identity not in {".", ".."}
        assert not identity.endswith(".geojson")
