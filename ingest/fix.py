"""A message once it has been read: a fix, or a rejection with every fault. After that nothing is half-valid."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from geofence.ids import TagId
from geofence.instants import Instant
from geofence.tracks import Mechanism

Profile = Literal["cordon", "mdss"]
Origin = Literal["kafka", "https", "file"]


class Fix(msgspec.Struct, frozen=True, gc=False):
    """One reported position, unaltered. NaN in `accuracy_m`, `accuracy_confidence`: none claimed, or none usable."""

    tag_id: TagId
    recorded_at: Instant
    latitude_deg: float
    longitude_deg: float
    position_id: str | None = None
    uploaded_at: Instant | None = None
    accuracy_m: float = float("nan")
    accuracy_confidence: float = float("nan")
    mechanism: Mechanism = Mechanism.UNKNOWN
    satellites: int | None = None
    hdop: float | None = None
    speed_kmh: float | None = None
    heading_deg: float | None = None
    person_id: str | None = None
    clock_suspect: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """A message, or one element of an array, that is no fix: its bytes, where it stood, and every fault.

    place: `topic/partition/offset` and `/index` in an array for Kafka; the index for HTTPS; `line 17` for a file.
    """

    place: str
    body: bytes
    faults: tuple[str, ...]
    tag_id: TagId | None = None
    contradiction: bool = False
