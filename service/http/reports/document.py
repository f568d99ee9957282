"""What an issued edition looks like in a list."""

import json

from asyncpg import Record

from service.http.documents import At, Document, at

# The formats in which an edition can be asked for. The JSON document is also what a path without a suffix gives.
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8; header=present",
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
}


class IssuedEdition(Document):
    """One issued edition. `late`: it was issued after it was due. `files`: where to fetch each format."""

    force: str
    day: str
    edition: int
    horizon: At
    due_at: At
    issued_at: At
    late: bool
    files: dict[str, str]


class EditionPage(Document):
    """Editions, of the newest days first. `next`: where to find more, null at the end."""

    items: list[IssuedEdition]
    next: str | None


def issued(row: Record) -> IssuedEdition:
    """Return one row of the list."""
    path = f"/v1/reports/{row['force']}/{row['day']}/editions/{row['edition']}"
    formats = [name for name in MEDIA_TYPES if name in json.loads(row["files"])]
    return IssuedEdition(
        force=row["force"],
        day=str(row["day"]),
        edition=row["edition"],
        horizon=at(row["horizon"]),
        due_at=at(row["due_at"]),
        issued_at=at(row["issued_at"]),
        late=row["issued_at"] > row["due_at"],
        files={name: f"{path}.{name}" for name in formats},
    )
