"""The fixes of many stretches at once: one row from the database for each stretch, not for each fix.

The desk reads so a fifth as long as fix by fix (`tracks`), which it does of thousands of tracks at a time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from alerts.particulars import Connection
from alerts.tracks import Stretch, moment_or_none
from geofence.ids import TagId
from geofence.instants import YEAR_2000, moment
from geofence.tracks import TextArray, Tracks

# All fixes of each stretch, in one order in all columns. Each fix's numbers stand side by side as the database sends
# them: `_NUMBERS`.
READ_STRETCHES = """
SELECT wanted.place, found.numbers, found.position_ids, found.person_ids
FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS wanted (tag_id, start, until, place)
JOIN tag USING (tag_id)
CROSS JOIN LATERAL (
    SELECT string_agg(timestamptz_send(recorded_at) || int2send(mechanism) || float8send(longitude_deg)
                      || float8send(latitude_deg) || float8send(COALESCE(accuracy_m, 'NaN'))
                      || float8send(COALESCE(accuracy_confidence, 'NaN')) || boolsend(clock_suspect), '') AS numbers,
           array_agg(position_id) AS position_ids, array_agg(person_id) AS person_ids
    FROM fix
    WHERE fix.tag_no = tag.tag_no
      AND fix.recorded_at >= wanted.start AND fix.recorded_at < COALESCE(wanted.until, 'infinity')
) AS found
WHERE found.numbers IS NOT NULL"""

_NUMBERS = np.dtype(
    [
        ("recorded_at", ">i8"),
        ("mechanism", ">i2"),
        ("longitude_deg", ">f8"),
        ("latitude_deg", ">f8"),
        ("accuracy_m", ">f8"),
        ("accuracy_confidence", ">f8"),
        ("clock_suspect", "?"),
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Fixes:
    """The fixes of one stretch as the database sends them: numbers of all, and their texts, in one order."""

    tag_id: TagId
    numbers: bytes
    position_ids: Sequence[str | None]
    person_ids: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.position_ids)


async def read_stretches(connection: Connection, stretches: Sequence[Stretch]) -> list[Fixes]:
    """Read the fixes of each stretch, in no particular order."""
    rows = await connection.fetch(
        READ_STRETCHES,
        [stretch.tag_id for stretch in stretches],
        [moment(stretch.start) for stretch in stretches],
        [moment_or_none(stretch.until) for stretch in stretches],
    )
    found = {place - 1: values for place, *values in rows}
    return [Fixes(one.tag_id, *found.get(place, (b"", (), ()))) for place, one in enumerate(stretches)]


def tracks_of(stretches: Sequence[Fixes]) -> Tracks:
    """Return the fixes of stretches as `judge` wants them, stretch after stretch; those of one tag must not overlap."""
    number = {tag_id: place for place, tag_id in enumerate(dict.fromkeys(one.tag_id for one in stretches))}
    numbers = np.frombuffer(b"".join(one.numbers for one in stretches), _NUMBERS)
    return Tracks(
        tag_ids=tuple(number),
        tag=np.repeat([number[one.tag_id] for one in stretches], [len(one) for one in stretches]).astype(np.int64),
        recorded_at=numbers["recorded_at"].astype(np.int64) + YEAR_2000,
        position_id=_texts(one.position_ids for one in stretches),
        person_id=_texts(one.person_ids for one in stretches),
        mechanism=numbers["mechanism"].astype(np.uint8),
        longitude_deg=numbers["longitude_deg"].astype(np.float64),
        latitude_deg=numbers["latitude_deg"].astype(np.float64),
        accuracy_m=numbers["accuracy_m"].astype(np.float64),
        accuracy_confidence=numbers["accuracy_confidence"].astype(np.float64),
        clock_suspect=numbers["clock_suspect"].astype(np.bool_),
    )


def _texts(columns: Iterable[Sequence[str | None]]) -> TextArray:
    return np.array(list(chain.from_iterable(columns)), dtype=np.object_)
