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
        _, kind, name = reference.removeprefix("#/").split("/")
        assert name in document["components"][kind], reference


def test_every_guarded_operation_says_that_it_needs_a_token() -> None:
    for path, operations in description()["paths"].items():
        for operation in operations.values():
            is_open = path in {"/health", "/health/liveness", "/health/readiness", "/info"}
            assert ("security" in operation) != is_open, path


def test_every_operation_names_the_problems_that_it_can_be_answered_with() -> None:
    paths = description()["paths"]
    read, written = paths["/v1/orders/{order_id}"]["get"], paths["/v1/orders/{order_id}"]["put"]
    assert set(read["responses"]) == {"200", "401", "403", "404", "422", "5XX"}
    assert set(written["responses"]) - set(read["responses"]) == {"400", "409", "412", "413", "415", "428"}
    assert set(paths["/info"]["get"]["responses"]) == {"200", "5XX"}
    for operations in paths.values():
        for operation in operations.values():
            assert "default" not in operation["responses"]


def test_a_parameter_is_described_as_it_is_taken() -> None:
    paths = description()["paths"]
    for operations in paths.values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                assert parameter["schema"].get("type") != "null"
                assert {"type": "null"} not in parameter["schema"].get("anyOf", ())
                assert parameter["name"] != "If-Match" or parameter["required"]
