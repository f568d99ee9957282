"""Does the draft hold when its order does: not outside it, and without a gap in which no version is valid?"""

from collections.abc import Iterable, Sequence

from geofence.instants import FOREVER, Instant, Interval, printed
from geofence.schedule import unite
from service.register.design.answer import Found
from service.register.design.draft import DraftDesign

MOST_TOLD = 20


def check_periods(draft: DraftDesign, now: Instant, found: Found) -> None:
    """Warn of a draft that reaches outside what it belongs to, and of time in force to come without a version."""
    outside = [fact for whose, period in _belongs_to(draft) for fact in _outside(draft, whose, period)]
    if draft.order.monitoring is None:
        outside.append("its order has no monitoring requirement, so that it is never in force here")
    if outside:
        found.warn("period", "; ".join(outside), "correct the period of the version, or give the reason")
    gaps = _gaps(draft, now)
    if gaps:
        more = len(gaps) - MOST_TOLD
        told = " and ".join(map(_told, gaps[:MOST_TOLD])) + (f" and {more} more times" if more > 0 else "")
        found.warn(
            "gap",
            f"order and prohibition hold, but no version of the zone is valid {told}",
            "extend the version, draw one that follows or comes before, or give the reason",
        )


def _belongs_to(draft: DraftDesign) -> list[tuple[str, Interval]]:
    periods = [("order", draft.order.during), ("prohibition", draft.prohibition.during)]
    if draft.order.monitoring is not None:
        periods.append(("monitoring requirement", draft.order.monitoring))
    return periods


def _outside(draft: DraftDesign, whose: str, period: Interval) -> list[str]:
    """Return how the draft reaches outside a period. No end means: as long as what it belongs to."""
    start, end = draft.drawn.valid_from, draft.drawn.valid_until
    if start >= period.end:
        return [f"it begins at {printed(start)}, when its {whose} has ended, at {printed(period.end)}"]
    facts = []
    if start < period.start:
        facts.append(f"it begins at {printed(start)}, before its {whose} does, at {printed(period.start)}")
    if period.end < end < FOREVER:
        facts.append(f"it ends at {printed(end)}, after its {whose} does, at {printed(period.end)}")
    return facts


def _gaps(draft: DraftDesign, now: Instant) -> list[Interval]:
    """Return when, from now on, the zone is without a version although order, monitoring and prohibition hold.

    Time that is over is no matter of a drawing any more. Two versions are never valid at once: what was published
    before the draft is taken to end where the draft begins.
    """
    held = draft.order.monitoring and draft.order.monitoring.meet(draft.order.during)
    held = held and held.meet(draft.prohibition.during)
    held = held and held.meet(Interval(now, FOREVER))
    if held is None:
        return []
    own = Interval(draft.drawn.valid_from, draft.drawn.valid_until)
    published = [
        Interval(version.valid_from, version.valid_until)
        for zone in draft.prohibition.zones
        for version in zone.versions
        if zone.zone_id == draft.zone_id and version.version != draft.drawn.version
    ]
    return _without(held, [own, *(_before(version, own) for version in published)])


def _before(version: Interval, own: Interval) -> Interval:
    return Interval(version.start, min(version.end, own.start)) if version.start < own.start else version


def _without(whole: Interval, taken: Iterable[Interval]) -> list[Interval]:
    """Return what is left of an interval."""
    left: list[Interval] = []
    start = whole.start
    covered: Sequence[Interval] = unite([part for one in taken if (part := one.meet(whole))])
    for part in covered:
        if start < part.start:
            left.append(Interval(start, part.start))
        start = part.end
    if start < whole.end:
        left.append(Interval(start, whole.end))
    return left


def _told(gap: Interval) -> str:
    until = "on" if gap.end >= FOREVER else f"until {printed(gap.end)}"
    return f"from {printed(gap.start)} {until}"
