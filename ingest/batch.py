"""Messages on their way to the ledger: decoded, with their places and bytes at hand for what must go to quarantine."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TypeAlias

import numpy as np

from geofence.instants import Instant
from ingest.at_a_glance import glance_all
from ingest.columns import rows_of
from ingest.decode import Faulty, decode, decode_object, elements, is_array, members_of
from ingest.events import ReportedEvent, decode_events, read_event
from ingest.fix import Fix, Origin, Profile, Rejection
from ingest.reading import Ahead, ahead_of
from ingest.reported import Piece, ReportedFixes, piece_of, reported

# What the quarantine says of a message that was meant as a tag event.
EVENT_PROFILE = "event"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A rejection, and as what its bytes were read."""

    profile: str
    rejection: Rejection


# Where a message stood, from the outside in; it becomes text only for what goes to quarantine.
Place: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Messages:
    """Messages of fixes that were added together. `place`: where each stood, by its index among them."""

    first: int
    bodies: Sequence[bytes]
    profile: Profile
    place: Callable[[int], str]
    may_be_arrays: bool


def place_text(place: Place) -> str:
    """Return a place as the quarantine has it.

    >>> place_text(("tag-fixes/0", 7, 2))
    'tag-fixes/0/7/2'
    """
    return "/".join(map(str, place))


