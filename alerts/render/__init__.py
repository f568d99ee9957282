"""From one report to every format in which it is read. Equal reports give equal bytes."""

from datetime import date
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


def file_name(force: str, day: date, edition: int | None, suffix: str) -> str:
    """Return under which name a report leaves the house: force, day and edition, nothing of any person.

    >>> file_name("MPS", date(2026, 11, 20), 1, "pdf")
    'breach-report-MPS-2026-11-20-edition-1.pdf'
    """
    issue = "PREVIEW" if edition is None else f"edition-{edition}"
    plain = "".join(character if character.isalnum() else "-" for character in force)
    return f"breach-report-{plain}-{day.isoformat()}-{issue}.{suffix}"
