"""Which methods a path takes. The framework asks only the first of several routes with one path."""

from collections.abc import Iterator
from functools import cached_property
from re import Pattern

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path


class Methods:
    """The methods of every route of an application, worked out when somebody first asks: it takes a while."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    @cached_property
    def _routes(self) -> tuple[tuple[Pattern[str], frozenset[str]], ...]:
        return tuple(_routes_of(self._app))

    def of(self, path: str) -> str:
        """Return what the header Allow says of a path (RFC 9110, 10.2.1)."""
        return ", ".join(sorted({method for regex, methods in self._routes if regex.match(path) for method in methods}))


def _routes_of(app: FastAPI) -> Iterator[tuple[Pattern[str], frozenset[str]]]:
    for route in iter_route_contexts(app.routes):
        regex, _, _ = compile_path(str(route.path))
        yield regex, frozenset(route.methods or ())
