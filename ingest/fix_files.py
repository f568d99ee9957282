"""Fixes are written as `files` reads them: lines, compressed lines, or the rows of a Parquet file; block by block."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.fix import Profile
from ingest.profiles import ProfileMembers, member_names

Form = Literal[".jsonl", ".jsonl.gz", ".parquet"]
FORMS: tuple[Form, ...] = (".jsonl", ".jsonl.gz", ".parquet")
Write = Callable[[Sequence[ProfileMembers]], None]

_INSTANT = pa.timestamp("us", tz="UTC")
_TYPES = {
    "tag_id": pa.string(),
    "position_id": pa.string(),
    "person_id": pa.string(),
    "recorded_at": _INSTANT,
    "uploaded_at": _INSTANT,
    "satellites": pa.int32(),
}
_MECHANISM: dict[Profile, pa.DataType] = {"cordon": pa.string(), "mdss": pa.int32()}


def form_of(path: Path) -> Form | None:
    """Return the form that a file's name asks for; None if it asks for none that there is."""
    return next((form for form in FORMS if path.name.lower().endswith(form) and len(path.name) > len(form)), None)


@contextmanager
def writing_fixes(path: Path, form: Form, profile: Profile) -> Iterator[Write]:
    """Yield what writes a block of fixes to a file. Equal fixes in equal blocks give equal bytes. Raises OSError."""
    with path.open("wb") as file:
        match form:
            case ".jsonl":
                yield _lines(file)
            case ".jsonl.gz":
                # Neither its name nor the time is in it.
                with gzip.GzipFile("", "wb", 6, file, 0) as compressed:
                    yield _lines(compressed)
            case ".parquet":
                with pq.ParquetWriter(file, _schema(profile)) as table:
                    yield _rows(table, profile)


def _lines(file: BinaryIO | gzip.GzipFile) -> Write:
    encode = msgspec.json.Encoder().encode_lines

    def write(block: Sequence[ProfileMembers]) -> None:
        file.write(encode(block))

    return write


def _rows(table: pq.ParquetWriter, profile: Profile) -> Write:
    schema = _schema(profile)

    def write(block: Sequence[ProfileMembers]) -> None:
        columns = [_column([getattr(one, name) for one in block], kind) for name, kind in _columns(profile).items()]
        table.write_batch(pa.record_batch(columns, schema=schema))

    return write


def _column(values: list[object], kind: pa.DataType) -> pa.Array:
    # Instants come as texts; Arrow reads them back.
    return pa.array(values, pa.string()).cast(kind) if kind == _INSTANT else pa.array(values, kind)


def _columns(profile: Profile) -> dict[str, pa.DataType]:
    """Return the type of each field, in order."""
    kinds = {**_TYPES, "mechanism": _MECHANISM[profile]}
    return {name: kinds.get(name, pa.float64()) for name in member_names(profile)}


def _schema(profile: Profile) -> pa.Schema:
    return pa.schema([(member_names(profile)[name], kind) for name, kind in _columns(profile).items()])
