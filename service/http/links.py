"""What can be done next with what was answered, as OpenAPI's links tell it: where its id and its ETag go."""

from collections.abc import Mapping
from typing import Any

Link = dict[str, Any]

# What a link takes from the answer, or from the request that was answered.
_ETAG = {"header.If-Match": "$response.header.ETag"}
_ORDER = {"path.order_id": "$response.body#/order_id"}
_SAME_ORDER = {"path.order_id": "$request.path.order_id"}
_ZONE = {"path.zone_id": "$response.body#/zone_id"}
_SAME_ZONE = {"path.zone_id": "$request.path.zone_id"}
_VERSION = {**_ZONE, "path.version": "$response.body#/version"}
_PROPOSAL = {"path.proposal_id": "$response.body#/proposal_id"}


def link(method: str, path: str, parameters: Mapping[str, str]) -> Link:
    """Return a link to an operation, which is named by its method and path."""
    escaped = path.replace("~", "~0").replace("/", "~1")
    return {"operationRef": f"#/paths/{escaped}/{method}", "parameters": dict(parameters)}


def _of_order(order: Mapping[str, str]) -> dict[str, Link]:
    return {
        "read": link("get", "/v1/orders/{order_id}", order),
        "change": link("put", "/v1/orders/{order_id}", {**order, **_ETAG}),
        "discard": link("delete", "/v1/orders/{order_id}", {**order, **_ETAG}),
        "publish": link("post", "/v1/orders/{order_id}/publish", {**order, **_ETAG}),
        "addProhibition": link("post", "/v1/orders/{order_id}/prohibitions", {**order, **_ETAG}),
    }


def _of_order_in_force(order: Mapping[str, str]) -> dict[str, Link]:
    asked = ("variations", "corrections", "discharge", "event", "suspensions", "suspension-ends")
    return {name: link("post", f"/v1/orders/{{order_id}}/{name}", order) for name in asked}


_OF_VERSION = {
    "read": link("get", "/v1/zones/{zone_id}", _ZONE),
    "shape": link("get", "/v1/zones/{zone_id}.geojson", _ZONE),
    "versions": link("get", "/v1/zones/{zone_id}/versions", _ZONE),
    "drawAnother": link("post", "/v1/zones/{zone_id}/versions", {**_ZONE, **_ETAG}),
    "discard": link("delete", "/v1/zones/{zone_id}/versions/{version}", {**_VERSION, **_ETAG}),
    "publish": link("post", "/v1/zones/{zone_id}/versions/{version}/publish", {**_VERSION, **_ETAG}),
    "emergency": link("post", "/v1/zones/{zone_id}/versions/{version}/emergency", {**_VERSION, **_ETAG}),
}
_OF_ZONE_IN_FORCE = {
    "read": link("get", "/v1/zones/{zone_id}", _ZONE),
    "drawAnother": link("post", "/v1/zones/{zone_id}/versions", {**_ZONE, **_ETAG}),
    **{name: link("post", f"/v1/zones/{{zone_id}}/{name}", _ZONE) for name in ("end", "withdrawal", "details")},
}
_SAME_VERSION = {**_SAME_ZONE, "path.version": "$request.path.version", **_ETAG}
_OF_EMERGENCY = {
    **_OF_ZONE_IN_FORCE,
    "confirm": link("post", "/v1/zones/{zone_id}/versions/{version}/publish", _SAME_VERSION),
    "refuse": link("post", "/v1/zones/{zone_id}/versions/{version}/refusal", _SAME_VERSION),
}
_OF_PROPOSAL = {
    "read": link("get", "/v1/proposals/{proposal_id}", _PROPOSAL),
    "approve": link("post", "/v1/proposals/{proposal_id}/approval", {**_PROPOSAL, **_ETAG}),
    "reject": link("post", "/v1/proposals/{proposal_id}/rejection", {**_PROPOSAL, **_ETAG}),
}
_DRAW = {
    "draw": link(
        "post",
        "/v1/prohibitions/{prohibition_id}/zones",
        {"path.prohibition_id": "$response.body#/prohibitions/0/prohibition_id"},
    )
}

# By method, path and status; an operation that is answered with a proposal has those of a proposal besides.
LINKS: Mapping[tuple[str, str, str], Mapping[str, Link]] = {
    ("post", "/v1/orders", "201"): {**_of_order(_ORDER), **_DRAW},
    ("get", "/v1/orders/{order_id}", "200"): {**_of_order(_SAME_ORDER), **_of_order_in_force(_SAME_ORDER)},
    ("put", "/v1/orders/{order_id}", "200"): _of_order(_ORDER),
    ("post", "/v1/orders/{order_id}/publish", "200"): {**_of_order_in_force(_ORDER), **_DRAW},
    ("post", "/v1/prohibitions/{prohibition_id}/zones", "201"): _OF_VERSION,
    ("post", "/v1/zones/{zone_id}/versions", "201"): _OF_VERSION,
    ("post", "/v1/zones/{zone_id}/versions/{version}/publish", "200"): _OF_ZONE_IN_FORCE,
    ("post", "/v1/zones/{zone_id}/versions/{version}/emergency", "200"): _OF_EMERGENCY,
    ("get", "/v1/zones/{zone_id}", "200"): _OF_ZONE_IN_FORCE,
    ("get", "/v1/proposals/{proposal_id}", "200"): _OF_PROPOSAL,
}


def links_of(method: str, path: str, status: str, answer: Mapping[str, Any]) -> Mapping[str, Link]:
    """Return the links of one answer of an operation; answer: its description."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    proposed = status == "202" and schema.get("$ref", "").endswith("/ProposalInFull")
    return {**LINKS.get((method, path, status), {}), **(_OF_PROPOSAL if proposed else {})}
