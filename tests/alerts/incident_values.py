"""Incidents made for tests: as few words as the test needs, the rest filled in as `judge` would."""

import hashlib
from collections.abc import Sequence
from typing import Any

from geofence.ids import IncidentId, OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import MINUTE_US, Instant
from geofence.judgement import Incident, JudgedFix

MIDNIGHT = Instant(1_795_132_800_000_000)  # 2026-11-20T00:00:00Z


def minute(count: float) -> Instant:
    """Return the instant so many minutes after midnight."""
    return Instant(MIDNIGHT + round(count * MINUTE_US))


def fix(at: Instant, tag_id: str = "T-1", **members: Any) -> JudgedFix:
    values: dict[str, Any] = {
        "tag_id": TagId(tag_id),
        "position_id": str(at),
        "recorded_at": at,
        "mechanism": "gps",
        "r95_m": 8.0,
        "accuracy_assumed": False,
        "depth_m": 40.0,
        "p_inside": 1.0,
        "verdict": "INSIDE",
        "zone_version": 1,
        "implausible": False,
    }
    return JudgedFix(**(values | members))


def presence(minutes: Sequence[float], zone_id: str = "Z-1", tag_id: str = "T-1", **members: Any) -> Incident:
    """Return a closed presence with a fix inside at each of these minutes, named as R8 names it."""
    fixes = tuple(fix(minute(count), tag_id) for count in minutes)
    first, last = fixes[0].recorded_at, fixes[-1].recorded_at
    name = hashlib.sha256(f"{zone_id}|{MIDNIGHT}|{tag_id}|{first}".encode()).hexdigest()[:16]
    values: dict[str, Any] = {
        "incident_id": IncidentId(name),
        "wearer_id": WearerId("W-1"),
        "tag_id": TagId(tag_id),
        "order_id": OrderId("O-1"),
        "prohibition_id": ProhibitionId("P-1"),
        "zone_id": ZoneId(zone_id),
        "kind": "presence",
        "grade": "confirmed" if len(fixes) > 1 else "probable",
        "state": "closed",
        "began_at": first,
        "began_between": (Instant(first - MINUTE_US), first),
        "ended_at": last,
        "ended_between": (last, Instant(last + MINUTE_US)),
        "already_inside": False,
        "suspended": False,
        "before_aware": False,
        "visits": 1,
        "deepest_m": 40.0,
        "p_inside_max": 1.0,
        "fixes": fixes,
    }
    return Incident(**(values | members))
