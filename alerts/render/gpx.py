"""The incidents of a report as GPX 1.1: one track for each, of the fixes of its table."""

from alerts.inert import xml
from alerts.report.sentences import grade_in_words
from alerts.report.values import Entry, Report, ReportedFix
from geofence.instants import printed

_NAMESPACE = "http://www.topografix.com/GPX/1/1"
_SCHEMA = f"{_NAMESPACE} {_NAMESPACE}/gpx.xsd"


def as_gpx(report: Report) -> bytes:
    """Return a GPX 1.1 document in UTF-8; without incidents it holds no track."""
    issue = "PREVIEW" if report.edition is None else f"edition {report.edition}"
    name = xml(f"Possible breaches, {report.force}, {report.day.isoformat()}, {issue}")
    tracks = "".join(_track(entry) for entry in [*report.entries, *report.since])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gpx xmlns="{_NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{_SCHEMA}" version="1.1" creator="Cordon {xml(report.software_version)}">\n'
        f"<metadata><name>{name}</name><time>{printed(report.horizon)}</time></metadata>\n{tracks}</gpx>\n"
    ).encode()


def _track(entry: Entry) -> str:
    name = xml(f"{entry.number}. {entry.wearer.name}, {entry.zone.label or entry.zone.zone_id}")
    points = "".join(_point(row) for row in entry.fixes)
    described = xml(grade_in_words(entry))
    return (
        f"<trk><name>{name}</name><desc>{described}</desc><number>{entry.number}</number>\n"
        f"<trkseg>\n{points}</trkseg></trk>\n"
    )


def _point(row: ReportedFix) -> str:
    where = f'lat="{row.latitude_deg:.9f}" lon="{row.longitude_deg:.9f}"'
    part = "of the incident" if row.of_incident else "within 15 minutes of it"
    said = f"{row.judged.verdict.lower()}, {part}, {row.judged.mechanism}, within {row.judged.r95_m:g} m (95 %)"
    time = f"<time>{printed(row.judged.recorded_at)}</time>"
    return f"<trkpt {where}>{time}<name>{row.sequence}</name><desc>{said}</desc></trkpt>\n"
