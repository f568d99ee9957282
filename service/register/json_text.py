"""Is it JSON that means one thing, and that a database can hold?

Members named twice, numbers that no double holds, and characters that no text may hold are faults wherever they stand.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator

from service.register.findings import Findings
from service.register.places import NAMED, WHOLE_FILE, element, shortened

_DEEPEST = 64
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


class Members(dict[str, object]):
    """A JSON object that remembers which of its members were named more than once."""

    __slots__ = ("twice",)

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        self.twice: tuple[str, ...] = ()
        if len(self) < len(pairs):
            self.twice = tuple(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)


def parse(
    data: bytes,
    findings: Findings,
    whole: str = WHOLE_FILE,
    members: str = "forces, wearers, fittings and orders",
    *,
    sent: bool = False,
) -> Members | None:
    """Return the object that the file holds, None if nothing more can be said of it.

    whole, members: what a finding calls all of the file, and what the object should hold. sent: it is no file, but was
    sent by somebody.
    A number that no double holds comes out infinite.
    """
    value = _json(data, findings, whole, sent=sent)
    if findings.faulty:
        return None
    if not isinstance(value, Members):
        findings.fault(whole, f"is {described(value)}", f"give one object with {members}")
        return None
    return value if _look_through(value, findings, whole) else None


def storable(text: str) -> bool:
    """Whether a database can hold this text: neither NUL nor half of a surrogate pair is in it."""
    return _NOT_STORABLE.search(text) is None


def described(value: object) -> str:
    """Return what kind of JSON value this is, without showing it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _json(data: bytes, findings: Findings, whole: str, *, sent: bool) -> object:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        remedy = "send UTF-8" if sent else "save the file as UTF-8"
        findings.fault(whole, f"byte {wrong.start + 1} is not UTF-8", remedy)
        return None
    try:
        return json.loads(text, object_pairs_hook=Members, parse_int=_whole, parse_float=float)
    except json.JSONDecodeError as wrong:
        place = f"line {wrong.lineno}, column {wrong.colno}"
        remedy = "correct it there" if sent else "correct the file there"
        findings.fault(place, f"not JSON ({wrong.msg})", remedy)
    except RecursionError:
        findings.fault(whole, "is nested without end", f"nest at most {_DEEPEST} deep")
    return None


def _whole(digits: str) -> float | int:
    # A double ends at 309 digits; Python refuses to read numbers of more than 4,300.
    if len(digits) > 310:
        return -math.inf if digits.startswith("-") else math.inf
    number = int(digits)
    try:
        float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
    return number


def _look_through(document: Members, findings: Findings, whole: str) -> bool:
    """Report what is wrong anywhere, also in members that nobody reads. False: it is nested too deep to go on."""
    waiting: list[tuple[object, str, str, int]] = [(document, whole, "", 0)]
    while waiting:
        value, place, path, depth = waiting.pop()
        if depth > _DEEPEST:
            findings.fault(place, f"{_at(path)}is nested too deep", f"nest at most {_DEEPEST} deep")
            return False
        _look_at(value, place, path, findings)
        waiting.extend(reversed([(inner, *where, depth + 1) for inner, where in _inside(value, place, path)]))
    return True


def _look_at(value: object, place: str, path: str, findings: Findings) -> None:
    if isinstance(value, Members):
        for name in value.twice:
            findings.fault(place, f'{_at(path)}member "{shortened(name)}" is named twice', "keep one of the two")
        if not all(map(storable, value)):
            findings.fault(place, f"{_at(path)}a member's name holds a character that no text may", "remove it")
    elif isinstance(value, str) and not storable(value):
        findings.fault(place, f"{_at(path)}holds a character that no text may (NUL or half a pair)", "remove it")
    elif isinstance(value, float) and not math.isfinite(value) and not _is_position(place, path):
        findings.fault(place, f"{_at(path)}is not a finite number that a double holds", "write a finite number")


def _inside(value: object, place: str, path: str) -> Iterator[tuple[object, tuple[str, str]]]:
    """Yield what a value holds, each with its place and its path within that place."""
    if isinstance(value, Members):
        for name, inner in value.items():
            yield inner, (place, f"{path}.{shortened(name)}" if path else shortened(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            if path in NAMED:
                yield inner, (element(path, number, inner, place), "")
            else:
                yield inner, (place, f"{path}[{number}]")


def _is_position(place: str, path: str) -> bool:
    """Whether a number belongs to a shape: what reads the shape names its ring and vertex."""
    return path.startswith("footprint.coordinates") and place.rpartition(", ")[2].startswith("version")


def _at(path: str) -> str:
    return f"{path}: " if path else ""
