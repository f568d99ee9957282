"""Is this a fix? A well-formed object is taken at a glance; any other is read again member by member.

`glance` and `read_members` agree on everything that `glance` answers: tests/ingest/test_decode.py has the property.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple, assert_never

from geofence.ids import TagId
from geofence.instants import FOREVER, MINUTE_US, YEAR_2000, Instant, printed
from geofence.tracks import Mechanism
from ingest.fix import Fix, Profile
from ingest.members import Members, storable
from ingest.profiles import (
    MDSS_CONFIDENCE,
    MECHANISM_NAMED,
    MECHANISM_OF_LBS,
    CordonMembers,
    ProfileMembers,
    member_names,
)
from ingest.times import NoTime, read_short_instant

_NAN = math.nan


class Ahead(NamedTuple):
    """How far the tag's clock may be ahead of ours, as instants: later than these is refused, or suspect."""

    refused_after: Instant
    suspect_after: Instant


def ahead_of(received_at: Instant | None) -> Ahead:
    """Return the limits for what was received at an instant; for files, which were not, there are none."""
    if received_at is None:
        return Ahead(FOREVER, FOREVER)
    return Ahead(Instant(received_at + 24 * 60 * MINUTE_US), Instant(received_at + 5 * MINUTE_US))


def glance(members: ProfileMembers, ahead: Ahead) -> Fix | None:
    """Return the fix, or None if the object needs `read_members`."""
    if isinstance(members, CordonMembers):
        loose, person_id = False, None
        mechanism = MECHANISM_NAMED.get(members.mechanism, Mechanism.UNKNOWN)
        confidence = members.accuracy_confidence
    else:
        loose, person_id = True, members.person_id
        mechanism = MECHANISM_OF_LBS.get(members.mechanism, Mechanism.UNKNOWN)
        confidence = MDSS_CONFIDENCE
    try:
        recorded_at = read_short_instant(members.recorded_at, loose)
        uploaded_at = None if members.uploaded_at is None else read_short_instant(members.uploaded_at, loose)
    except NoTime:
        return None
    if not YEAR_2000 <= recorded_at <= ahead.refused_after or (members.latitude == 0 and members.longitude == 0):
        return None
    tag_id, position_id = members.tag_id, members.position_id
    return Fix(
        TagId(str(tag_id)),
        recorded_at,
        members.latitude,
        members.longitude,
        str(position_id) if isinstance(position_id, int) else position_id,
        uploaded_at,
        _NAN if members.accuracy_m is None else members.accuracy_m,
        _NAN if confidence is None else confidence,
        mechanism,
        members.satellites,
        members.hdop,
        members.speed_kmh,
        members.heading_deg,
        str(person_id) if isinstance(person_id, int) else person_id,
        recorded_at > ahead.suspect_after,
    )


def read_members(raw: Mapping[str, object], profile: Profile, ahead: Ahead) -> Fix | tuple[str, ...]:
    """Return the fix that an object describes, or every fault of it."""
    names, members = member_names(profile), Members(raw)
    loose = numbers = profile == "mdss"
    tag_id = members.identifier(names["tag_id"], required=True, number=numbers)
    recorded_at = members.instant(names["recorded_at"], required=True, loose=loose)
    latitude = members.finite(names["latitude"], -90, 90)
    longitude = members.finite(names["longitude"], -180, 180)
    accuracy_m, confidence = _accuracy(members, profile)
    fix = Fix(
        tag_id=TagId(tag_id or ""),
        recorded_at=recorded_at or Instant(0),
        latitude_deg=latitude,
        longitude_deg=longitude,
        position_id=members.identifier(names["position_id"], number=True),
        uploaded_at=members.instant(names["uploaded_at"], loose=loose),
        accuracy_m=accuracy_m,
        accuracy_confidence=confidence,
        mechanism=_mechanism(members, profile),
        satellites=members.whole(names["satellites"]),
        hdop=members.number(names["hdop"]),
        speed_kmh=members.number(names["speed_kmh"]),
        heading_deg=members.number(names["heading_deg"]),
        person_id=members.identifier(names["person_id"], number=True) if "person_id" in names else None,
        clock_suspect=recorded_at is not None and recorded_at > ahead.suspect_after,
    )
    if recorded_at is not None and recorded_at < YEAR_2000:
        members.fault(names["recorded_at"], f"{printed(recorded_at)} is before 2000")
    if recorded_at is not None and recorded_at > ahead.refused_after:
        members.fault(names["recorded_at"], f"{printed(recorded_at)} is over 24 h after it was received")
    if latitude == 0 and longitude == 0:
        members.fault(f"{names['latitude']}, {names['longitude']}", "both are exactly 0")
    return tuple(members.faults) or fix


def tag_named(raw: Mapping[str, object], profile: Profile) -> TagId | None:
    """Return the tag that a faulty object names, if it can be read: so that its provider can find it."""
    return named_tag(raw.get(member_names(profile)["tag_id"]))


def named_tag(value: object) -> TagId | None:
    """Return a value as the id of a tag, None if it can't be one."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return TagId(str(value))
    if isinstance(value, str) and 0 < len(value) <= 200 and storable(value):
        return TagId(value)
    return None


def _accuracy(members: Members, profile: Profile) -> tuple[float, float]:
    """Return the claimed radius and its confidence; a confidence that is not finite makes the radius useless too."""
    names = member_names(profile)
    accuracy_m = members.claim(names["accuracy_m"])
    match profile:
        case "cordon":
            confidence = members.claim(names["accuracy_confidence"])
        case "mdss":
            confidence = MDSS_CONFIDENCE
        case _:
            assert_never(profile)
    if confidence is not None and math.isnan(confidence):
        return _NAN, _NAN
    return _NAN if accuracy_m is None else accuracy_m, _NAN if confidence is None else confidence


def _mechanism(members: Members, profile: Profile) -> Mechanism:
    name = member_names(profile)["mechanism"]
    match profile:
        case "cordon":
            return MECHANISM_NAMED.get(members.text(name), Mechanism.UNKNOWN)
        case "mdss":
            return MECHANISM_OF_LBS.get(members.whole(name), Mechanism.UNKNOWN)
        case _:
            assert_never(profile)
