"""Reading one object of a register file: each member once, by its type, every fault reported, none raised.

A reader always returns a value of the member's type. Where the member is faulty that value is a stand-in (`UNREAD`
and its like), of which no check complains again and which never gets out: a file with a fault yields no document.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import TypeVar

from geofence.instants import Instant, instant
from service.register.findings import Findings
from service.register.json_text import described
from service.register.places import element, shortened
from service.register.written_times import NoOffset, read_date, read_instant, read_time

UNREAD = Instant(-(2**63))
UNREAD_DATE = date.min
UNREAD_NUMBER = math.nan
LONGEST_ID = 200
_FIRST, _LAST = (instant(datetime(year, 1, 1, tzinfo=UTC)) for year in (2000, 2200))
MOST_UNKNOWN = 20  # comparing each with those that are known takes time

_T = TypeVar("_T")
_INSTANT_FORM = "write an instant like 2026-10-01T12:00:00Z"
_DATE_FORM = "write a date like 2026-10-01"
_TIME_FORM = "write a time from 00:00 to 23:59"


class Entry:
    """One JSON object, the place where it stands, and where findings about it go.

    pointer: to the object within the whole (RFC 6901). shows: whether messages may show what was written (never within
    a prohibition whose address is protected).
    """

    def __init__(
        self, members: Mapping[str, object], place: str, findings: Findings, *, pointer: str = "", shows: bool = True
    ) -> None:
        self.place = place
        self.pointer = pointer
        self.findings = findings
        self.shows = shows
        findings.pointers.setdefault(place, pointer)
        self._members = members
        self._known: set[str] = set()

    def identity(self, name: str) -> str:
        """Return a required id: a text that is not blank and at most 200 characters long; "" if faulty."""
        text = self._text(name, required=True)
        if text is None:
            return ""
        if not text.strip():
            self.fault(f"{name} is blank", "give an id", name)
            return ""
        if len(text) > LONGEST_ID:
            self.fault(f"{name} has {len(text)} characters", f"give an id of at most {LONGEST_ID}", name)
            return ""
        return text

    def text(self, name: str) -> str:
        """Return a required text, "" if faulty. A blank one warns."""
        text = self._text(name, required=True)
        if text is not None and not text.strip():
            self.findings.warn(self.place, f"{name} is blank", "fill it in: the report prints it", self.to(name))
        return text or ""

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None if it is null or left out."""
        return self._text(name, required=False)

    def optional_identity(self, name: str) -> str | None:
        """Return an id that refers to something, or None if it is null or left out."""
        return self.identity(name) if self._take(name) is not None else None

    def instant(self, name: str) -> Instant:
        """Return a required instant, UNREAD if faulty."""
        return self._required(name, read_instant, _INSTANT_FORM, UNREAD)

    def optional_instant(self, name: str) -> Instant | None:
        """Return an instant, None if it is null or left out, UNREAD if faulty."""
        return self.instant(name) if self._take(name) is not None else None

    def instant_of_our_time(self, name: str) -> Instant:
        """Return a required instant of the years 2000 to 2199, UNREAD if faulty: others are slips of the pen."""
        at = self.instant(name)
        if at != UNREAD and not _FIRST <= at < _LAST:
            self.fault(f"{name} is not in the years 2000 to 2199", "correct it", name)
            return UNREAD
        return at

    def optional_instant_of_our_time(self, name: str) -> Instant | None:
        """Return the same, None if it is null or left out."""
        return self.instant_of_our_time(name) if self._take(name) is not None else None

    def day(self, name: str) -> date:
        """Return a required date, UNREAD_DATE if faulty."""
        return self._required(name, read_date, _DATE_FORM, UNREAD_DATE)

    def optional_day(self, name: str) -> date | None:
        """Return a date, None if it is null or left out."""
        return self.day(name) if self._take(name) is not None else None

    def local_time(self, name: str) -> time:
        """Return a required local time, midnight if faulty."""
        return self._required(name, read_time, _TIME_FORM, time())

    def flag(self, name: str) -> bool:
        """Return true or false; null or left out is false."""
        value = self._take(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.fault(f"{name} is {described(value)}", "write true or false", name)
        return False

    def number(self, name: str) -> float:
        """Return a required finite number, NaN if faulty."""
        value = self._require(name)
        if value is None:
            return UNREAD_NUMBER
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(f"{name} is {described(value)}", "write a number", name)
            return UNREAD_NUMBER
        return float(value) if math.isfinite(value) else UNREAD_NUMBER

    def whole_number(self, name: str, most: int) -> int:
        """Return a required whole number from 1 to `most`, 0 if faulty."""
        value = self._require(name)
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return 0
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            self.fault(f"{name} is {described(value)}, not a whole one", "write a whole number from 1", name)
        elif not 1 <= value <= most:
            self.fault(f"{name} is out of range", f"write a whole number from 1 to {most}", name)
        else:
            return int(value)
        return 0

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """Return a required text that is one of `choices`, "" if faulty."""
        text = self._text(name, required=True)
        if text is None or text in choices:
            return text or ""
        self.fault(f"{name} is {self.shown(text)}", f"write one of {', '.join(choices)}", name)
        return ""

    def value(self, name: str) -> object:
        """Return a member as it stands."""
        return self._take(name)

    def child(self, name: str, *, required: bool = False) -> "Entry | None":
        """Return the object that a member holds, None if there is none (reported where it is required)."""
        value = self._require(name) if required else self._take(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault(f"{name} is {described(value)}", "give an object", name)
            return None
        return Entry(value, f"{self.place}, {name}", self.findings, pointer=self.to(name), shows=self.shows)

    def items(self, name: str) -> list[object]:
        """Return the list that a member holds; null or left out is empty."""
        value = self._take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(f"{name} is {described(value)}", "give a list", name)
            return []
        return value

    def entries(self, name: str) -> Iterator["Entry"]:
        """Yield the objects of a list; whatever else stands in it is reported."""
        for number, value in enumerate(self.items(name), start=1):
            place, pointer = element(name, number, value, self.place), f"{self.to(name)}/{number - 1}"
            if isinstance(value, Mapping):
                yield Entry(value, place, self.findings, pointer=pointer, shows=self.shows)
            else:
                self.findings.fault(place, f"is {described(value)}", "give an object", pointer)

    def fault(self, text: str, remedy: str, member: str = "") -> None:
        """Report a fault at this place, or of one member."""
        self.findings.fault(self.place, text, remedy, self.to(member) if member else self.pointer)

    def to(self, member: str) -> str:
        """Return the pointer to a member."""
        return f"{self.pointer}/{member.replace('~', '~0').replace('/', '~1')}"

    def shown(self, text: str) -> str:
        """Return a text as a message may show it."""
        return f'"{shortened(text)}"' if self.shows else "not one that is known"

    def has(self, name: str) -> bool:
        """Whether a member is there, be it null."""
        self._known.add(name)
        return name in self._members

    def taken(self) -> Mapping[str, object]:
        """Return all members as they stand, to be read elsewhere."""
        self._known.update(self._members)
        return self._members

    def close(self) -> None:
        """Warn of the members that nobody read: the first of them by name, of the rest how many there are."""
        unknown = [name for name in self._members if name not in self._known]
        for name in unknown[:MOST_UNKNOWN]:
            known = self._known - self._members.keys() if len(name) <= LONGEST_ID else ()
            similar = get_close_matches(name, known, n=1)
            remedy = f'did you mean "{similar[0]}"?' if similar else "remove it"
            self.findings.warn(self.place, f'unknown member "{shortened(name)}" is ignored', remedy, self.to(name))
        if more := unknown[MOST_UNKNOWN:]:
            text = f"{len(more)} more unknown members are ignored"
            self.findings.warn(self.place, text, "remove them", self.to(more[0]))

    def _take(self, name: str) -> object:
        self._known.add(name)
        return self._members.get(name)

    def _require(self, name: str) -> object:
        value = self._take(name)
        if value is None:
            self.fault(f"{name} is {'null' if name in self._members else 'missing'}", f"give {name}", name)
        return value

    def _text(self, name: str, *, required: bool) -> str | None:
        value = self._require(name) if required else self._take(name)
        if value is None or isinstance(value, str):
            return value
        self.fault(f"{name} is {described(value)}", "give a text", name)
        return None

    def _required(self, name: str, read: Callable[[str], _T], form: str, unread: _T) -> _T:
        value = self._require(name)
        if value is None:
            return unread
        if not isinstance(value, str):
            self.fault(f"{name} is {described(value)}", form, name)
            return unread
        try:
            return read(value)
        except NoOffset:
            self.fault(f"{name} has no offset from UTC", "add Z or an offset such as +01:00", name)
        except ValueError:
            self.fault(f"{name} is {self.shown(value)}" if self.shows else f"{name} can't be read", form, name)
        return unread
