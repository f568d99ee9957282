"""The rows of a Parquet file as lines of JSON; its columns are named like a profile's members. Row 1 is the first."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.fix import Profile
from ingest.lines import FileUnreadable
from ingest.profiles import member_names, required_members

_ROWS_AT_ONCE = 16_384


def read_rows(path: Path, profile: Profile) -> Iterator[tuple[int, bytes]]:
    """Yield number and JSON of each row; NaN and infinite become null, which is how column files leave a value out.

    Raises FileUnreadable: no Parquet, or a column is missing.
    """
    number = 0
    try:
        with path.open("rb") as opened, pq.ParquetFile(opened) as file:
            columns = _columns(path, file.schema_arrow.names, profile)
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=columns):
                for row in _rows(batch):
                    number += 1
                    yield number, _JSON.encode(row)
    except pa.ArrowException as wrong:
        place = f"{path}: after row {number}"
        raise FileUnreadable(
            f"{place}: not readable as Parquet ({str(wrong).splitlines()[0]}); write it again"
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
    if pa.types.is_timestamp(column.type):
        # Finer than a microsecond is cut, as in a text.
        return [_time(value) for value in column.cast(pa.timestamp("us", column.type.tz), safe=False)]
    values: list[object] = column.to_pylist()
    return values


def _time(value: pa.Scalar) -> object:
    try:
        return value.as_py()
    except (ValueError, OverflowError):
        return "beyond the calendar"


_JSON = msgspec.json.Encoder(decimal_format="number", enc_hook=lambda value: type(value).__name__)
