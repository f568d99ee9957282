"""Rows of a Parquet file are JSON as if each value had been written by itself."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.parquet import read_rows

AT = datetime(2026, 11, 20, 18, 2, 11, tzinfo=UTC)
REST = {"tag_id": ["T-1"] * 3, "recorded_at": ["2026-11-20T18:02:11Z"] * 3, "longitude": [0.5] * 3}

CASES = [
    (pa.float64(), [51.3712, float("nan"), float("-inf")], [51.3712, None, None]),
    (pa.float64(), [1e-310, None, 2.0], [1e-310, None, 2.0]),
    (pa.float32(), [0.1, None, 3.0], [0.10000000149011612, None, 3.0]),
    (pa.float16(), [0.5, 1.0, None], [0.5, 1.0, None]),
    (pa.int8(), [1, -1, 127], [1, -1, 127]),
    (pa.int64(), [2**62 + 1, None, -1], [2**62 + 1, None, -1]),
    (pa.uint64(), [2**64 - 1, 0, 1], [2**64 - 1, 0, 1]),
    (pa.string(), ["ä", None, '"'], ["ä", None, '"']),
    (pa.large_string(), ["a", None, ""], ["a", None, ""]),
    (pa.string_view(), ["a", None, "b"], ["a", None, "b"]),
    (pa.dictionary(pa.int8(), pa.string()), ["a", None, "a"], ["a", None, "a"]),
    (pa.bool_(), [True, None, False], [True, None, False]),
    (pa.decimal128(5, 2), [Decimal("1.50"), None, Decimal(2)], [1.5, None, 2.0]),
    (pa.null(), [None, None, None], [None, None, None]),
    (pa.date32(), [date(2026, 11, 20), None, None], ["2026-11-20", None, None]),
    (pa.timestamp("us", "UTC"), [AT, None, AT], ["2026-11-20 18:02:11.000000Z", None, "2026-11-20 18:02:11.000000Z"]),
]


@pytest.mark.parametrize(("kind", "values", "expected"), CASES, ids=[str(case[0]) for case in CASES])
def test_values_are_written_as_they_are(
    tmp_path: Path, kind: pa.DataType, values: list[object], expected: list[object]
) -> None:
    pq.write_table(pa.table({**REST, "latitude": pa.array(values, kind)}), tmp_path / "F.parquet")
    rows = [json.loads(line) for _, line in read_rows(tmp_path / "F.parquet", "cordon")]
    assert [row["latitude"] for row in rows] == expected
    assert [type(row["latitude"]) for row in rows] == [type(value) for value in expected]
