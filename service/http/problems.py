"""What went wrong with a request, as RFC 9457 tells it: every faulty field is named, and no value repeated."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"

# What FastAPI's own words for a fault leave unsaid or say in Python's terms.
_DETAILS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "json_invalid": "is not JSON",
}
MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `where`: `parameter` of query or path, `header`, or `pointer` into the body (RFC 6901)."""

    where: str
    name: str
    detail: str

    def document(self) -> dict[str, str]:
        """Return the member of `errors` that tells it."""
        return {"detail": self.detail, self.where: self.name}


class Problem(Exception):
    """A request that can't be answered. `detail` says what to do about it and holds no personal data."""

    def __init__(
        self, status: int, detail: str, faults: tuple[Fault, ...] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults, self.headers = status, detail, faults, headers


class ProblemResponse(JSONResponse):
    """A response whose body is a problem document."""

    media_type = MEDIA_TYPE


def response(problem: Problem) -> ProblemResponse:
    """Return the answer that tells a problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.faults:
        body["errors"] = [fault.document() for fault in problem.faults[:MOST_FAULTS]]
    if len(problem.faults) > MOST_FAULTS:
        body["detail"] += f" These are the first {MOST_FAULTS} of {len(problem.faults)}."
    return ProblemResponse(body, problem.status, problem.headers)


def from_framework(error: HTTPException, better: Mapping[str, str] | None = None) -> Problem:
    """Return the problem of an error that the framework found: no such path, no such method.

    better: headers that are known better here.
    """
    headers = {**(error.headers or {}), **(better or {})} or None
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return Problem(404, "There is nothing here; see the paths of the interface's description.", headers=headers)
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return Problem(405, "This path does not take that method; see the header Allow.", headers=headers)
        case status:
            return Problem(status, f"{HTTPStatus(status).phrase}.", headers=headers)


def from_validation(error: RequestValidationError) -> Problem:
    """Return the problem of a request whose parameters or body don't fit, with each fault."""
    return Problem(422, "The request has faults; each is named under errors.", tuple(map(_fault, error.errors())))


def _fault(error: Mapping[str, Any]) -> Fault:
    place, *path = error["loc"]
    detail = _DETAILS.get(error["type"], error["msg"].removeprefix("Value error, "))
    match place:
        case "body":
            return Fault("pointer", "".join(f"/{_escaped(step)}" for step in path), detail)
        case "header":
            return Fault("header", str(path[-1]), detail)
        case _:
            return Fault("parameter", str(path[-1]) if path else str(place), detail)


def _escaped(step: object) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")
