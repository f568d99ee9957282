"""Lets every other body that fits its schema fit the register too: otherwise no order would ever be entered."""

import itertools
import json
from typing import Any

import schemathesis
from schemathesis import Case, GenerationMode, HookContext

from tests.service.http.test_orders import ORDER
from tests.service.http.test_zones import DRAWING

_numbers = itertools.count(1)
_WHY = {"reason": "checked", "authority": "the court"}
_AT = {"at": "2026-11-20T10:00:00Z", **_WHY}
_CLAUSE = {**ORDER["prohibitions"][0], "prohibition_id": "P-{}"}
_ORDER = {**ORDER, "prohibitions": [_CLAUSE]}
# By the last part of a path. {}: a number, which makes ids that are new.
BODIES: dict[str, dict[str, Any]] = {
    "orders": {**_ORDER, "order_id": "O-{}"},
    "{order_id}": {name: _ORDER[name] for name in _ORDER if name != "order_id"},
    "prohibitions": _CLAUSE,
    "zones": {**DRAWING, "zone_id": "Z-{}"},
    "versions": DRAWING,
    "suspensions": {"from": "2026-12-01T10:00:00Z", "until": "2026-12-02T10:00:00Z", **_WHY},
    "approval": {"reason": "checked"},
    "rejection": {"reason": "checked"},
    **dict.fromkeys(("discharge", "event", "end"), _AT),
    **dict.fromkeys(("publish", "emergency", "refusal", "variations", "corrections", "details"), _WHY),
}


@schemathesis.hook
def map_case(_context: HookContext, case: Case[Any]) -> Case[Any]:
    """Replace every other body."""
    mode = None if case.meta is None else case.meta.generation.mode
    if mode is GenerationMode.POSITIVE and isinstance(case.body, dict) and next(_numbers) % 2:
        body = fitting(case.operation.label, next(_numbers))
        if body is not None:
            case.body = body
            case.media_type = "application/json"
    return case


def fitting(operation: str, number: int) -> dict[str, Any] | None:
    """Return a body that the register may take, None if nothing is known of the operation."""
    body = BODIES.get(operation.rsplit("/", 1)[-1])
    return None if body is None else json.loads(json.dumps(body).replace("{}", str(number)))
