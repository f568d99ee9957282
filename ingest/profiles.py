"""Which members does a message have, and what do they mean? One Struct a profile, its fields named as in `Fix`."""

from functools import lru_cache
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from geofence.tracks import Mechanism
from ingest.fix import Profile
from ingest.members import LARGEST_WHOLE, LONGEST_ID
from ingest.times import LONGEST_CACHED

# What a Kafka record or a request names as its content type.
PROFILE_OF_CONTENT_TYPE: dict[str, Profile] = {
    "application/vnd.cordon.fix+json": "cordon",
    "application/vnd.mdss.position+json": "mdss",
}
CONTENT_TYPE_OF_PROFILE: dict[Profile, str] = {profile: name for name, profile in PROFILE_OF_CONTENT_TYPE.items()}

# `position_precision` is the radius that holds the true position in 95 of 100 cases.
MDSS_CONFIDENCE = 0.95

MECHANISM_NAMED: dict[str | None, Mechanism] = {
    "gps": Mechanism.GPS,
    "wifi": Mechanism.WIFI,
    "rf": Mechanism.RF,
    "cell": Mechanism.CELL,
}
MECHANISM_OF_LBS: dict[int | None, Mechanism] = {
    1: Mechanism.GPS,
    4: Mechanism.RF,
    5: Mechanism.CELL,
    6: Mechanism.WIFI,
}

_Id = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]
_NumberId = Annotated[int, Meta(gt=-(10**18), lt=10**18)]
_Time = Annotated[str, Meta(max_length=LONGEST_CACHED)]
_Latitude = Annotated[float, Meta(ge=-90, le=90)]
_Longitude = Annotated[float, Meta(ge=-180, le=180)]
_Whole = Annotated[int, Meta(ge=-LARGEST_WHOLE, le=LARGEST_WHOLE)]


class CordonMembers(msgspec.Struct, gc=False):
    """Cordon's own members."""

    tag_id: _Id
    recorded_at: _Time
    latitude: _Latitude
    longitude: _Longitude
    position_id: _Id | _NumberId | None = None
    uploaded_at: _Time | None = None
    accuracy_m: float | None = None
    accuracy_confidence: float | None = None
    mechanism: str | None = None
    satellites: _Whole | None = None
    hdop: float | None = None
    speed_kmh: float | None = None
    heading_deg: float | None = None


class MdssMembers(
    msgspec.Struct,
    gc=False,
    rename={
        "tag_id": "device_id",
        "recorded_at": "position_gps_date",
        "latitude": "position_latitude",
        "longitude": "position_longitude",
        "uploaded_at": "position_uploaded_date",
        "accuracy_m": "position_precision",
        "mechanism": "position_lbs",
        "satellites": "position_satellite",
        "hdop": "position_hdop",
        "speed_kmh": "position_speed",
        "heading_deg": "position_direction",
    },
):
    """The columns of position feeds in England and Wales; ids may be numbers. `position_geometry` is never parsed."""

    tag_id: _Id | _NumberId
    recorded_at: _Time
    latitude: _Latitude
    longitude: _Longitude
    position_id: _Id | _NumberId | None = None
    person_id: _Id | _NumberId | None = None
    uploaded_at: _Time | None = None
    accuracy_m: float | None = None
    mechanism: _Whole | None = None
    satellites: _Whole | None = None
    hdop: float | None = None
    speed_kmh: float | None = None
    heading_deg: float | None = None


ProfileMembers: TypeAlias = CordonMembers | MdssMembers


@lru_cache
def member_names(profile: Profile) -> dict[str, str]:
    """Return how a profile calls each of its fields.

    >>> member_names("mdss")["tag_id"]
    'device_id'
    """
    struct = CordonMembers if profile == "cordon" else MdssMembers
    return {field.name: field.encode_name for field in msgspec.structs.fields(struct)}


@lru_cache
def required_members(profile: Profile) -> tuple[str, ...]:
    """Return the members without which an object is no fix."""
    struct = CordonMembers if profile == "cordon" else MdssMembers
    return tuple(field.encode_name for field in msgspec.structs.fields(struct) if field.required)
