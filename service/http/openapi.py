"""The description of the interface: `python -m service.http.openapi` writes service/openapi.json anew.

A test compares the file with the application, so that no change of the interface goes unseen.
"""

import json
from pathlib import Path
from typing import Any

from service.http.app import described
from service.http.problems import MEDIA_TYPE

FILE = Path(__file__).parents[1] / "openapi.json"

_TEXT = {"type": "string"}
PROBLEM: dict[str, Any] = {
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


def description() -> dict[str, Any]:
    """Return the OpenAPI document: every operation answers with a problem whatever else it does not answer with."""
    document: dict[str, Any] = described().openapi()
    schemas = document["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    problem = {
        "description": "A problem",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in document["paths"].values():
        for operation in path.values():
            # The framework's own idea of a 422 is not what we answer.
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def text() -> str:
    """Return the document as the file holds it."""
    return json.dumps(description(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
