"""The tables behind the incidents: tag events, coverage, late data, what was refused, rules, probabilities."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final, Literal

from alerts.render.paper_blocks import span
from alerts.report.sentences import P_INSIDE, causes
from alerts.report.values import Covered, Event, Report
from alerts.report.wording import EVENTS, NOT_RAISED, clock, dated_clock, dated_span, duration, metres, number
from geofence.judgement import Unmonitored
from geofence.rules import Rules

# A prohibition's further gaps are told by their number and length.
_GAPS_SHOWN: Final = 4
_SIDE_BY_SIDE: Final = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, its share of the width (0: as wide as its text) and how it is set."""

    name: str
    share: float
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading, a sentence, and rows of text."""

    title: str
    intro: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(report: Report) -> list[dict[str, object]]:
    """Return the tables that apply, in the order in which they are printed."""
    made = [
        _events(report),
        _coverage(report),
        _not_raised(report),
        _late(report),
        _arrivals(report),
        _differences(report),
    ]
    return [asdict(table) for table in made if table.rows]


def annexes(report: Report) -> list[dict[str, object]]:
    """Return the annexes: probabilities, where there are incidents, and every threshold."""
    return [asdict(table) for table in (_probabilities(report), _thresholds(report.rules)) if table.rows]


def _events(report: Report) -> Table:
    rows = tuple(_event(event) for event in [*report.events, *report.events_since])
    columns = (Column("Wearer", 2), Column("Tag", 0), Column("Event", 0), Column("From", 0), Column("To", 2))
    return Table("Tag events", "What tags reported of themselves, on the day and since.", columns, rows)


def _event(event: Event) -> tuple[str, ...]:
    if event.until is None:
        until = "not ended in what was received"
    else:
        until = dated_clock(event.until) + (" (its next fix)" if event.until_fix else "")
    wearer = f"{event.wearer.name} ({event.wearer.wearer_id})"
    return wearer, event.tag_id, EVENTS[event.kind], dated_clock(event.occurred_at), until


def _coverage(report: Report) -> Table:
    intro = (
        "Time without usable fixes is time not monitored: nothing is known of it. Nearest approach: the closest that "
        "any precise fix came to the zones while they were in force, so that no incident is a finding, not an absence."
    )
    columns = (
        Column("Wearer", 2.2),
        Column("Clause", 0),
        Column("In force", 1, "right"),
        Column("Monitored", 0, "right"),
        Column("Not monitored, and why", 4),
        Column("Nearest approach", 1.9),
    )
    return Table("Coverage and nearest approaches", intro, columns, tuple(_covered(row) for row in report.coverage))


def _covered(row: Covered) -> tuple[str, ...]:
    coverage = row.coverage
    suspended = f" ({duration(coverage.suspended_us)} suspended)" if coverage.suspended_us else ""
    return (
        f"{row.wearer.name} ({row.wearer.wearer_id}), {row.order.reference}",
        row.prohibition.clause,
        f"{duration(coverage.in_force_us)}{suspended}",
        duration(coverage.monitored_us),
        _gaps(coverage.unmonitored, row.unmonitored_us),
        _nearest(row),
    )


def _gaps(gaps: Sequence[Unmonitored], total_us: int) -> str:
    if total_us == 0:
        return "none"
    longest = sorted(sorted(gaps, key=lambda gap: gap.start - gap.until)[:_GAPS_SHOWN], key=lambda gap: gap.start)
    told = "; ".join(span(gap) for gap in longest)
    more = ""
    if len(gaps) > len(longest):
        rest = sum(gap.until - gap.start for gap in gaps) - sum(gap.until - gap.start for gap in longest)
        more = f"; and {number(len(gaps) - len(longest), 'shorter gap')}, {duration(rest, up=True)} together"
    return f"{duration(total_us, up=True)}: {told}{more}"


def _nearest(row: Covered) -> str:
    nearest = row.coverage.nearest
    if nearest is None:
        return "no precise fix"
    where = "inside by" if nearest.depth_m >= 0 else "away by"
    return f"{where} {metres(abs(nearest.depth_m))} at {clock(nearest.recorded_at)}"


def _not_raised(report: Report) -> Table:
    rows = tuple(
        (
            f"{row.wearer.name} ({row.wearer.wearer_id})",
            row.zone.label or row.zone.zone_id,
            f"{row.fixes:,}",
            dated_span(row.first_at, row.last_at),
            metres(row.deepest_m),
            NOT_RAISED.get(row.reason, row.reason),
        )
        for row in report.not_raised
    )
    columns = (
        Column("Wearer", 2),
        Column("Zone", 1.4),
        Column("Fixes", 0, "right"),
        Column("When", 2.6),
        Column("Deepest", 0, "right"),
        Column("Why not raised", 2.2),
    )
    return Table("Fixes in or at a zone that are part of no incident", "Each is accounted for.", columns, rows)


def _late(report: Report) -> Table:
    rows = tuple(
        (
            f"{late.wearer.name} ({late.wearer.wearer_id})",
            f"{late.by_tag + late.in_transit + late.unknown:,} of {late.fixes:,}",
            duration(late.longest_us),
            causes(late),
        )
        for late in report.late
    )
    columns = (Column("Wearer", 2), Column("Late", 0, "right"), Column("Longest delay", 0, "right"), Column("Cause", 4))
    intro = "Fixes of the day received more than 15 minutes after they were recorded."
    return Table("Late data", intro, columns, rows)


def _arrivals(report: Report) -> Table:
    arrivals = report.arrivals
    rows = (
        ("Fixes of the day", f"{arrivals.fixes:,}"),
        ("Duplicates, not stored twice", f"{arrivals.duplicates:,}"),
        ("Contradictions: one identity, two contents; the first stands, both are kept", f"{arrivals.contradictions:,}"),
        ("Rejected: could not be read as a fix; kept with their bytes and every fault", f"{arrivals.rejected:,}"),
    )
    columns = (Column("Messages received", 1), Column("Number", 0, "right"))
    return Table("What was received and what was refused", "Nothing received is thrown away.", columns, rows)


def _differences(report: Report) -> Table:
    intro = (
        "The day is judged twice, live and again from the day's data. Where they differ, this report has the second."
    )
    rows = tuple((difference,) for difference in report.differences)
    return Table("Differences between the two paths", intro, (Column("Difference", 1),), rows)


def _probabilities(report: Report) -> Table:
    """p_inside of each fix of each incident, six to a row so that it stays short."""
    rows = []
    for entry in [*report.entries, *report.since]:
        own = [f"{row.sequence}: {_probability(row.judged.p_inside)}" for row in entry.fixes if row.of_incident]
        for start in range(0, len(own), _SIDE_BY_SIDE):
            part = own[start : start + _SIDE_BY_SIDE]
            rows.append((str(entry.number), *part, *[""] * (_SIDE_BY_SIDE - len(part))))
    columns = (Column("Incident", 0, "right"), *(Column("Fix: p inside", 1, "right") for _ in range(_SIDE_BY_SIDE)))
    intro = (
        f"{P_INSIDE} The assumption: the true place is spread around the fix as a circular normal whose 95 % circle is "
        "the one printed."
    )
    return Table("Annex A. p_inside of each fix", intro, columns, tuple(rows))


def _probability(p: float) -> str:
    """Nothing is certain: four digits never round up to 1, nor down to 0."""
    return "over 0.9999" if p > 0.9999 else "under 0.0001" if p < 0.0001 else f"{p:.4f}"


def _thresholds(rules: Rules) -> Table:
    values = [(each.name, f"{getattr(rules, each.name):g}") for each in fields(rules)]
    half = -(-len(values) // 2)
    right = [*values[half:], *[("", "")] * (2 * half - len(values))]
    rows = tuple((*left, *other) for left, other in zip(values[:half], right, strict=True))
    columns = (Column("Threshold", 1), Column("Value", 0, "right"), Column("Threshold", 1), Column("Value", 0, "right"))
    intro = (
        "Everything was judged by these numbers. A name ends in its unit: m, s, m_s (metres a second), p (probability)."
    )
    return Table(f"Annex B. Rules version {rules.version}: every threshold", intro, columns, rows)
