"""An incident on paper: its facts, its map, and the table of its fixes."""

from typing import Final

from alerts.inert import visible
from alerts.map import alternative, draw
from alerts.render.fonts import drawable
from alerts.report.sentences import apart_because, began, deepest, ended, grade_in_words, length, who
from alerts.report.values import Entry, Report, ReportedFix
from alerts.report.wording import GRADES, MECHANISMS, STATES, VERDICTS, course, dated_clock, number, plain_date

# A longer table is cut in its middle on paper; the other formats hold every row.
_ROWS_AT_EACH_END: Final = 100
_MARKS: Final = {
    "a": "accuracy not reported and therefore assumed (R2)",
    "c": "the tag's clock is in doubt",
    "i": "implausible: farther from both its neighbours than anyone travels (R6); decides nothing",
    "p": "the provider names another wearer",
}
# Heading, share of the width, how it is set.
FIX_TABLE: Final = (
    ("No.", 0.5, "right"),
    ("Time", 2.2, "left"),
    ("Latitude", 1.1, "right"),
    ("Longitude", 1.1, "right"),
    ("Circle m", 0.9, "right"),
    ("Mechanism", 1.35, "left"),
    ("km/h", 0.7, "right"),
    ("Direction", 1, "right"),
    ("Depth m", 1.05, "right"),
    ("Verdict", 1, "left"),
    ("Zone v.", 0.8, "right"),
)
# A longer clause runs over the full width, beneath the map, where it may go on to the next page.
_LONG_CLAUSE: Final = 500


def entry_on_paper(entry: Entry, report: Report) -> dict[str, object]:
    """Return an entry as plain values for the template."""
    label = visible(entry.zone.label or entry.zone.zone_id, drawable())
    flags = sorted({flag for row in entry.fixes for flag in _flags(row)})
    around = sum(not row.of_incident for row in entry.fixes)
    return {
        "number": entry.number,
        "name": entry.wearer.name,
        "zone": entry.zone.label or entry.zone.zone_id,
        "grade": GRADES[entry.incident.grade],
        "state": "" if entry.incident.state == "closed" else STATES[entry.incident.state],
        "grade_in_words": grade_in_words(entry),
        "apart": apart_because(entry) or "",
        "facts": _facts(entry, report),
        "clause": f"Clause {entry.prohibition.clause}",
        "text": entry.prohibition.text,
        "long_text": len(entry.prohibition.text) > _LONG_CLAUSE,
        "map": draw(label, entry.versions, entry.fixes, leg_s=report.rules.leg_s),
        "map_alt": visible(alternative(label, entry.fixes)),
        "fixes": _rows(entry),
        "note": f"{number(len(entry.fixes) - around, 'fix', 'fixes')} of the incident; {around} within 15 minutes "
        "before or after, in grey. Circle: the radius that holds the true place 95 times in 100. Depth: metres inside "
        "the zone's edge, negative outside. " + "; ".join(f"{flag}: {_MARKS[flag]}" for flag in flags),
    }


def _facts(entry: Entry, report: Report) -> list[tuple[str, str]]:
    incident, order = entry.incident, entry.order
    versions = ", ".join(str(version.version) for version in entry.versions)
    known = f", {len(entry.versions)} versions ({versions})" if len(entry.versions) > 1 else f", version {versions}"
    court = f", {order.court}" if order.court else ""
    return [
        ("Wearer", who(entry)),
        ("Ids", f"wearer {entry.wearer.wearer_id}, tag {incident.tag_id}, incident {incident.incident_id}"),
        ("Order", f"{order.kind} {order.reference}{court}, made {plain_date(order.made_on)}"),
        ("Zone", f"{entry.zone.label or 'no label'} ({entry.zone.zone_id}){known}"),
        ("Began", began(entry)),
        ("Ended", ended(entry, report.horizon)),
        ("Lasted", length(entry)),
        ("Visits", str(incident.visits)),
        ("Deepest", deepest(entry)),
    ]


def _rows(entry: Entry) -> list[dict[str, object]]:
    rows = [{"own": row.of_incident, "cells": _cells(row)} for row in entry.fixes]
    if len(rows) <= 2 * _ROWS_AT_EACH_END + 1:
        return rows
    hidden = len(rows) - 2 * _ROWS_AT_EACH_END
    words = (
        f"Fixes {_ROWS_AT_EACH_END + 1} to {_ROWS_AT_EACH_END + hidden} are not printed; "
        "the CSV, JSON, GeoJSON and GPX files of this report hold them."
    )
    return [*rows[:_ROWS_AT_EACH_END], {"own": True, "omitted": words}, *rows[-_ROWS_AT_EACH_END:]]


def _cells(row: ReportedFix) -> list[str]:
    judged = row.judged
    flags = " ".join(_flags(row))
    return [
        str(row.sequence),
        dated_clock(judged.recorded_at),
        f"{row.latitude_deg:.6f}",
        minus(f"{row.longitude_deg:.6f}"),
        f"{judged.r95_m:,.0f}",
        f"{MECHANISMS.get(judged.mechanism, judged.mechanism)} {flags}".strip(),
        "" if row.speed_kmh is None else f"{row.speed_kmh:.1f}",
        "" if row.heading_deg is None else course(row.heading_deg),
        minus(f"{judged.depth_m:,.1f}"),
        VERDICTS[judged.verdict],
        str(judged.zone_version),
    ]


def _flags(row: ReportedFix) -> str:
    raised = {
        "a": row.judged.accuracy_assumed,
        "c": row.clock_suspect,
        "i": row.judged.implausible,
        "p": row.person_mismatch,
    }
    return "".join(flag for flag, stands in raised.items() if stands)


def minus(text: str) -> str:
    """Return a number with the sign that type sets for minus."""
    return text.replace("-", "−")
