"""Telling a problem to whoever asked: to a browser that wants a page as a page, to everybody else as RFC 9457 does."""

from fastapi import Request, Response
from starlette.types import Scope

from service.http import problems
from service.http.pages.templates import Pages
from service.http.problems import Problem


class Answers:
    """Answers problems, with these pages."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def __call__(self, scope: Scope, problem: Problem) -> Response:
        """Return the answer."""
        request = Request(scope)
        if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
            return problems.response(problem)
        answer = self._pages.page(request, "problem.html", {"problem": problem}, status=problem.status)
        answer.headers.update(problem.headers or {})
        return answer
