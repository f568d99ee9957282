"""The rows of a Parquet file as lines of JSON; its columns are named like a profile's members. Row 1 is the first."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.fix import Profile
from ingest.lines import FileUnreadable
from ingest.profiles import member_names, required_members

_ROWS_AT_ONCE = 16_384


def read_rows(path: Path, profile: Profile) -> Iterator[tuple[int, bytes]]:
    """Yield number and JSON of each row; NaN and infinite become null, which is how column files leave a value out.

    Raises FileUnreadable: no Parquet, or a column is missing, there twice, or of bytes.
    """
    number = 0
    try:
        # With what it calls a buffer, Arrow would end up with all of the file in memory.
        with path.open("rb") as opened, pq.ParquetFile(opened, pre_buffer=False) as file:
            columns = _columns(path, file.schema_arrow, profile)
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


def _columns(path: Path, present: pa.Schema, profile: Profile) -> list[str]:
    missing = [name for name in required_members(profile) if name not in present.names]
    if missing:
        raise FileUnreadable(f"{path}: column {', '.join(missing)} is missing; add it, or name another profile")
    columns = [name for name in member_names(profile).values() if name in present.names]
    for name in columns:
        if present.names.count(name) > 1:
            raise FileUnreadable(f"{path}: column {name} is there twice; keep one of the two")
        if _of_bytes(present.field(name).type):
            raise FileUnreadable(f"{path}: column {name} is of type {present.field(name).type}; write it as text")
    return columns


def _of_bytes(kind: pa.DataType) -> bool:
    """Whether its values are bytes, of which nobody says what text they are; JSON would have them in base 64."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


def _rows(batch: pa.RecordBatch) -> Iterator[object]:
    row = msgspec.defstruct("Row", [(name, object) for name in batch.schema.names], gc=False)
    return map(row, *(_values(column) for column in batch.columns))


def _values(column: pa.Array) -> list[object]:
    """Return a column as values that JSON can write; by way of NumPy where that gives the same, being far quicker."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = _as_text(column)
    elif not _same_in_numpy(column):
        values: list[object] = column.to_pylist()
        return values
    quick: list[object] = column.to_numpy(zero_copy_only=False).tolist()
    return quick


def _as_text(column: pa.Array) -> pa.Array:
    """Return times as texts, in UTC if they name instants. Finer than a microsecond is cut, as in a text."""
    # Arrow is slow to print a time zone, so it prints none.
    texts = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.timestamp("us", "UTC"))
    texts = texts.cast(pa.timestamp("us")).cast(pa.string())
    return pc.binary_join_element_wise(texts, "Z", "") if column.type.tz else texts


def _same_in_numpy(column: pa.Array) -> bool:
    """Whether NumPy has the same values; it makes NaN of a number that is left out, which spoils whole ones alone."""
    kind = column.type
    if pa.types.is_integer(kind):
        return bool(column.null_count == 0)
    return bool(pa.types.is_floating(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind))


_JSON = msgspec.json.Encoder(decimal_format="number", enc_hook=lambda value: type(value).__name__)
