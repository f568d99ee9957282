"""Is this JSON, and where does each element of an array begin? The careful reader behind the quick one.

Python's own reader is used, made strict: bytes must be UTF-8, NaN and Infinity are not JSON. Of a member named twice
the last counts, as in the quick reader. A number too large for a double is infinite, however many digits it has.
"""

import json
import math
import re
from itertools import accumulate

import msgspec

# How deeply arrays and objects may be nested: far above what any message needs, and far below where the readers' own
# limits lie, which depend on who calls them. What is shorter than this can't be nested more deeply.
DEEPEST = 500
SHORTEST_DEEP = 2 * DEEPEST

# Digits beyond which a whole number is read as a double; far above any identifier, below what Python refuses to read.
_WHOLE_DIGITS = 1000
_BLANK = " \t\n\r"


class NotJson(ValueError):
    """The bytes are not JSON; the message says why and where, without repeating them."""


def parse(body: bytes) -> object:
    """Return the value that the bytes hold. Raises NotJson. A byte order mark before it is ignored."""
    if too_deep(body):
        raise NotJson("nested too deeply to be read")
    try:
        return _STRICT.decode(body.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as wrong:
        raise NotJson(f"not UTF-8 at byte {wrong.start}") from None
    except json.JSONDecodeError as wrong:
        raise NotJson(f"{wrong.msg} at character {wrong.pos}") from None
    except RecursionError:
        raise NotJson("nested too deeply to be read") from None


def split_array(body: bytes, most: int) -> list[bytes]:
    """Return the bytes of each element of an array; of one with more than `most` elements perhaps only `most + 1`.

    An element that holds a bare NaN, is not UTF-8 or nested too deeply is split off like any other, so that it spoils
    only itself. Raises NotJson if the brackets, commas or quotes themselves are wrong.
    """
    if too_deep(body):
        return _split_by_brackets(body, most)
    try:
        return [bytes(element) for element in _RAW.decode(body)]
    except (msgspec.DecodeError, RecursionError):
        return _split_leniently(body, most)


def too_deep(body: bytes) -> bool:
    """Whether arrays and objects are nested more than DEEPEST deep, as far as brackets without their mates tell."""
    return not shallow(body) and nesting(body) > DEEPEST


def shallow(body: bytes) -> bool:
    """Whether a glance shows that nothing is nested too deeply; most of what can't be seen so is not either."""
    return len(body) < SHORTEST_DEEP or body.count(b"[") + body.count(b"{") <= DEEPEST


def nesting(body: bytes) -> int:
    r"""Return how deeply arrays and objects are nested.

    >>> nesting(b'{"a": [1, {"[[[[": "\\"}]}')
    3
    """
    return max(accumulate(map(_STEP.__getitem__, _TEXTS.sub(b"", body).translate(None, _NO_BRACKETS))), default=0)


def _split_by_brackets(body: bytes, most: int) -> list[bytes]:
    """Split without a look into the elements, however deep they are."""
    elements, depth, start = list[bytes](), 0, 0
    for found in _STRUCTURE.finditer(body):
        token = found.group()
        depth += _STEP.get(token[0], 0)
        if depth == 1 and token in (b"[", b","):
            if token == b",":
                elements.append(body[start : found.start()].strip(b" \t\n\r"))
            start = found.end()
        if depth == 0:
            if body[found.end() :].strip(b" \t\n\r"):
                raise NotJson("something follows the array")
            return [*elements, body[start : found.start()].strip(b" \t\n\r")]
        if len(elements) > most:
            return elements
    raise NotJson("nested too deeply to be read")


def _split_leniently(body: bytes, most: int) -> list[bytes]:
    text = body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    at = _skip_blank(text, 0)
    if text[at : at + 1] != "[":
        raise NotJson("it begins otherwise")
    at = _skip_blank(text, at + 1)
    elements: list[bytes] = []
    if text[at : at + 1] == "]":
        return _ended(elements, text, at)
    while len(elements) <= most:
        try:
            _, end = _LENIENT.raw_decode(text, at)
        except json.JSONDecodeError as wrong:
            raise NotJson(f"{wrong.msg} at character {wrong.pos}") from None
        except RecursionError:
            raise NotJson("nested too deeply to be read") from None
        elements.append(text[at:end].encode("utf-8", "surrogateescape"))
        at = _skip_blank(text, end)
        if text[at : at + 1] == "]":
            return _ended(elements, text, at)
        if text[at : at + 1] != ",":
            raise NotJson(f"expected a comma or the array's end at character {at}")
        at = _skip_blank(text, at + 1)
    return elements


def _ended(elements: list[bytes], text: str, at: int) -> list[bytes]:
    if text[at + 1 :].strip(_BLANK):
        raise NotJson(f"something follows the array at character {at + 1}")
    return elements


def _skip_blank(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in _BLANK:
        at += 1
    return at


def _whole(digits: str) -> float:
    return int(digits) if len(digits) <= _WHOLE_DIGITS else math.copysign(math.inf, -1 if digits[0] == "-" else 1)


def _no_constant(name: str) -> float:
    raise NotJson(f"a bare {name} is not JSON")


_TEXTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_STRUCTURE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{},]', re.DOTALL)
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS = bytes(set(range(256)) - _STEP.keys())
_RAW = msgspec.json.Decoder(list[msgspec.Raw])
_STRICT = json.JSONDecoder(parse_int=_whole, parse_constant=_no_constant)
_LENIENT = json.JSONDecoder(parse_int=_whole)
