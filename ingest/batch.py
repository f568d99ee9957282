"""Messages on their way to the ledger: decoded, with their places and bytes at hand for what must go to quarantine."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from geofence.instants import Instant
from ingest.decode import Decoded, Faulty, decode, decode_object, element, is_array
from ingest.events import ReportedEvent, decode_events, read_event
from ingest.fix import Fix, Origin, Profile, Rejection
from ingest.reading import Ahead, ahead_of

# What the quarantine says of a message that was meant as a tag event.
EVENT_PROFILE = "event"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A rejection, and as what its bytes were read."""

    profile: str
    rejection: Rejection


# Where a message stood, from the outside in; it becomes text only for what goes to quarantine.
Place: TypeAlias = tuple[object, ...]
# Where some of a batch's fixes came from: place, bytes, profile, and of elements of an array the index of each.
_Message: TypeAlias = tuple[Place, bytes, Profile, Sequence[int] | None]


def place_text(place: Place) -> str:
    """Return a place as the quarantine has it.

    >>> place_text(("tag-fixes/0", 7, 2))
    'tag-fixes/0/7/2'
    """
    return "/".join(map(str, place))


class Batch:
    """What arrived together, from one origin, and is appended in one transaction.

    checked_at: what no fix may be far ahead of; None for files.
    """

    def __init__(self, origin: Origin, checked_at: Instant | None) -> None:
        self.origin = origin
        self.fixes: list[Fix] = []
        self.events: list[ReportedEvent] = []
        self.quarantine: list[Quarantined] = []
        self._checked_at = checked_at
        self._ahead: Ahead = ahead_of(checked_at)
        self._messages: list[_Message] = []
        self._first_rows: list[int] = []
        self._event_sources: list[tuple[str, bytes]] = []

    def add_message(self, body: bytes, profile: Profile, place: Place) -> None:
        """Decode a message of fixes: an object or an array."""
        if is_array(body):
            self._add_decoded(decode(body, profile, self._checked_at, place_text(place)), body, profile, place)
        else:
            self.add_object(body, profile, place)

    def add_object(self, body: bytes, profile: Profile, place: Place) -> None:
        """Decode a message that must be one object."""
        read = decode_object(body, profile, self._ahead)
        if isinstance(read, Fix):
            self._first_rows.append(len(self.fixes))
            self._messages.append((place, body, profile, None))
            self.fixes.append(read)
        else:
            self.reject(Rejection(place_text(place), body, read.faults, read.tag_id), profile)

    def reject(self, rejection: Rejection, profile: str) -> None:
        """Add what can't be read, or can't be stored."""
        self.quarantine.append(Quarantined(profile, rejection))

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
        self.quarantine.extend(Quarantined(EVENT_PROFILE, one) for one in decoded.rejections)

    def rejected(self, row: int, faults: tuple[str, ...]) -> Quarantined:
        """Return the contradiction that fix `row` turned out to be, with its bytes as they came."""
        number = bisect_right(self._first_rows, row) - 1
        place, body, profile, indices = self._messages[number]
        if indices is not None:
            index = indices[row - self._first_rows[number]]
            place, body = (*place, index), element(body, index)
        rejection = Rejection(place_text(place), body, faults, self.fixes[row].tag_id, contradiction=True)
        return Quarantined(profile, rejection)

    def rejected_event(self, row: int, faults: tuple[str, ...]) -> Quarantined:
        """Return the contradiction that event `row` turned out to be, with its bytes as they came."""
        place, body = self._event_sources[row]
        tag_id = self.events[row].event.tag_id
        return Quarantined(EVENT_PROFILE, Rejection(place, body, faults, tag_id, contradiction=True))

    def profile_of(self, row: int) -> Profile:
        """Return how the members of fix `row` were named."""
        return self._messages[bisect_right(self._first_rows, row) - 1][2]

    def _add_decoded(self, decoded: Decoded, body: bytes, profile: Profile, place: Place) -> None:
        if decoded.fixes:
            self._first_rows.append(len(self.fixes))
            self._messages.append((place, body, profile, decoded.indices))
            self.fixes.extend(decoded.fixes)
        self.quarantine.extend(Quarantined(profile, one) for one in decoded.rejections)
