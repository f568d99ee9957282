"""What became of a message, put together again: every byte is accounted for, none twice."""

import json
import re
from dataclasses import dataclass

from ingest.decode import ARRAY_LIMIT, ELEMENTS_LIMIT, OBJECT_LIMIT
from ingest.events import ReportedEvent
from ingest.fix import Fix, Rejection
from ingest.json_text import NotJson, parse

_FIRST, _BETWEEN, _LAST = (
    re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\[[ \t\r\n]*"),
    re.compile(rb"[ \t\r\n]*,[ \t\r\n]*"),
    re.compile(rb"[ \t\r\n]*\][ \t\r\n]*"),
)


class Wrong(AssertionError):
    """A message became what no message may become."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one element of a message became. read: None if it was rejected, else what it was read as.

    rejection: with its place and bytes, also of what was read, as if it contradicted the ledger.
    """

    rejection: Rejection
    read: Fix | ReportedEvent | None


def account_for(body: bytes, pieces: list[Piece]) -> None:
    """See that the pieces, put together, are the message: nothing of it is lost, nothing told twice."""
    if any(not piece.rejection.faults for piece in pieces):
        raise Wrong("rejected without a reason")
    elements = _elements(body)
    if len(pieces) == 1 and pieces[0].rejection.place == "p":
        if pieces[0].rejection.body != body:
            raise Wrong("a message lost its bytes")
        if elements is not None and elements <= ELEMENTS_LIMIT and len(body) <= ARRAY_LIMIT:
            raise Wrong(f"an array of {elements} elements was not taken apart")
        return
    pieces = sorted(pieces, key=lambda piece: int(piece.rejection.place.removeprefix("p/")))
    same([piece.rejection.place for piece in pieces], [f"p/{index}" for index in range(len(pieces))], "places")
    if len(pieces) > ELEMENTS_LIMIT or len(body) > ARRAY_LIMIT:
        raise Wrong(f"an array of {len(pieces)} elements was taken apart")
    if elements is not None:
        same(len(pieces), elements, "number of elements")
    at = _after(_FIRST, body, 0)
    for index, piece in enumerate(pieces):
        at = _after(_BETWEEN, body, at) if index else at
        if not body.startswith(piece.rejection.body, at):
            raise Wrong(f"element {index} lost its bytes")
        at += len(piece.rejection.body)
    same(_after(_LAST, body, at), len(body), "end of the array")


def members_of(piece: Piece) -> dict[str, object] | None:
    """Return the members that a piece's bytes have as the careful reader has them, if they may be an object."""
    body = piece.rejection.body
    if piece.read is not None:
        json.loads(body.decode("utf-8").removeprefix("\ufeff"), parse_constant=_refuse, parse_int=len)
    if len(body) > OBJECT_LIMIT:
        return None
    try:
        raw = parse(body)
    except NotJson:
        return None
    return raw if isinstance(raw, dict) else None


def same(one: object, other: object, what: str) -> None:
    if one != other:
        raise Wrong(f"{what} differ: {one!r:.500} and {other!r:.500}")


def _after(gap: "re.Pattern[bytes]", body: bytes, at: int) -> int:
    found = gap.match(body, at)
    if found is None:
        raise Wrong(f"bytes were lost at {at}")
    return found.end()


def _elements(body: bytes) -> int | None:
    """Return how many elements an array has that is one, but for NaN and broken text in its elements."""
    if b"[" not in body[:8]:
        return None
    try:
        text = body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
        raw = json.loads(text, parse_int=len)
    except (ValueError, RecursionError):
        return None
    return len(raw) if isinstance(raw, list) else None


def _refuse(name: str) -> None:
    raise Wrong(f"a bare {name} was accepted")
