"""The description of the interface: `python -m service.http.openapi` writes service/openapi.json anew.

A test compares the file with the application, so that no change of the interface goes unseen.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from service.http.app import described
from service.http.described_problems import PROBLEM, components, problems_of
from service.http.links import links_of

FILE = Path(__file__).parents[1] / "openapi.json"


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI document, with the problems that each operation can be answered with, and what can follow.

    It is made once, which takes half a second: nobody changes what he gets.
    """
    document: dict[str, Any] = described().openapi()
    schemas = document["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    document["components"]["responses"] = components()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            # The framework's own idea of a 422 is not what we answer.
            responses.pop("422", None)
            for status, answer in responses.items():
                if links := links_of(method, path, status, answer):
                    answer["links"] = dict(links)
            for parameter in operation.get("parameters", ()):
                _mend(parameter)
            operation["responses"] = dict(sorted((problems_of(operation) | responses).items()))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def _mend(parameter: dict[str, Any]) -> None:
    """Say of a parameter what is so: one that is left out is not null, and If-Match can't be left out."""
    schema = parameter["schema"]
    kinds = [kind for kind in schema.pop("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        schema.update(kinds[0])
    elif kinds:
        schema["anyOf"] = kinds
    if parameter["name"] == "If-Match":
        parameter["required"] = True


def text() -> str:
    """Return the document as the file holds it."""
    return json.dumps(description(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
