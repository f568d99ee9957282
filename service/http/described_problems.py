"""Which problems an operation can be answered with, read off what it takes: no route has to list them."""

from collections.abc import Mapping
from typing import Any

from service.http.problems import MEDIA_TYPE

Described = dict[str, Any]

_TEXT = {"type": "string"}
PROBLEM: Described = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457). errors: every fault, with the parameter, header or member it is in.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {"detail": _TEXT, "parameter": _TEXT, "header": _TEXT, "pointer": _TEXT},
            },
        },
    },
}

MEANINGS: Mapping[str, str] = {
    "400": "The body can't be taken apart into what it should hold; nothing was taken",
    "401": "There is no valid token",
    "403": "Not for this role or this force, or it needs a second person",
    "404": "Nothing under this id, or it is another force's",
    "409": "It can't be done in the state that the thing is in; the detail says what to do instead",
    "412": "It has changed since it was read; the header ETag is what it has now",
    "413": "The body is too large",
    "415": "The body is not of a type that is taken here, or is compressed",
    "422": "There are faults: each is named under errors, with its place and its remedy",
    "428": "There is no If-Match",
    "5XX": "Our fault, or the database is away: send it again later",
}


def problems_of(operation: Described) -> Described:
    """Return the responses that are problems, by status: what guards, parameters and body of an operation can give."""
    return {status: {"$ref": f"#/components/responses/{_name(status)}"} for status in sorted(_statuses(operation))}


def components() -> Described:
    """Return what the responses of `problems_of` refer to."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {_name(status): {"description": meaning, "content": content} for status, meaning in MEANINGS.items()}


def _statuses(operation: Described) -> set[str]:
    parameters = operation.get("parameters", ())
    places = {parameter["in"] for parameter in parameters}
    found = {"5XX"}
    if "security" in operation:
        found |= {"401", "403"}
    if parameters:
        found.add("422")
    if "path" in places:
        found.add("404")
    if any(parameter["name"] == "If-Match" for parameter in parameters):
        found |= {"409", "412", "428"}
    if "requestBody" in operation:
        found |= {"400", "409", "413", "415", "422"}
    return found


def _name(status: str) -> str:
    return f"Problem{status}"
