"""Does every end come after its start, does nothing overlap that may not, does nothing reach outside its order?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from geofence.instants import FOREVER, Instant, Interval
from service.register.content import Content, FittingEntry, OrderEntry, ProhibitionEntry, ZoneEntry
from service.register.entry import UNREAD
from service.register.findings import Findings


def check_periods(content: Content, findings: Findings) -> None:
    """Report ends that are not after their starts, overlaps, and what reaches outside its order's period."""
    for fitting in content.fittings:
        _ordered("removed_at", fitting.fitted_at, fitting.removed_at, fitting.place, findings)
    _fittings_overlap(content.fittings, findings)
    for order in content.orders:
        _order(order, findings)
        for prohibition in order.prohibitions:
            _prohibition(prohibition, order, findings)


def _order(order: OrderEntry, findings: Findings) -> None:
    _ordered("ends.at", order.effective_from, order.ends.at, order.place, findings)
    if order.monitoring is not None:
        start, until = order.monitoring.start, order.monitoring.until
        _ordered("until", start, until, order.monitoring.place, findings)
        _within(start, until, order, order.monitoring.place, findings)
    for suspension in order.suspensions:
        _ordered("until", suspension.start, suspension.until, suspension.place, findings)


def _prohibition(prohibition: ProhibitionEntry, order: OrderEntry, findings: Findings) -> None:
    _ordered("until", prohibition.start, prohibition.until, prohibition.place, findings)
    _within(prohibition.start, prohibition.until, order, prohibition.place, findings)
    for zone in prohibition.zones:
        for version in zone.versions:
            _ordered("valid_until", version.valid_from, version.valid_until, version.place, findings)
            _within(version.valid_from, version.valid_until, order, version.place, findings)
        _versions_overlap(zone, findings)


def _ordered(end_name: str, start: Instant, end: Instant | None, place: str, findings: Findings) -> None:
    if end is not None and UNREAD not in (start, end) and end <= start:
        findings.fault(place, f"{end_name} is not after its start", "correct one of the two")


def _within(start: Instant, end: Instant | None, order: OrderEntry, place: str, findings: Findings) -> None:
    """Warn of a period that reaches outside the order's. No end means: as long as the order."""
    if UNREAD in (start, end, *order.during):
        return
    if start < order.during.start:
        findings.warn(place, "begins before its order has effect", "correct its start, or that of the order")
    if start >= order.during.end or (end is not None and end > order.during.end):
        findings.warn(place, "reaches beyond the end of its order", "correct its period, or that of the order")


def _versions_overlap(zone: ZoneEntry, findings: Findings) -> None:
    periods = [(_interval(version.valid_from, version.valid_until), version.place) for version in zone.versions]
    for place, other in _overlapping(periods):
        findings.fault(
            place, f"is valid at the same time as {other.rpartition(', ')[2]}", "let one end where the other begins"
        )


def _fittings_overlap(fittings: Sequence[FittingEntry], findings: Findings) -> None:
    by_tag: defaultdict[str, list[tuple[Interval, str]]] = defaultdict(list)
    for number, fitting in enumerate(fittings, start=1):
        if fitting.tag_id:
            by_tag[fitting.tag_id].append((_interval(fitting.fitted_at, fitting.removed_at), f"fitting no. {number}"))
    for tag_id, periods in by_tag.items():
        for place, other in _overlapping(periods):
            findings.fault(
                f"{place}, tag {tag_id}",
                f"is fitted at the same time as {other}",
                "end one where the other begins: a tag is on one wearer at a time",
            )


def _overlapping(periods: Iterable[tuple[Interval, str]]) -> list[tuple[str, str]]:
    """Return the place of each period into which an earlier one reaches, with the place of that one."""
    sound = sorted((period, place) for period, place in periods if UNREAD not in period and period.start < period.end)
    pairs: list[tuple[str, str]] = []
    longest = None
    for period, place in sound:
        if longest is not None and period.start < longest[0].end:
            pairs.append((place, longest[1]))
        if longest is None or period.end > longest[0].end:
            longest = (period, place)
    return pairs


def _interval(start: Instant, end: Instant | None) -> Interval:
    return Interval(start, FOREVER if end is None else end)
