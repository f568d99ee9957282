"""Lets every other body that fits its schema fit the register too: otherwise no order would ever be entered."""

import itertools
from typing import Any

import schemathesis
from schemathesis import Case, GenerationMode, HookContext

from tests.service.http.test_orders import ORDER
from tests.service.http.test_zones import DRAWING

_numbers = itertools.count(1)
_WHY = {"reason": "checked", "authority": "the court"}
_AT = {"at": "2026-11-20T10:00:00Z", **_WHY}
_SUSPENDED = {"from": "2026-12-01T10:00:00Z", "until": "2026-12-02T10:00:00Z"}


@schemathesis.hook
def map_case(context: HookContext, case: Case) -> Case:
    """Replace every other body."""
    mode = None if case.meta is None else case.meta.generation.mode
    if mode is GenerationMode.POSITIVE and isinstance(case.body, dict) and next(_numbers) % 2:
        body = fitting(case.operation.label, next(_numbers))
        if body is not None:
            case.body = body
            case.media_type = "application/json"
    return case


def fitting(operation: str, number: int) -> dict[str, Any] | None:
    """Return a body that the register may take; number: makes ids that are new."""
    clause = {**ORDER["prohibitions"][0], "prohibition_id": f"P-{number}"}
    match operation.rsplit("/", 1)[-1]:
        case "orders":
            return {**ORDER, "order_id": f"O-{number}", "prohibitions": [clause]}
        case "{order_id}":
            return {**{name: ORDER[name] for name in ORDER if name != "order_id"}, "prohibitions": [clause]}
        case "prohibitions":
            return clause
        case "zones":
            return {**DRAWING, "zone_id": f"Z-{number}"}
        case "versions":
            return DRAWING
        case "discharge" | "event" | "end":
            return _AT
        case "suspensions":
            return {**_SUSPENDED, **_WHY}
        case "publish" | "variations" | "corrections" | "details":
            return _WHY
        case "emergency" | "refusal":
            return _WHY
        case "approval" | "rejection":
            return {"reason": "checked"}
        case _:
            return None
