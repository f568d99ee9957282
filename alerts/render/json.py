"""The whole report as JSON: what every other format is drawn from, for machines and for checking them."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from alerts.report.sentences import P_INSIDE, apart_because, grade_in_words, nil_return
from alerts.report.since_sentences import since_nil_return
from alerts.report.values import Covered, Entry, Event, Late, NotRaisedCount, Report, ReportedFix, Unjudged
from geofence.instants import SECOND_US, Interval, printed
from geofence.judgement import Judgement, document
from geofence.rules import Rules


def as_json(report: Report) -> bytes:
    """Return the report as UTF-8 JSON; instants in UTC, keys always in the same order.

    `incidents` and `coverage` have the members of judgement.json; `entries` say of each incident whom it
    concerns and give the table of its fixes and those around it, `incident_id` joining the two. `since_midnight` tells
    of the time after the day, None if it was not judged.
    """
    entries = [*report.entries, *report.since]
    judged = document(_judgement(report.between, entries, report.coverage, report.rules), {}, [])
    since = {entry.number for entry in report.since}
    told = {
        "report": _head(report),
        "nil_return": nil_return(report),
        "inside_or_lost": [entry.incident.incident_id for entry in report.inside],
        "counts": asdict(report.counts),
        "incidents": judged["incidents"],
        "entries": [_entry(entry, since_midnight=entry.number in since) for entry in entries],
        "tag_events": [_event(event) for event in report.events],
        "tag_events_since_midnight": [_event(event) for event in report.events_since],
        "since_midnight": _since(report),
        "coverage": judged["coverage"],
        "prohibitions": [_prohibition(row) for row in report.coverage],
        "not_raised": [_not_raised(row) for row in report.not_raised],
        "not_judged": [_unjudged(row) for row in report.not_judged],
        "late": [_late(row) for row in report.late],
        "arrivals": asdict(report.arrivals),
        "differences": list(report.differences),
        "p_inside": P_INSIDE,
    }
    # A lone half of a surrogate pair, which UTF-8 can't hold, is written as JSON's escape of it.
    return (json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode(errors="backslashreplace")


def _judgement(between: Interval, entries: Sequence[Entry], coverage: Sequence[Covered], rules: Rules) -> Judgement:
    return Judgement(
        rules_version=rules.version,
        start=between.start,
        until=between.end,
        unassigned=0,
        judged=0,
        incidents=tuple(entry.incident for entry in entries),
        coverage=tuple(row.coverage for row in coverage),
        not_raised=(),
    )


def _since(report: Report) -> dict[str, object] | None:
    """What is known of the time since midnight; None if it was not judged."""
    since = report.since_midnight
    if since is None:
        return None
    silent, last = since.silent, since.last_fix_at
    return {
        "from": printed(since.between.start),
        "until": printed(since.between.end),
        "nil_return": since_nil_return(report),
        "began": [entry.incident.incident_id for entry in report.since],
        "went_on": [entry.incident.incident_id for entry in report.went_on],
        "last_fix_recorded_at": None if last is None else printed(last),
        "nobody_monitored": None if silent is None else {"from": printed(silent.start), "until": printed(silent.end)},
        "coverage_known": since.coverage_known,
        "coverage": document(_judgement(since.between, (), since.coverage, report.rules), {}, [])["coverage"],
    }


def _head(report: Report) -> dict[str, object]:
    return {
        "force": report.force,
        "force_name": report.force_name,
        "day": report.day.isoformat(),
        "from": printed(report.between.start),
        "until": printed(report.between.end),
        "horizon": printed(report.horizon),
        "edition": report.edition,
        "preview": report.preview,
        "coverage_known": report.coverage_known,
        "since_midnight_judged": report.since_midnight is not None,
        "rules": asdict(report.rules),
        "software_version": report.software_version,
    }


def _entry(entry: Entry, *, since_midnight: bool) -> dict[str, object]:
    wearer, order, prohibition = entry.wearer, entry.order, entry.prohibition
    return {
        "number": entry.number,
        "incident_id": entry.incident.incident_id,
        "section": entry.section,
        "since_midnight": since_midnight,
        "grade_in_words": grade_in_words(entry),
        "listed_apart": apart_because(entry),
        "wearer": {
            "wearer_id": wearer.wearer_id,
            "name": wearer.name,
            "date_of_birth": wearer.date_of_birth.isoformat() if wearer.date_of_birth else None,
            "pnc_id": wearer.pnc_id,
            "home_area": wearer.home_area,
        },
        "order": {
            "order_id": order.order_id,
            "kind": order.kind,
            "reference": order.reference,
            "court": order.court,
            "made_on": order.made_on.isoformat(),
            "effective_from": printed(order.effective_from),
        },
        "prohibition": {
            "prohibition_id": prohibition.prohibition_id,
            "clause": prohibition.clause,
            "text": prohibition.text,
        },
        "zone": {
            "zone_id": entry.zone.zone_id,
            "label": entry.zone.label,
            "versions": [version.version for version in entry.versions],
        },
        "fixes": [_fix(row) for row in entry.fixes],
    }


def _fix(row: ReportedFix) -> dict[str, object]:
    judged = row.judged
    return {
        "sequence": row.sequence,
        "of_incident": row.of_incident,
        "position_id": judged.position_id,
        "recorded_at": printed(judged.recorded_at),
        "uploaded_at": None if row.uploaded_at is None else printed(row.uploaded_at),
        "received_at": printed(row.received_at),
        "latitude": row.latitude_deg,
        "longitude": row.longitude_deg,
        "r95_m": judged.r95_m,
        "accuracy_assumed": judged.accuracy_assumed,
        "mechanism": judged.mechanism,
        "speed_kmh": row.speed_kmh,
        "heading_deg": row.heading_deg,
        "depth_m": judged.depth_m,
        "p_inside": judged.p_inside,
        "verdict": judged.verdict,
        "zone_version": judged.zone_version,
        "implausible": judged.implausible,
        "clock_suspect": row.clock_suspect,
        "person_mismatch": row.person_mismatch,
    }


def _event(event: Event) -> dict[str, object]:
    return {
        "wearer_id": event.wearer.wearer_id,
        "tag_id": event.tag_id,
        "kind": event.kind,
        "occurred_at": printed(event.occurred_at),
        "until": None if event.until is None else printed(event.until),
        "until_next_fix": event.until_fix,
    }


def _prohibition(row: Covered) -> dict[str, object]:
    return {
        "prohibition_id": row.prohibition.prohibition_id,
        "clause": row.prohibition.clause,
        "order_reference": row.order.reference,
        "wearer_id": row.wearer.wearer_id,
        "wearer": row.wearer.name,
    }


def _unjudged(row: Unjudged) -> dict[str, object]:
    return {
        "zone_id": row.zone_id,
        "fault": row.fault,
        "label": row.label,
        "prohibition_id": row.prohibition.prohibition_id,
        "order_reference": row.order.reference,
        "wearer_id": row.wearer.wearer_id,
        "wearer": row.wearer.name,
    }


def _not_raised(row: NotRaisedCount) -> dict[str, object]:
    return {
        "wearer_id": row.wearer.wearer_id,
        "zone_id": row.zone.zone_id,
        "reason": row.reason,
        "fixes": row.fixes,
        "first_at": printed(row.first_at),
        "last_at": printed(row.last_at),
        "deepest_m": row.deepest_m,
    }


def _late(row: Late) -> dict[str, object]:
    return {
        "wearer_id": row.wearer.wearer_id,
        "fixes": row.fixes,
        "late_by_tag": row.by_tag,
        "late_in_transit": row.in_transit,
        "late_cause_unknown": row.unknown,
        "longest_s": _seconds(row.longest_us),
    }


def _seconds(length_us: int) -> int | float:
    whole, rest = divmod(length_us, SECOND_US)
    return whole if rest == 0 else length_us / SECOND_US
