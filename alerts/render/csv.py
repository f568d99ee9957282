"""The fixes of a report's incidents as CSV: one row for each row of each incident's table."""

import csv
import io
from typing import Final

from alerts.inert import cell
from alerts.report.sentences import grade_in_words
from alerts.report.values import Entry, Report, ReportedFix
from alerts.report.wording import LONDON
from geofence.instants import Instant, moment, printed

COLUMNS: Final = (
    "force", "day", "edition", "incident", "incident_id", "section", "kind", "grade", "grade_in_words", "state",
    "suspended", "before_aware", "wearer_id", "wearer", "tag_id", "order_reference", "clause", "zone_id", "zone",
    "began_at", "ended_at", "sequence", "of_incident", "position_id", "recorded_at", "recorded_at_london",
    "uploaded_at", "received_at", "latitude", "longitude", "r95_m", "accuracy_assumed", "mechanism", "speed_kmh",
    "heading_deg", "depth_m", "p_inside", "verdict", "zone_version", "implausible", "clock_suspect", "person_mismatch",
)  # fmt: skip


def as_csv(report: Report) -> bytes:
    """Return RFC 4180 CSV in UTF-8 with a header, also where there are no rows.

    Text that a spreadsheet would take for a formula is guarded by an apostrophe. Instants are UTC, and once in London's
    time; what is not known is empty. p_inside is computed on stated assumptions; it is not the probability of a breach.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in [*report.entries, *report.since]:
        told = _incident(report, entry)
        writer.writerows([*told, *_fix(row)] for row in entry.fixes)
    return text.getvalue().encode()


def _incident(report: Report, entry: Entry) -> list[str]:
    incident = entry.incident
    return [
        cell(report.force),
        report.day.isoformat(),
        "PREVIEW" if report.edition is None else str(report.edition),
        str(entry.number),
        cell(incident.incident_id),
        entry.section,
        incident.kind,
        incident.grade,
        grade_in_words(entry),
        incident.state,
        _truth(incident.suspended),
        _truth(incident.before_aware),
        cell(entry.wearer.wearer_id),
        cell(entry.wearer.name),
        cell(incident.tag_id),
        cell(entry.order.reference),
        cell(entry.prohibition.clause),
        cell(entry.zone.zone_id),
        cell(entry.zone.label),
        printed(incident.began_at),
        _instant(incident.ended_at),
    ]


def _fix(row: ReportedFix) -> list[str]:
    judged = row.judged
    return [
        str(row.sequence),
        _truth(row.of_incident),
        cell(judged.position_id or ""),
        printed(judged.recorded_at),
        moment(judged.recorded_at).astimezone(LONDON).isoformat(),
        _instant(row.uploaded_at),
        printed(row.received_at),
        repr(row.latitude_deg),
        repr(row.longitude_deg),
        repr(judged.r95_m),
        _truth(judged.accuracy_assumed),
        judged.mechanism,
        _number(row.speed_kmh),
        _number(row.heading_deg),
        repr(judged.depth_m),
        repr(judged.p_inside),
        judged.verdict,
        str(judged.zone_version),
        _truth(judged.implausible),
        _truth(row.clock_suspect),
        _truth(row.person_mismatch),
    ]


def _truth(stands: bool) -> str:
    return "true" if stands else "false"


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def _instant(at: Instant | None) -> str:
    return "" if at is None else printed(at)
