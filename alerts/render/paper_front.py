"""The first page: what an officer must know at 09:05, in the order in which it matters."""

from dataclasses import asdict, dataclass
from typing import Final, Literal

from alerts.report.sentences import apart_because, grade_in_words, length, nil_return, now
from alerts.report.values import Covered, Entry, Event, Report
from alerts.report.wording import EVENTS, GRADES, REASONS, clock, dated_clock, dated_span, duration, number
from geofence.judgement import Grade, Unmonitored

FIRST_PAGE_EVENTS: Final = {"strap", "case", "jamming"}
# More than this many gaps would push what matters off the page; the coverage table has them all.
_GAPS_SHOWN: Final = 6
_INCIDENTS_SHOWN: Final = 12

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
    return asdict(FrontPage(nil_return(report), before, tiles, note, listed, more, (_since(report),)))


def _listed(entry: Entry) -> tuple[str, ...]:
    grade = GRADES[entry.incident.grade] + ", one fix" * entry.single_fix
    return str(entry.number), grade, _name(entry), _where(entry), dated_clock(entry.incident.began_at), length(entry)


def _name(entry: Entry) -> str:
    return f"{entry.wearer.name} ({entry.wearer.wearer_id})"


def _where(entry: Entry) -> str:
    return entry.zone.label or entry.zone.zone_id


def _inside(report: Report) -> Block:
    items = [
        Item(_name(entry), f"{_where(entry)}: {now(entry, report.horizon)}. {grade_in_words(entry)}", entry.number)
        for entry in report.inside
    ]
    items += [
        Item(_name(entry), f"{_where(entry)}: {now(entry, report.horizon)}. {apart_because(entry)}", entry.number)
        for entry in report.inside_apart
    ]
    none = f"Nobody is known to be inside at {clock(report.horizon)}, or was lost inside."
    return Block("Inside now, or lost inside", none, "alarm" if report.inside else "warn", tuple(items))


def _tampering(report: Report) -> Block:
    items = tuple(_event(event, report) for event in report.events if event.kind in FIRST_PAGE_EVENTS)
    return Block("Strap, case and jamming", "No tag reported any.", "alarm", items)


def _event(event: Event, report: Report) -> Item:
    if event.until is None:
        lasted = f"since {dated_clock(event.occurred_at)}, not ended by {clock(report.horizon)}"
    else:
        lasted = dated_span(event.occurred_at, event.until) + ", its next fix" * event.until_fix
    wearer = f"{event.wearer.name} ({event.wearer.wearer_id})"
    return Item(wearer, f"{EVENTS[event.kind]}, tag {event.tag_id}: {lasted}.")


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
    # One silence stops every clause of a wearer alike: it is told once.
    alike: dict[tuple[object, ...], list[Covered]] = {}
    for row in report.coverage:
        if row.unmonitored_us > 0:
            silence = row.wearer.wearer_id, row.coverage.unmonitored, row.coverage.in_force_us
            alike.setdefault(silence, []).append(row)
    groups = sorted(alike.values(), key=lambda rows: (-rows[0].unmonitored_us, rows[0].wearer.wearer_id))
    items = tuple(_gap(rows) for rows in groups[:_GAPS_SHOWN])
    hidden = len(groups) - len(items)
    note = f"And {hidden:,} more with shorter time not monitored: see Coverage." if hidden else ""
    if not report.coverage_known:
        items = (Item("Not known.", "The judgement does not tell how much of the day was monitored."),)
    none = "All time in force was monitored." if report.coverage else "No monitored prohibition was in force."
    return Block("Time not monitored", none, "warn", items, note)


def _gap(rows: list[Covered]) -> Item:
    row = rows[0]
    clauses = ", ".join(one.prohibition.clause for one in rows)
    longest = max(row.coverage.unmonitored, key=lambda gap: gap.until - gap.start, default=None)
    due = row.coverage.in_force_us - row.coverage.suspended_us
    text = f"clause {clauses}: {duration(row.unmonitored_us, up=True)} of {duration(due)}"
    if longest is not None:
        only = "" if len(row.coverage.unmonitored) == 1 else "; longest"
        text += f"{only}{':' if not only else ''} {span(longest)}"
    return Item(f"{row.wearer.name} ({row.wearer.wearer_id})", f"{text}.")


def span(gap: Unmonitored) -> str:
    """Return a gap with its reason: `20 Nov 02:10 to 03:15 +00:00, no fixes`."""
    return f"{dated_span(gap.start, gap.until, seconds=False)}, {REASONS.get(gap.reason, gap.reason)}"


def _since(report: Report) -> Block:
    items = [
        Item(
            _name(entry),
            f"{_where(entry)}: {GRADES[entry.incident.grade].lower()}, {_since_when(entry, report)}.",
            entry.number,
        )
        for entry in report.since
    ]
    items += [_event(event, report) for event in report.events_since if event.kind in FIRST_PAGE_EVENTS]
    if report.since_judged:
        none = f"Nothing in what was received up to {dated_clock(report.horizon)}."
    else:
        none = "What was recorded after the report day is not judged in this report."
    return Block("Since midnight", none, "warn", tuple(items))


def _since_when(entry: Entry, report: Report) -> str:
    because = apart_because(entry)
    said = f"began about {dated_clock(entry.incident.began_at)}, {now(entry, report.horizon)}"
    return f"{said}. {because[:-1]}" if because else said
