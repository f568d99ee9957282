"""The rows of a Parquet file, whose columns are named like a profile's members. Row 1 is the first."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.decode import Faulty, read_object
from ingest.fix import Fix, Profile
from ingest.lines import FileUnreadable
from ingest.profiles import member_names, required_members
from ingest.reading import ahead_of

_ROWS_AT_ONCE = 16_384


def read_rows(path: Path, profile: Profile) -> Iterator[tuple[int, Fix | Faulty]]:
    """Yield the number of each row and what it holds. Raises FileUnreadable: no Parquet, or a column is missing."""
    ahead = ahead_of(None)
    number = 0
    try:
        with path.open("rb") as opened, pq.ParquetFile(opened) as file:
            columns = _columns(path, file.schema_arrow.names, profile)
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=columns):
                for row in _rows(batch):
                    number += 1
                    yield number, read_object(row, profile, ahead)
    except pa.ArrowException as wrong:
        first_line = str(wrong).splitlines()[0]
        raise FileUnreadable(
            f"{path}: after row {number}: not readable as Parquet ({first_line}); write it again"
        ) from wrong
    except OSError as wrong:
        raise FileUnreadable(f"{path}: {wrong.strerror or wrong}; name a Parquet file that can be read") from wrong


def _columns(path: Path, present: list[str], profile: Profile) -> list[str]:
    missing = [name for name in required_members(profile) if name not in present]
    if missing:
        raise FileUnreadable(f"{path}: column {', '.join(missing)} is missing; add it, or name another profile")
    return [name for name in member_names(profile).values() if name in present]


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, object]]:
    names = batch.schema.names
    for values in zip(*(_values(column) for column in batch.columns), strict=True):
        yield dict(zip(names, values, strict=True))


def _values(column: pa.Array) -> list[object]:
    """Return a column's values as those of JSON, and times as datetimes; what can't be one of these as it is."""
    if pa.types.is_timestamp(column.type):
        return _times(column)
    if pa.types.is_decimal(column.type):
        return [float(value) if isinstance(value, Decimal) else value for value in column.to_pylist()]
    values: list[object] = column.to_pylist()
    return values


def _times(column: pa.Array) -> list[object]:
    # Finer than a microsecond is cut, as in a text.
    cut = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return [_time(value) for value in cut]


def _time(value: pa.Scalar) -> object:
    try:
        return value.as_py()
    except (ValueError, OverflowError):
        return value
