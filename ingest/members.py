"""What is wrong with this object? Its members are read one by one, and every fault is noted."""

import math
from collections.abc import Mapping

from geofence.instants import Instant
from ingest.times import NoTime, read_instant

LONGEST_ID = 200
LARGEST_WHOLE = 2**31 - 1
# Beyond it a double no longer tells one whole number from the next.
_EXACT_WHOLE = 2**53
_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "an array",
    dict: "an object",
}
_NOT_FINITE_TEXTS = frozenset({"nan", "inf", "infinity", "+inf", "+infinity", "-inf", "-infinity"})


class Members:
    """The members of one object, read with `text`, `number` and so on; `faults` fills up meanwhile.

    A member that is null counts as left out. Each fault names the member, what is wrong, and the limit.
    """

    def __init__(self, members: Mapping[str, object]) -> None:
        self._members = members
        self.faults: list[str] = []

    def fault(self, member: str, wrong: str) -> None:
        """Note that something is wrong with a member."""
        self.faults.append(f"{member}: {wrong}")

    def identifier(self, member: str, *, required: bool = False, number: bool = False) -> str | None:
        """Return a text of at most LONGEST_ID characters; with `number`, also the decimal text of a whole number."""
        value = self._value(member, required=required)
        if number and value is not None and not isinstance(value, str):
            if isinstance(value, bool) or not isinstance(value, int | float):
                self.fault(member, f"expected text or a whole number, got {_kind(value)}")
                return None
            value = _decimal(value)
            if value is None:
                self.fault(member, "expected text or a whole number")
                return None
        text = self._as_text(member, value)
        if text is None or (text == "" and not required):
            return None
        if text == "":
            self.fault(member, "is empty")
        elif len(text) > LONGEST_ID:
            self.fault(member, f"{len(text)} characters is over {LONGEST_ID}")
        return text

    def text(self, member: str, *, required: bool = False) -> str | None:
        """Return a text of any length."""
        return self._as_text(member, self._value(member, required=required))

    def finite(self, member: str, lowest: float, highest: float) -> float:
        """Return a number that must be there, finite and within the limits; NaN with a fault noted if it is not."""
        value = self._value(member, required=True)
        if value is None:
            return math.nan
        number = self._as_number(member, value)
        if number is None:
            return math.nan
        if not math.isfinite(number):
            self.fault(member, "is not finite")
        elif number > highest:
            self.fault(member, f"{_shown(value)} is over {highest:g}")
        elif number < lowest:
            self.fault(member, f"{_shown(value)} is under {lowest:g}")
        else:
            return number
        return math.nan

    def number(self, member: str) -> float | None:
        """Return a number; None if it was left out or is not finite."""
        value = self._value(member)
        number = None if value is None else self._as_number(member, value)
        return number if number is not None and math.isfinite(number) else None

    def claim(self, member: str) -> float | None:
        """Return a number that may be of no use: None if left out, NaN if not finite, however it says so."""
        value = self._value(member)
        if value is None:
            return None
        if isinstance(value, str) and value.strip().lower() in _NOT_FINITE_TEXTS:
            return math.nan
        number = self._as_number(member, value)
        return number if number is not None and math.isfinite(number) else math.nan

    def whole(self, member: str) -> int | None:
        """Return a whole number that the ledger can hold."""
        value = self._value(member)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            self.fault(member, f"expected a whole number, got {_kind(value)}")
        elif abs(value) > LARGEST_WHOLE:
            limit = f"is over {LARGEST_WHOLE}" if value > 0 else f"is under -{LARGEST_WHOLE}"
            self.fault(member, f"{_shown(value)} {limit}")
        else:
            return int(value)
        return None

    def instant(self, member: str, *, required: bool = False, loose: bool = False) -> Instant | None:
        """Return the instant of a text."""
        value = self._value(member, required=required)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(member, f"expected a time like 2026-11-20T18:02:11Z, got {_kind(value)}")
            return None
        try:
            return read_instant(value, loose=loose)
        except NoTime as wrong:
            self.fault(member, str(wrong))
            return None

    def _value(self, member: str, *, required: bool = False) -> object:
        value = self._members.get(member)
        if value is None and required:
            self.fault(member, "is missing")
        return value

    def _as_text(self, member: str, value: object) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(member, f"expected text, got {_kind(value)}")
            return None
        if not storable(value):
            self.fault(member, "holds a character that can't be stored (NUL or half a surrogate pair)")
            return None
        return value

    def _as_number(self, member: str, value: object) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(member, f"expected a number, got {_kind(value)}")
            return None
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold a text: no NUL, and nothing that UTF-8 can't write."""
    try:
        return b"\0" not in text.encode("utf-8")
    except UnicodeEncodeError:
        return False


def _decimal(value: float) -> str | None:
    if isinstance(value, int):
        # The limit of identifiers is far below the number of digits that Python refuses to print.
        return str(value) if abs(value) < 10**LONGEST_ID else "9" * (LONGEST_ID + 1)
    return str(int(value)) if value == value // 1 and abs(value) <= _EXACT_WHOLE else None


def _shown(value: object) -> str:
    return "a huge number" if isinstance(value, int) and abs(value) >= 10**15 else f"{value}"


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "something else")
