"""The first page's block of what came since midnight: what was found, and of how much time nobody knows anything."""

from collections import Counter
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
from alerts.report.sentences import apart_because, now
from alerts.report.since_sentences import last_fix, monitored_time, none_seen, silence, since_nil_return
from alerts.report.values import Entry, Report, Since
from alerts.report.wording import EVENTS, GRADES, dated_clock, number

_NOT_JUDGED: Final = "What was recorded after the report day is not judged in this report."


def since_block(report: Report) -> Block:
    """Return what began, went on or was reported since midnight, and how much of that time was monitored."""
    found = [_incident(entry, f"began about {dated_clock(entry.incident.began_at)}", report) for entry in report.since]
    found += [_incident(entry, "went on after midnight", report) for entry in report.went_on]
    found += [event_item(event, report) for event in report.events_since if event.kind in FIRST_PAGE_EVENTS]
    found += _other_events(report)
    since = report.since_midnight
    if since is None:
        return Block("Since midnight", _NOT_JUDGED, "warn", tuple(found), _NOT_JUDGED)
    if (nil := since_nil_return(report)) is not None:
        return Block("Since midnight", nil)
    watched, note = _watched(report, since)
    return Block("Since midnight", "", "warn", (*found, *watched), note)


def _incident(entry: Entry, how: str, report: Report) -> Item:
    said = f"{where(entry)}: {GRADES[entry.incident.grade].lower()}, {how}, {now(entry, report.horizon)}."
    return Item(name(entry), " ".join(filter(None, (said, apart_because(entry)))), entry.number)


def _other_events(report: Report) -> list[Item]:
    kinds = Counter(EVENTS[event.kind].lower() for event in report.events_since if event.kind not in FIRST_PAGE_EVENTS)
    if not kinds:
        return []
    counted = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items()))
    return [Item(number(kinds.total(), "other tag event"), f"({counted}): see Tag events.")]


def _watched(report: Report, since: Since) -> tuple[list[Item], str]:
    """Return how much time was monitored and whose was not, and how many wearers' gaps are left out."""
    lead, said = (
        ("Monitored", monitored_time(report, since)) if report.since else ("New incidents:", none_seen(report, since))
    )
    silent = silence(since)
    items = [Item(lead, said if silent else f"{said} {last_fix(since)}")]
    if silent:
        items.append(Item("Nobody was monitored", silent))
    groups = alike(since.gaps)
    items += [gap_item(rows) for rows in groups[:GAPS_SHOWN]]
    hidden = len(groups) - GAPS_SHOWN
    return items, f"And {hidden:,} more with shorter time not monitored: see this report's JSON." if hidden > 0 else ""
