"""From one report to every format in which it is read. Equal reports give equal bytes."""

from typing import Final, Literal

from alerts.render.csv import as_csv
from alerts.render.geojson import as_geojson
from alerts.render.gpx import as_gpx
from alerts.render.json import as_json
from alerts.render.pdf import as_pdf
from alerts.report.values import Report

Format = Literal["pdf", "json", "csv", "geojson", "gpx"]
FORMATS: Final[tuple[Format, ...]] = ("pdf", "json", "csv", "geojson", "gpx")

__all__ = ["FORMATS", "Format", "file_name", "render"]


def render(report: Report) -> dict[str, bytes]:
    """Return the report in each of FORMATS.

    Pure and slow enough (some 0.3 s a report) to be called in a thread.
    """
    return {
        "pdf": as_pdf(report),
        "json": as_json(report),
        "csv": as_csv(report),
        "geojson": as_geojson(report),
        "gpx": as_gpx(report),
    }


def file_name(report: Report, suffix: str) -> str:
    """Return under which name a format leaves the house: force, day and edition, nothing of any person."""
    issue = "PREVIEW" if report.edition is None else f"edition-{report.edition}"
    force = "".join(character if character.isalnum() else "-" for character in report.force)
    return f"breach-report-{force}-{report.day.isoformat()}-{issue}.{suffix}"
