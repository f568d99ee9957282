"""Reading a request's body without ever holding more than we allow, and only as what it says it is."""

from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel

from service.http.problems import Fault, Problem

Model = TypeVar("Model", bound=BaseModel)

MIB = 1024 * 1024


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body. Raises Problem 413 as soon as it is known to be over `limit` bytes, 415 if it is compressed."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "Send the body as it is, without Content-Encoding.", headers={"Accept-Encoding": "identity"})
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


def media_type(request: Request, allowed: tuple[str, ...]) -> str:
    """Return the body's media type without parameters. Raises Problem 415 if it is not one of those allowed."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said not in allowed:
        choice = ", ".join(allowed)
        fault = Fault("header", "content-type", f"must be one of {choice}")
        raise Problem(415, f"Say in Content-Type what the body is: {choice}.", (fault,), {"Accept": choice})
    return said


def _too_large(limit: int) -> Problem:
    return Problem(413, f"The body is over {limit // MIB} MiB; send it in parts.")
