"""The first page: what an officer must know at 09:05, in the order in which it matters."""

from dataclasses import asdict, dataclass
from typing import Final

from alerts.render.paper_blocks import (
    FIRST_PAGE_EVENTS,
    GAPS_SHOWN,
    Block,
    Item,
    alike,
    event_item,
    gap_item,
    name,
    where,
)
from alerts.render.paper_since import since_block
from alerts.report.sentences import apart_because, grade_in_words, length, nil_return, now
from alerts.report.values import Entry, Report
from alerts.report.wording import GRADES, clock, dated_clock, number
from geofence.judgement import Grade

_INCIDENTS_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Tile:
    """How many incidents of one grade."""

    grade: str
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The first page: blocks before the counts, the counts with the incidents they count, and blocks after them."""

    nil: str | None
    before: tuple[Block, ...]
    tiles: tuple[Tile, ...]
    tiles_note: str
    incidents: tuple[tuple[str, ...], ...]
    more: str
    after: tuple[Block, ...]


_TILES: Final[dict[Grade, str]] = {
    "confirmed": "two GPS fixes inside",
    "probable": "a GPS fix inside",
    "inferred": "a line through the zone",
    "possible": "weak evidence only",
}


def front_page(report: Report) -> dict[str, object]:
    """Return the first page as plain values for the template."""
    counts = asdict(report.counts)
    apart = len(report.section("apart"))
    note = "The grades are not added up: they do not weigh the same."
    if apart:
        note += f" {number(apart, 'incident')} under suspension or before awareness listed apart, not counted."
    tiles = tuple(Tile(GRADES[grade], counts[grade], words) for grade, words in _TILES.items())
    before = (_inside(report), _tampering(report), _not_judged(report), _not_monitored(report))
    counted = [entry for entry in report.entries if entry.section != "apart"]
    hidden = len(counted) - _INCIDENTS_SHOWN
    more = f"And {hidden:,} more: see the following pages." if hidden > 0 else ""
    listed = tuple(_listed(entry) for entry in counted[:_INCIDENTS_SHOWN])
    return asdict(FrontPage(nil_return(report), before, tiles, note, listed, more, (since_block(report),)))


def _listed(entry: Entry) -> tuple[str, ...]:
    grade = GRADES[entry.incident.grade] + ", one fix" * entry.single_fix
    return str(entry.number), grade, name(entry), where(entry), dated_clock(entry.incident.began_at), length(entry)


def _inside(report: Report) -> Block:
    items = [
        Item(name(entry), f"{where(entry)}: {now(entry, report.horizon)}. {grade_in_words(entry)}", entry.number)
        for entry in report.inside
    ]
    items += [
        Item(name(entry), f"{where(entry)}: {now(entry, report.horizon)}. {apart_because(entry)}", entry.number)
        for entry in report.inside_apart
    ]
    none = f"Nobody is known to be inside at {clock(report.horizon)}, or was lost inside."
    return Block("Inside now, or lost inside", none, "alarm" if report.inside else "warn", tuple(items))


def _tampering(report: Report) -> Block:
    items = tuple(event_item(event, report) for event in report.events if event.kind in FIRST_PAGE_EVENTS)
    return Block("Strap, case and jamming", "No tag reported any.", "alarm", items)


def _not_judged(report: Report) -> Block:
    items = tuple(
        Item(
            f"{zone.wearer.name} ({zone.wearer.wearer_id})",
            f"{zone.label or zone.zone_id} ({zone.zone_id}), {zone.order.reference}, clause {zone.prohibition.clause}: "
            f"could not be read, so nobody knows whether it was entered. {zone.fault}.",
        )
        for zone in report.not_judged
    )
    return Block("NOT JUDGED", "Every zone was judged.", "alarm", items)


def _not_monitored(report: Report) -> Block:
    groups = alike([row for row in report.coverage if row.unmonitored_us > 0])
    items = tuple(gap_item(rows) for rows in groups[:GAPS_SHOWN])
    hidden = len(groups) - len(items)
    note = f"And {hidden:,} more with shorter time not monitored: see Coverage." if hidden else ""
    if not report.coverage_known:
        items = (Item("Not known.", "The judgement does not tell how much of the day was monitored."),)
    in_force = any(row.coverage.in_force_us for row in report.coverage)
    none = "All time in force was monitored." if in_force else "No monitored prohibition was in force."
    return Block("Time not monitored", none, "warn", items, note)
