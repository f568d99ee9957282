"""Well-formed objects become columns, many at once; what is not well formed is left for the careful reader.

It says of each object what `reading.glance` says of one: tests/ingest/test_at_a_glance.py has the property.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from geofence.instants import YEAR_2000, Instant
from geofence.tracks import BoolArray, FloatArray, InstantArray, Mechanism
from ingest.columns import FixColumns
from ingest.fix import Profile
from ingest.profiles import (
    MDSS_CONFIDENCE,
    MECHANISM_NAMED,
    MECHANISM_OF_LBS,
    CordonMembers,
    MdssMembers,
    ProfileMembers,
)
from ingest.reading import Ahead
from ingest.times import NoTime, read_short_instant

# No instant: what was uploaded at no known time, and what no text of time names.
NO_INSTANT = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, eq=False)
class Glanced:
    """Objects as columns, in order; of those where `good` is False nothing else is to be believed.

    columns: `line` and `tag` are 0, to be filled in. tag_ids: of each. uploaded_at: NO_INSTANT where not reported.
    """

    columns: FixColumns
    tag_ids: list[str]
    uploaded_at: InstantArray
    good: BoolArray


def glance_all(members: Sequence[ProfileMembers], profile: Profile, ahead: Ahead) -> Glanced:
    """Return decoded objects as columns. All of `members` are of one profile."""
    loose = profile == "mdss"
    recorded_at = _instants([one.recorded_at for one in members], loose)
    uploaded = [one.uploaded_at for one in members]
    some = [text is not None for text in uploaded]
    uploaded_at = np.full(len(members), NO_INSTANT, dtype=np.int64)
    uploaded_at[some] = told = _instants([text for text in uploaded if text is not None], loose)
    longitude = np.array([one.longitude for one in members], dtype=np.float64)
    latitude = np.array([one.latitude for one in members], dtype=np.float64)
    good = (recorded_at >= YEAR_2000) & (recorded_at <= ahead.refused_after) & ~((latitude == 0) & (longitude == 0))
    if (told == NO_INSTANT).any():
        good[np.flatnonzero(some)[told == NO_INSTANT]] = False
    columns = FixColumns(
        line=np.zeros(len(members), dtype=np.int64),
        tag=np.zeros(len(members), dtype=np.int32),
        recorded_at=recorded_at,
        longitude_deg=longitude,
        latitude_deg=latitude,
        accuracy_m=_floats([one.accuracy_m for one in members]),
        accuracy_confidence=_confidence(members),
        hdop=_floats([one.hdop for one in members]),
        speed_kmh=_floats([one.speed_kmh for one in members]),
        heading_deg=_floats([one.heading_deg for one in members]),
        satellites=_floats([one.satellites for one in members]),
        mechanism=_mechanisms(members),
        clock_suspect=recorded_at > ahead.suspect_after,
        position_id=_texts([one.position_id for one in members]),
        person_id=_texts([one.person_id for one in cast("Sequence[MdssMembers]", members)])
        if loose
        else np.full(len(members), None, dtype=object),
    )
    tag_ids = [tag if type(tag) is str else str(tag) for tag in (one.tag_id for one in members)]
    return Glanced(columns, tag_ids, uploaded_at, good)


def _instants(texts: list[str], loose: bool) -> InstantArray:
    try:
        return np.array([read_short_instant(text, loose) for text in texts], dtype=np.int64)
    except NoTime:
        return np.array([_instant(text, loose) for text in texts], dtype=np.int64)


def _instant(text: str, loose: bool) -> Instant:
    try:
        return read_short_instant(text, loose)
    except NoTime:
        return Instant(NO_INSTANT)


def _floats(values: Sequence[float | None]) -> FloatArray:
    # NumPy reads None as NaN.
    return np.array(values, dtype=np.float64)


def _texts(values: list[str | int | None]) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    texts = [value if value is None or type(value) is str else str(value) for value in values]
    return np.array(texts, dtype=object)


def _confidence(members: Sequence[ProfileMembers]) -> FloatArray:
    if members and isinstance(members[0], MdssMembers):
        return np.full(len(members), MDSS_CONFIDENCE)
    return _floats([one.accuracy_confidence for one in cast("Sequence[CordonMembers]", members)])


def _mechanisms(members: Sequence[ProfileMembers]) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    return np.array([_CODE.get(one.mechanism, _UNKNOWN) for one in members], dtype=np.uint8)


# What a mechanism is called, a word in one profile and a number in the other. As plain numbers, which
# NumPy reads faster than members of an enumeration.
_UNKNOWN = int(Mechanism.UNKNOWN)
_CODE: dict[str | int | None, int] = {name: int(code) for name, code in MECHANISM_NAMED.items()}
_CODE |= {name: int(code) for name, code in MECHANISM_OF_LBS.items()}
