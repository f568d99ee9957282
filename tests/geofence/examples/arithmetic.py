"""Are the sums in the prose right? A sum is a code span with a sign of comparison: `100 - 80 = 20`."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

_SPAN = re.compile(r"`([^`]*)`")
_SIGN = re.compile(r"(<=|>=|=|<|>)")
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?")
_STEPS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def sums(prose: str) -> list[str]:
    """Return the sums of an example.

    >>> sums("It is `100 - 80 = 20` m deep, and `gps`.")
    ['100 - 80 = 20']
    """
    return [span for span in _SPAN.findall(prose) if _SIGN.search(span)]


def holds(sum_: str) -> bool:
    """Return whether a sum is right; what stands right of `=` is a rounded number, a clock counts seconds.

    >>> holds("100 - 80 = 20"), holds("2 / 3 = 0.67"), holds("10:01 + 0:15 = 10:16"), holds("20 < 20")
    (True, True, True, False)
    """
    left, *rest = _SIGN.split(sum_)
    value = _value(left)
    for sign, right in zip(rest[::2], rest[1::2], strict=True):
        other = _value(right)
        if not (abs(value - other) <= _half_a_digit(right) if sign == "=" else _ORDERS[sign](value, other)):
            return False
        value = other
    return True


def _half_a_digit(text: str) -> float:
    decimals = len(text.strip().partition(".")[2])
    return 0.5 / 10**decimals + 1e-9 if decimals else 1e-9


def _value(text: str) -> float:
    """Return what a side of a sum comes to: numbers, clock times, + - * / ( ) and roots."""
    plain = _CLOCK.sub(lambda m: str(int(m[1]) * 3600 + int(m[2]) * 60 + float(m[3] or 0)), text)
    return _fold(ast.parse(plain.strip(), mode="eval").body)


def _fold(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_fold(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _STEPS:
            return _STEPS[type(op)](_fold(left), _fold(right))
        case ast.Call(func=ast.Name(id="root"), args=[argument]):
            return math.sqrt(_fold(argument))
    raise ValueError(f"{ast.unparse(node)} is no sum")