class Batch:
    """What arrived together, from one origin, and is appended in one transaction.

    Messages of fixes are decoded when `fixes` or `quarantine` is first asked for, or by `decode`: all of them at once,
    which is quicker than one by one. checked_at: what no fix may be far ahead of; None for files.
    """

    def __init__(self, origin: Origin, checked_at: Instant | None) -> None:
        self.origin = origin
        self.events: list[ReportedEvent] = []
        self.checked_at = checked_at
        self._ahead: Ahead = ahead_of(checked_at)
        self._messages: list[_Messages] = []
        self._count = 0
        self._decoded = 0
        self._pieces: list[Piece] = []
        self._fixes: ReportedFixes | None = None
        self._quarantine: list[Quarantined] = []
        self._taken_apart: tuple[bytes, list[bytes]] = b"", []
        self._event_sources: list[tuple[str, bytes]] = []

    @property
    def fixes(self) -> ReportedFixes:
        """The fixes of all messages, in order."""
        self.decode()
        if self._fixes is None:
            self._fixes = reported(self._pieces)
        return self._fixes

    @property
    def quarantine(self) -> list[Quarantined]:
        """What can't be read."""
        self.decode()
        return self._quarantine

    def add_messages(self, bodies: Sequence[bytes], profile: Profile, place: Callable[[int], str]) -> None:
        """Add messages of fixes, each an object or an array; `place` of each by its index among them."""
        self._add(bodies, profile, place, may_be_arrays=True)

    def add_objects(self, bodies: Sequence[bytes], profile: Profile, place: Callable[[int], str]) -> None:
        """Add messages that must each be one fix."""
        self._add(bodies, profile, place, may_be_arrays=False)

    def add_message(self, body: bytes, profile: Profile, place: Place) -> None:
        """Add one message of fixes: an object or an array."""
        self.add_messages([body], profile, lambda _: place_text(place))

    def reject(self, rejection: Rejection, profile: str) -> None:
        """Add what can't be read, or can't be stored."""
        self._quarantine.append(Quarantined(profile, rejection))

    def add_event(self, body: bytes, place: Place) -> None:
        """Decode a message that must be one tag event."""
        read = read_event(body)
        if isinstance(read, Faulty):
            self.reject(Rejection(place_text(place), body, read.faults, read.tag_id), EVENT_PROFILE)
        else:
            self.events.append(read)
            self._event_sources.append((place_text(place), body))

    def add_event_message(self, body: bytes, place: Place) -> None:
        """Decode a message of tag events: an object or an array."""
        decoded = decode_events(body, place_text(place))
        self.events.extend(decoded.events)
        self._event_sources.extend(decoded.sources)
        self._quarantine.extend(Quarantined(EVENT_PROFILE, one) for one in decoded.rejections)

    def decode(self) -> None:
        """Decode what was added since the last time."""
        first, self._decoded = self._decoded, len(self._messages)
        if first == self._decoded:
            return
        for messages in self._messages[first:]:
            self._read_carefully(messages, sorted(self._at_a_glance(messages)))
        self._fixes = None

    def rejected(self, row: int, faults: tuple[str, ...]) -> Quarantined:
        """Return the contradiction that fix `row` turned out to be, with its bytes as they came."""
        fixes = self.fixes
        messages, number = self._message(int(fixes.columns.line[row]))
        place, body, index = messages.place(number), messages.bodies[number], int(fixes.element[row])
        if index >= 0:
            # Contradictions come in crowds: a large array is taken apart once for all of them.
            if self._taken_apart[0] is not body:
                self._taken_apart = body, elements(body)
            place, body = f"{place}/{index}", self._taken_apart[1][index]
        tag_id = fixes.tag_ids[fixes.columns.tag[row]]
        return Quarantined(messages.profile, Rejection(place, body, faults, tag_id, contradiction=True))

    def rejected_event(self, row: int, faults: tuple[str, ...]) -> Quarantined:
        """Return the contradiction that event `row` turned out to be, with its bytes as they came."""
        place, body = self._event_sources[row]
        tag_id = self.events[row].event.tag_id
        return Quarantined(EVENT_PROFILE, Rejection(place, body, faults, tag_id, contradiction=True))

    def profile_of(self, row: int) -> Profile:
        """Return how the members of fix `row` were named."""
        return self._message(int(self.fixes.columns.line[row]))[0].profile

    def _add(
        self, bodies: Sequence[bytes], profile: Profile, place: Callable[[int], str], *, may_be_arrays: bool
    ) -> None:
        if bodies:
            self._messages.append(_Messages(self._count, bodies, profile, place, may_be_arrays))
            self._count += len(bodies)

    def _message(self, number: int) -> tuple[_Messages, int]:
        """Return with which others a message was added, and which of them it is."""
        messages = self._messages[bisect_right(self._messages, number, key=lambda one: one.first) - 1]
        return messages, number - messages.first

    def _at_a_glance(self, messages: _Messages) -> list[int]:
        """Take the fixes of well-formed messages, and return the numbers of the others among them."""
        found = members_of(messages.bodies, messages.profile, may_be_arrays=messages.may_be_arrays)
        glanced = glance_all(found.members, messages.profile, self._ahead)
        columns, tag_ids, element, uploaded_at = glanced.columns, glanced.tag_ids, found.element, glanced.uploaded_at
        columns.line[:] = found.message
        careful = found.careful
        if not glanced.good.all():
            doubtful = np.unique(found.message[~glanced.good])
            careful = careful + doubtful.tolist()
            rows = np.flatnonzero(~np.isin(found.message, doubtful))
            columns, element, uploaded_at = rows_of(columns, rows), element[rows], uploaded_at[rows]
            tag_ids = [tag_ids[row] for row in rows.tolist()]
        columns.line[:] += messages.first
        self._pieces.append(Piece(columns, tag_ids, element, uploaded_at))
        return careful

    def _read_carefully(self, messages: _Messages, numbers: list[int]) -> None:
        """Read some of these messages one by one."""
        fixes, owners, elements = list[Fix](), list[int](), list[int]()
        profile = messages.profile
        for number in numbers:
            body = messages.bodies[number]
            if messages.may_be_arrays and is_array(body):
                found = decode(body, profile, self.checked_at, messages.place(number))
                fixes += found.fixes
                owners += repeat(messages.first + number, len(found.fixes))
                elements += found.indices or []
                self._quarantine.extend(Quarantined(profile, one) for one in found.rejections)
                continue
            read = decode_object(body, profile, self._ahead)
            if isinstance(read, Fix):
                fixes.append(read)
                owners.append(messages.first + number)
                elements.append(-1)
            else:
                self.reject(Rejection(messages.place(number), body, read.faults, read.tag_id), profile)
        if fixes:
            self._pieces.append(piece_of(fixes, owners, elements))
