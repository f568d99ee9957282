"""What the blocks of the first page are made of, and the lines that several of them have."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from alerts.report.values import Covered, Entry, Event, Report
from alerts.report.wording import EVENTS, REASONS, clock, dated_clock, dated_span, duration
from geofence.judgement import Unmonitored

FIRST_PAGE_EVENTS: Final = {"strap", "case", "jamming"}
# More than this many gaps would push what matters off the page; the coverage table has them all.
GAPS_SHOWN: Final = 6

Tone = Literal["alarm", "warn", "calm"]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a block: to which entry it leads, whom it is about, and what is said."""

    lead: str
    text: str
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One of the first page's blocks. none: what it says when there is nothing to say."""

    title: str
    none: str
    tone: Tone = "calm"
    items: tuple[Item, ...] = ()
    note: str = ""


def name(entry: Entry) -> str:
    """Return an entry's wearer with his id."""
    return f"{entry.wearer.name} ({entry.wearer.wearer_id})"


def where(entry: Entry) -> str:
    """Return an entry's zone as people call it."""
    return entry.zone.label or entry.zone.zone_id


def event_item(event: Event, report: Report) -> Item:
    """Return the line of a tag event: what, and from when to when."""
    if event.until is None:
        lasted = f"since {dated_clock(event.occurred_at)}, not ended by {clock(report.horizon)}"
    else:
        lasted = dated_span(event.occurred_at, event.until) + ", its next fix" * event.until_fix
    wearer = f"{event.wearer.name} ({event.wearer.wearer_id})"
    return Item(wearer, f"{EVENTS[event.kind]}, tag {event.tag_id}: {lasted}.")


def alike(coverage: Sequence[Covered]) -> list[list[Covered]]:
    """Return rows grouped by wearer and gaps, most time not monitored first.

    One silence stops every clause of a wearer alike: it is told once.
    """
    groups: dict[tuple[object, ...], list[Covered]] = {}
    for row in coverage:
        silence = _reason_throughout(row), row.coverage.unmonitored, row.coverage.in_force_us
        alike_by = silence[:1] if silence[0] else silence
        groups.setdefault((row.wearer.wearer_id, *alike_by), []).append(row)
    return sorted(groups.values(), key=lambda rows: (-_most_us(rows), rows[0].wearer.wearer_id))


def gap_item(rows: Sequence[Covered]) -> Item:
    """Return the line of one wearer's time not monitored: how much, of how much, and the longest gap."""
    row = rows[0]
    clauses = ", ".join(one.prohibition.clause for one in rows)
    if reason := _reason_throughout(row):
        lengths = dict.fromkeys(duration(one.due_us) for one in rows)
        text = f"all time in force ({' and '.join(lengths)}), {REASONS.get(reason, reason)}"
    else:
        # Both are rounded up, so that a part never reads as more than its whole.
        text = f"{duration(row.unmonitored_us, up=True)} of {duration(row.due_us, up=True)}"
        longest = max(row.coverage.unmonitored, key=lambda gap: gap.until - gap.start, default=None)
        if longest is not None:
            text += f"{':' if len(row.coverage.unmonitored) == 1 else '; longest'} {span(longest)}"
    return Item(f"{row.wearer.name} ({row.wearer.wearer_id})", f"clause {clauses}: {text}.")


def _reason_throughout(row: Covered) -> str:
    """Return why nothing of the time was monitored, empty if something was or if there are several reasons."""
    reasons = {gap.reason for gap in row.coverage.unmonitored}
    return reasons.pop() if row.unmonitored_us == row.due_us and len(reasons) == 1 else ""


def _most_us(rows: Sequence[Covered]) -> int:
    return max(row.unmonitored_us for row in rows)


def span(gap: Unmonitored) -> str:
    """Return a gap with its reason: `20 Nov 02:10 to 03:15 +00:00, no fixes`."""
    return f"{dated_span(gap.start, gap.until, seconds=False)}, {REASONS.get(gap.reason, gap.reason)}"
