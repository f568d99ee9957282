"""A report as it stands on paper: every word of it, in order, for the template to set."""

from typing import Final

from alerts.render.paper_entries import FIX_TABLE, entry_on_paper
from alerts.render.paper_front import front_page
from alerts.render.paper_tables import annexes, tables
from alerts.report.sentences import DRAWN_STRAIGHT
from alerts.report.values import Report, Section
from alerts.report.wording import dated_clock, full_date, plain_date, report_day

_SECTIONS: Final[dict[Section, tuple[str, str]]] = {
    "breaches": (
        "Possible breaches",
        "Incidents with GPS fixes inside the zone. Whether one is a breach is for an officer or a court to find.",
    ),
    "crossings": ("Crossings", f"No fix lies inside; the line between two fixes does. {DRAWN_STRAIGHT}"),
    "possible": (
        "Possible incidents",
        "The evidence is weak: a mobile mast, a beacon, or fixes too inaccurate to tell.",
    ),
    "apart": (
        "Suspended, or before the wearer knew of the order",
        "Judged like any other and listed apart: an authorised absence, or time before awareness. Never counted.",
    ),
}


def paper(report: Report) -> dict[str, object]:
    """Return the words, pictures and tables of a report as plain values for the template."""
    issue = "PREVIEW" if report.edition is None else f"Edition {report.edition}"
    sections = [
        {"title": title, "intro": intro, "entries": [entry_on_paper(entry, report) for entry in report.section(name)]}
        for name, (title, intro) in _SECTIONS.items()
    ]
    sections.append(
        {
            "title": "Since midnight",
            "intro": "Began after the report day; the next report tells of them in full.",
            "entries": [entry_on_paper(entry, report) for entry in report.since],
        }
    )
    return {
        "title": f"Breach report, {report.force_name}, {full_date(report.day)}",
        "force": report.force_name,
        "day": full_date(report.day),
        "preview": report.preview,
        "issue": issue,
        "running": f"{report.force} · {plain_date(report.day)} · {issue}",
        "facts": _facts(report, issue),
        "front": front_page(report),
        "sections": [section for section in sections if section["entries"]],
        "fix_table": [{"name": name, "share": share, "align": align} for name, share, align in FIX_TABLE],
        "tables": tables(report),
        "annexes": annexes(report),
    }


def _facts(report: Report, issue: str) -> list[tuple[str, str]]:
    what = f"{issue}: not sealed, not issued; it may change" if report.preview else issue
    return [
        ("Report day", report_day(report.between)),
        ("Data received up to", dated_clock(report.horizon)),
        ("Edition", what),
        ("Rules, software", f"version {report.rules.version}, Cordon {report.software_version}"),
    ]
