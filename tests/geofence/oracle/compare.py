"""Two judgements side by side, with the tolerances of two honest computations."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from geofence.judgement import Coverage, Incident, JudgedFix, Judgement
from tests.geofence.oracle.margins import DEPTH_TOLERANCE_M, INSTANT_TOLERANCE_US, p_tolerance
from tests.geofence.oracle.shape import NEAR_M


def differences(oracle: Judgement, other: Judgement, planes_part_m: float) -> list[str]:
    """Return what differs, a line each; nothing if both say the same."""
    found = plain("", oracle, other, ("rules_version", "start", "until", "unassigned", "judged", "not_judged"))
    found += ["incidents are not in order"] * (list(other.incidents) != sorted(other.incidents, key=incident_order))
    mine = {incident_key(i): i for i in oracle.incidents}
    theirs = {incident_key(i): i for i in other.incidents}
    found += keys_differ("incident", mine, theirs) + repeated("incident", len(other.incidents), len(theirs))
    for key in mine.keys() & theirs.keys():
        found += incident_differences(f"incident {key}", mine[key], theirs[key], planes_part_m)
    rows = {(c.wearer_id, c.prohibition_id): c for c in oracle.coverage}
    their_rows = {(c.wearer_id, c.prohibition_id): c for c in other.coverage}
    found += keys_differ("coverage", rows, their_rows) + repeated("coverage", len(other.coverage), len(their_rows))
    found += ["coverage is not in order"] * (list(their_rows) != sorted(their_rows))
    for row in rows.keys() & their_rows.keys():
        found += coverage_differences(f"coverage {row}", rows[row], their_rows[row])
    return found + not_raised_differences(oracle, other, planes_part_m)


def incident_order(incident: Incident) -> tuple[int, str, str]:
    """sorted by (`began_at`, `zone_id`, `incident_id`)."""
    return incident.began_at, incident.zone_id, incident.incident_id


def incident_key(incident: Incident) -> tuple[str, ...]:
    return incident.zone_id, incident.tag_id, incident.incident_id


def keys_differ(what: str, mine: Mapping[Any, object], theirs: Mapping[Any, object]) -> list[str]:
    """Name what only one side has."""
    missing = [f"{what} {key} is missing: {mine[key]}" for key in mine.keys() - theirs.keys()]
    return missing + [f"{what} {key} should not be: {theirs[key]}" for key in theirs.keys() - mine.keys()]


def repeated(what: str, rows: int, keys: int) -> list[str]:
    return [] if rows == keys else [f"{rows - keys} of {what} are there twice"]


def plain(where: str, mine: object, theirs: object, names: tuple[str, ...]) -> list[str]:
    """Compare members that must be equal."""
    pairs = [(n, getattr(mine, n), getattr(theirs, n)) for n in names]
    return [f"{where} {n}: oracle {a!r}, judge {b!r}" for n, a, b in pairs if a != b]


def depth_tolerance(depth_m: float) -> float:
    """R3: near the edge a centimetre, 10 cm up to 300 km away, a part in a million beyond; each side may use it up."""
    return DEPTH_TOLERANCE_M if abs(depth_m) < NEAR_M else 0.22 + 2e-6 * abs(depth_m)


def close(where: str, mine: float | None, theirs: float | None, tolerance: float) -> list[str]:
    """Compare two measured numbers."""
    if mine is None or theirs is None:
        return [] if mine is theirs else [f"{where}: oracle {mine}, judge {theirs}"]
    return [] if abs(mine - theirs) <= tolerance else [f"{where}: oracle {mine}, judge {theirs}"]


LEAST_R95_M = 1.0

EXACT = tuple(
    f.name
    for f in fields(Incident)
    if f.name not in ("began_at", "ended_at", "began_between", "ended_between", "deepest_m", "p_inside_max", "fixes")
)


def incident_differences(where: str, mine: Incident, theirs: Incident, planes_part_m: float) -> list[str]:
    """Compare two incidents with one id."""
    found = plain(where, mine, theirs, EXACT)
    found += plain(where, mine, theirs, ("began_between", "ended_between"))
    found += close(f"{where} began_at", mine.began_at, theirs.began_at, INSTANT_TOLERANCE_US)
    found += close(f"{where} ended_at", mine.ended_at, theirs.ended_at, INSTANT_TOLERANCE_US)
    found += close(f"{where} deepest_m", mine.deepest_m, theirs.deepest_m, depth_tolerance(mine.deepest_m))
    loosest = max(p_tolerance(f.r95_m, planes_part_m) for f in mine.fixes)
    found += close(f"{where} p_inside_max", mine.p_inside_max, theirs.p_inside_max, loosest)
    if len(mine.fixes) != len(theirs.fixes):
        return [*found, f"{where} fixes: oracle {mine.fixes}, judge {theirs.fixes}"]
    for one, other in zip(mine.fixes, theirs.fixes, strict=True):
        found += fix_differences(f"{where} fix {one.recorded_at}", one, other, planes_part_m)
    return found


def fix_differences(where: str, mine: JudgedFix, theirs: JudgedFix, planes_part_m: float) -> list[str]:
    """Compare one fix of an incident."""
    names = tuple(f.name for f in fields(JudgedFix) if f.name not in ("r95_m", "depth_m", "p_inside"))
    found = plain(where, mine, theirs, names) + close(f"{where} r95_m", mine.r95_m, theirs.r95_m, 0.0011)
    found += close(f"{where} depth_m", mine.depth_m, theirs.depth_m, depth_tolerance(mine.depth_m))
    return found + close(f"{where} p_inside", mine.p_inside, theirs.p_inside, p_tolerance(mine.r95_m, planes_part_m))


def coverage_differences(where: str, mine: Coverage, theirs: Coverage) -> list[str]:
    """Compare two rows of coverage."""
    found = plain(where, mine, theirs, ("in_force_us", "monitored_us", "suspended_us", "unmonitored"))
    if mine.nearest is None or theirs.nearest is None:
        return found + plain(where, mine, theirs, ("nearest",))
    found += plain(f"{where} nearest", mine.nearest, theirs.nearest, ("zone_id", "recorded_at"))
    depth = mine.nearest.depth_m
    return found + close(f"{where} nearest", depth, theirs.nearest.depth_m, depth_tolerance(depth))


def not_raised_differences(oracle: Judgement, other: Judgement, planes_part_m: float) -> list[str]:
    """Compare the fixes that raised nothing, in order."""
    if len(oracle.not_raised) != len(other.not_raised):
        only = set(oracle.not_raised) ^ set(other.not_raised)
        return [f"not_raised: oracle has {len(oracle.not_raised)}, judge {len(other.not_raised)}; differing: {only}"]
    found = []
    names = ("wearer_id", "zone_id", "tag_id", "recorded_at", "position_id", "reason")
    for mine, theirs in zip(oracle.not_raised, other.not_raised, strict=True):
        where = f"not_raised {mine.zone_id} {mine.recorded_at}"
        found += plain(where, mine, theirs, names)
        found += close(f"{where} depth_m", mine.depth_m, theirs.depth_m, depth_tolerance(mine.depth_m))
        found += close(f"{where} p_inside", mine.p_inside, theirs.p_inside, p_tolerance(LEAST_R95_M, planes_part_m))
    return found
