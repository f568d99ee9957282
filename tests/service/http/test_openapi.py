import json
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from service.http.openapi import FILE, description, text


def test_the_file_describes_the_interface_as_it_is() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run: make openapi"


def test_every_route_of_the_interface_is_described_and_no_page(app: FastAPI) -> None:
    document = description()
    described = set(document["paths"])
    routes = {str(route.path) for route in iter_route_contexts(app.routes)}
    assert described == {path for path in routes if path.startswith(("/v1/", "/health", "/info", "/metrics"))}
    assert document["openapi"].startswith("3.1")


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_whatever_the_description_refers_to_is_in_it() -> None:
    document = json.loads(text())
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]


def test_every_guarded_operation_says_that_it_needs_a_token() -> None:
    for path, operations in description()["paths"].items():
        for operation in operations.values():
            is_open = path in {"/health", "/health/liveness", "/health/readiness", "/info"}
            assert ("security" in operation) != is_open, path
