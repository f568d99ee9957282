"""One fix as one line of JSON: in our own profile, or named as in position feeds in England and Wales (mdss)."""

import math
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, assert_never

import msgspec
import numpy as np

from service.simulation.act import Act
from service.simulation.faults import Fault, MemberNames, Members, Sent, contradicted, malformed
from service.simulation.recorded import MECHANISM_NAMES, Recorded

Profile = Literal["cordon", "mdss"]

# In real feeds HDOP hardly moves; nothing is to be learnt from it.
HDOP = 1.0
CONFIDENCE = 0.95
NUMBERS_FOR_EACH_WEARER = 10_000
_SPOILT_NUMBERS = 5_000

NEWEST_FIRST = 7


class Line(NamedTuple):
    """A message and its place in the file: sorted by when it was sent, by wearer, and by its place in the batch."""

    uploaded_s: int
    number: int
    place: int
    body: bytes


_NATIVE = MemberNames("recorded_at", "latitude", "longitude")
_MDSS = MemberNames("position_gps_date", "position_latitude", "position_longitude")


def lines(act: Act, fixes: Recorded, messages: Sent, profile: Profile) -> Iterator[Line]:
    """Yield each message as a line, in no particular order. One batch in ten was sent newest first."""
    members, names = _member_writer(act, profile)
    rows = list(
        zip(
            fixes.mechanism.tolist(),
            _texts(act, fixes.at_s),
            fixes.longitude_deg.tolist(),
            fixes.latitude_deg.tolist(),
            fixes.accuracy_m.tolist(),
            fixes.speed_kmh.tolist(),
            fixes.heading_deg.tolist(),
            fixes.satellites.tolist(),
            strict=True,
        )
    )
    uploaded = _texts(act, messages.uploaded_s)
    encode = msgspec.json.Encoder().encode
    first = act.number * NUMBERS_FOR_EACH_WEARER
    for row, at, text, fault in zip(
        messages.row.tolist(), messages.uploaded_s.tolist(), uploaded, messages.fault.tolist(), strict=True
    ):
        match fault:
            case Fault.CONTRADICTION:
                body = encode(contradicted(members(first + row, rows[row], text), names))
            case Fault.MALFORMED:
                body = malformed(members(first + _SPOILT_NUMBERS + row, rows[row], text), names, row)
            case _:
                body = encode(members(first + row, rows[row], text))
        yield Line(int(at), act.number, -row if at % 10 == NEWEST_FIRST else row, body)


Row = tuple[int, str, float, float, float, float, float, float]


def _member_writer(act: Act, profile: Profile) -> tuple[Callable[[int, Row, str], Members], MemberNames]:
    match profile:
        case "cordon":
            return lambda number, row, uploaded: _native(act.tag_id, number, row, uploaded), _NATIVE
        case "mdss":
            person = act.wearer["provider_person_id"]
            return lambda number, row, uploaded: _mdss(act.tag_id, person, number, row, uploaded), _MDSS
        case never:
            assert_never(never)


def _native(tag_id: str, number: int, row: Row, uploaded: str) -> Members:
    mechanism, at, longitude, latitude, accuracy, speed, heading, satellites = row
    members: Members = {
        "position_id": str(number),
        "tag_id": tag_id,
        "recorded_at": at,
        "uploaded_at": uploaded,
        "latitude": latitude,
        "longitude": longitude,
        "accuracy_m": accuracy,
        "accuracy_confidence": CONFIDENCE,
        "mechanism": MECHANISM_NAMES[mechanism],
    }
    if not math.isnan(satellites):
        members |= {"satellites": int(satellites), "hdop": HDOP, "speed_kmh": speed, "heading_deg": int(heading)}
    return members


def _mdss(tag_id: str, person_id: str, number: int, row: Row, uploaded: str) -> Members:
    mechanism, at, longitude, latitude, accuracy, speed, heading, satellites = row
    heard = not math.isnan(satellites)
    return {
        "position_id": number,
        "device_id": tag_id,
        "person_id": person_id,
        "position_gps_date": at[:-1].replace("T", " "),
        "position_recorded_date": at[:-1].replace("T", " "),
        "position_uploaded_date": uploaded[:-1].replace("T", " "),
        "position_latitude": latitude,
        "position_longitude": longitude,
        "position_precision": accuracy,
        "position_speed": speed if heard else None,
        "position_direction": int(heading) if heard else None,
        "position_satellite": int(satellites) if heard else None,
        "position_hdop": HDOP if heard else None,
        "position_lbs": mechanism,
    }


def _texts(act: Act, seconds: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[str]:
    """RFC 3339 of whole seconds of the day, all at once."""
    start = np.datetime64(act.day.start.replace(tzinfo=None), "s")
    texts: list[str] = np.datetime_as_string(start + seconds.astype("timedelta64[s]"), unit="s").tolist()
    return [f"{text}Z" for text in texts]
