"""The links of the description lead on: with the id and the ETag of an answer, the next request finds its thing."""

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from service.http.links import LINKS
from service.http.openapi import description
from tests.service.http.conftest import Callers
from tests.service.http.fuzzing_hooks import fitting
from tests.service.http.test_orders import ORDER
from tests.service.http.test_zones import DRAWING, NEW

WHY = {"reason": "checked"}
# At the instant at which the tests take place, so that it can be an emergency.
BEGUN = DRAWING | {"valid_from": "2026-11-21T09:30:00Z", "distance_m": 5}
NOT_FOUND_OR_UNREAD = {400, 401, 404, 405, 412, 413, 415, 428}


async def entered(callers: Callers, order_id: str) -> httpx.Response:
    clause = {**ORDER["prohibitions"][0], "prohibition_id": f"P-{order_id}"}
    order = {**ORDER, "order_id": order_id, "prohibitions": [clause]}
    return await callers["admin"].post("/v1/orders", json=order)


CLAUSE = ORDER["prohibitions"][0]
CHANGED = {**ORDER, "order_id": "O-{}", "prohibitions": [{**CLAUSE, "prohibition_id": "P-O-{}"}]}
MORE = {**ORDER, "order_id": "O-{}-more", "prohibitions": [{**CLAUSE, "prohibition_id": "P-{}-more"}]}
# What has each operation answer: who sends it, to where, with what body, and whose ETag. {}: makes it new.
ANSWERED: Mapping[tuple[str, str], tuple[str, str, Any, str]] = {
    ("post", "/v1/orders"): ("admin", "/v1/orders", MORE, ""),
    ("get", "/v1/orders/{order_id}"): ("admin", "/v1/orders/O-{}", None, ""),
    ("put", "/v1/orders/{order_id}"): ("admin", "/v1/orders/O-{}", CHANGED, "order"),
    ("post", "/v1/orders/{order_id}/publish"): ("second", "/v1/orders/O-{}/publish", WHY, "order"),
    ("post", "/v1/prohibitions/{prohibition_id}/zones"): (
        *("admin", "/v1/prohibitions/P-O-{}/zones"),
        *(NEW | {"zone_id": "Z-{}-more"}, ""),
    ),
    ("post", "/v1/zones/{zone_id}/versions"): ("admin", "/v1/zones/Z-{}/versions", DRAWING, "zone"),
    ("post", "/v1/zones/{zone_id}/versions/{version}/publish"): (
        *("second", "/v1/zones/Z-{}/versions/1/publish"),
        *(WHY, "zone"),
    ),
    ("post", "/v1/zones/{zone_id}/versions/{version}/emergency"): (
        *("admin", "/v1/zones/Z-{}/versions/1/emergency"),
        *(WHY, "zone"),
    ),
    ("get", "/v1/zones/{zone_id}"): ("admin", "/v1/zones/Z-{}", None, ""),
}


async def answered(callers: Callers, operation: tuple[str, str, str], name: str) -> httpx.Response:
    """Have an operation answer; name: makes what it is about new."""
    order = await entered(callers, f"O-{name}")
    drawing = {**NEW, **BEGUN, "zone_id": f"Z-{name}"}
    zone = await callers["admin"].post(f"/v1/prohibitions/P-O-{name}/zones", json=drawing)
    method, path, _ = operation
    if path == "/v1/proposals/{proposal_id}":
        asked = await callers["admin"].post("/v1/zones/Z-1/details", json={"label": name, **WHY})
        return await callers["admin"].get(asked.headers["location"])
    caller, where, body, seen = ANSWERED[method, path]
    headers = {"If-Match": {"order": order, "zone": zone}[seen].headers["etag"]} if seen else {}
    sent = None if body is None else json.loads(json.dumps(body).replace("{}", name))
    return await callers[caller].request(method.upper(), where.replace("{}", name), json=sent, headers=headers)


def taken(expression: str, answer: httpx.Response, named: Mapping[str, str]) -> str:
    """Return what a link's expression takes from an answer and its request."""
    if expression == "$response.header.ETag":
        return answer.headers["etag"]
    if expression.startswith("$request.path."):
        return named[expression.removeprefix("$request.path.")]
    value: Any = answer.json()
    for step in expression.removeprefix("$response.body#/").split("/"):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return str(value)


@pytest.mark.parametrize("operation", list(LINKS), ids=" ".join)
async def test_each_link_leads_to_what_it_names(callers: Callers, operation: tuple[str, str, str]) -> None:
    _, source, status = operation
    for number, (name, link) in enumerate(LINKS[operation].items()):
        answer = await answered(callers, operation, f"L{number}")
        assert answer.status_code == int(status), (name, answer.text)
        names, shape = re.findall(r"\{(\w+)\}", source), re.sub(r"\{\w+\}", "([^/]+)", source)
        found = re.fullmatch(shape, answer.request.url.path)
        named = dict(zip(names, found.groups() if found else (), strict=True))
        escaped, _, method = link["operationRef"].removeprefix("#/paths/").rpartition("/")
        path, headers = escaped.replace("~1", "/").replace("~0", "~"), {}
        for place, expression in link["parameters"].items():
            where, _, parameter = place.partition(".")
            value = taken(expression, answer, named)
            if where == "path":
                path = path.replace(f"{{{parameter}}}", value)
            else:
                headers[parameter] = value
        body = None if method in {"get", "delete"} else fitting(path_of(link), number) or WHY | {"version": 1}
        followed = await callers["second"].request(method.upper(), path, headers=headers, json=body)
        assert followed.status_code < 500, (name, followed.text)
        assert followed.status_code not in NOT_FOUND_OR_UNREAD, (name, followed.status_code, followed.text)


def path_of(link: Mapping[str, Any]) -> str:
    return str(link["operationRef"]).removeprefix("#/paths/").rpartition("/")[0].replace("~1", "/")


def test_every_link_names_an_operation_and_its_parameters() -> None:
    paths = description()["paths"]
    for source in paths.values():
        for operation in source.values():
            for answer in operation["responses"].values():
                for link in answer.get("links", {}).values():
                    method = link["operationRef"].rpartition("/")[2]
                    target = paths[path_of(link)][method]
                    names = {f"{each['in']}.{each['name']}" for each in target["parameters"]}
                    needed = {f"{each['in']}.{each['name']}" for each in target["parameters"] if each["required"]}
                    assert needed <= set(link["parameters"]) <= names, link


def test_every_table_entry_stands_in_the_description() -> None:
    paths = description()["paths"]
    for method, path, status in LINKS:
        assert "links" in paths[path][method]["responses"][status]
