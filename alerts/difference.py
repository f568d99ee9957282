"""In what do two states of one incident differ? Clauses that an officer or a court can read; no name, no coordinate."""

from geofence.instants import Instant
from geofence.judgement import Incident, JudgedFix

NAMED = ("state", "grade", "kind", "visits", "wearer_id", "order_id", "prohibition_id")
BRACKETS = (("began_between", "bracket of the beginning"), ("ended_between", "bracket of the end"))
FLAGS = (("already_inside", "already inside"), ("suspended", "suspended"), ("before_aware", "before awareness"))
MEASURES = (("deepest_m", "deepest point"), ("p_inside_max", "greatest probability"))


def difference(before: Incident, after: Incident) -> str:
    """Say in short clauses what differs between two states of one incident, whatever each is called; empty if nothing.

    Every member but the identity has its clause, so that two states without a difference are equal.
    """
    clauses = [
        f"{name.removesuffix('_id')} {getattr(before, name)} became {getattr(after, name)}"
        for name in NAMED
        if getattr(before, name) != getattr(after, name)
    ]
    clauses += _moved("beginning", before.began_at, after.began_at)
    clauses += _moved("end", before.ended_at, after.ended_at)
    clauses += _changed(BRACKETS, before, after)
    clauses += _fixes_differ(before.fixes, after.fixes)
    clauses += [
        f"{'now' if getattr(after, name) else 'no longer'} {said}"
        for name, said in FLAGS
        if getattr(before, name) != getattr(after, name)
    ]
    clauses += _changed(MEASURES, before, after)
    return "; ".join(clauses)


def identity(fix: JudgedFix) -> tuple[Instant, str | None, str]:
    """Return what tells a fix from the others of its track."""
    return fix.recorded_at, fix.position_id, fix.mechanism


def _changed(members: tuple[tuple[str, str], ...], before: Incident, after: Incident) -> list[str]:
    return [f"{said} changed" for name, said in members if getattr(before, name) != getattr(after, name)]


def _moved(said: str, earlier: Instant | None, later: Instant | None) -> list[str]:
    if earlier == later:
        return []
    if earlier is None:
        return [f"{said} known"]
    if later is None:
        return [f"{said} no longer known"]
    return [f"{said} {'earlier' if later < earlier else 'later'}"]


def _fixes_differ(before: tuple[JudgedFix, ...], after: tuple[JudgedFix, ...]) -> list[str]:
    old = {identity(fix): fix for fix in before}
    new = {identity(fix): fix for fix in after}
    counts = (
        (len(new.keys() - old.keys()), "more"),
        (len(old.keys() - new.keys()), "fewer"),
        (sum(old[which] != new[which] for which in old.keys() & new.keys()), "judged otherwise"),
    )
    return [f"{count} {'fix' if count == 1 else 'fixes'} {said}" for count, said in counts if count]
