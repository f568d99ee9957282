"""What a file holds: counts, rejections by line, and columns with each fix once."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.tracks import Mechanism
from ingest.files import FileFixes, read_fixes
from ingest.fix import Profile
from ingest.lines import FileUnreadable
from tests.ingest.messages import RECORDED, body, fix_message, mdss_message


def read(path: Path | None, profile: Profile = "cordon") -> FileFixes:
    return read_fixes(path, profile, lambda count: None)


def write(path: Path, *lines: object) -> Path:
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else body(line) for line in lines))
    return path


def test_lines_are_counted_and_blank_ones_only_numbered(tmp_path: Path) -> None:
    path = write(
        tmp_path / "F.jsonl",
        fix_message(),
        b"  \r",
        fix_message(uploaded_at=None),
        fix_message(latitude=91.2),
        fix_message(position_id="2"),
        fix_message(latitude=51.5, hdop=2),
        b"[]",
    )
    read_file = read(path)
    assert read_file.counts == {"lines": 6, "fixes": 2, "duplicates": 1, "contradictions": 1, "rejected": 3}
    assert read_file.rejections == [
        {"line": 4, "faults": ["latitude: 91.2 is over 90"]},
        {
            "line": 6,
            "faults": [
                "latitude: differs from the first fix of this identity, line 1",
                "hdop: differs from the first fix of this identity, line 1",
            ],
        },
        {"line": 7, "faults": ["message: not an object"]},
    ]
    assert read_file.tracks.position_id.tolist() == ["8812345", "2"]


def test_columns_hold_what_the_rules_need(tmp_path: Path) -> None:
    path = write(tmp_path / "F.jsonl", fix_message(), fix_message(tag_id="T-2", accuracy_m=None, position_id=None))
    tracks = read(path).tracks
    assert tracks.tag_ids == ("T-000123", "T-2")
    assert tracks.tag.tolist() == [0, 1]
    assert tracks.tag.dtype == np.int64
    assert tracks.recorded_at.tolist() == [RECORDED, RECORDED]
    assert tracks.position_id.tolist() == ["8812345", None]
    assert tracks.person_id.tolist() == [None, None]
    assert tracks.mechanism.tolist() == [Mechanism.GPS, Mechanism.GPS]
    assert tracks.latitude_deg.tolist() == [51.3712, 51.3712]
    assert tracks.longitude_deg.tolist() == [-0.1021, -0.1021]
    assert tracks.accuracy_m[0] == 8.0
    assert np.isnan(tracks.accuracy_m[1])
    assert tracks.accuracy_confidence.tolist() == [0.95, 0.95]
    assert tracks.clock_suspect.tolist() == [False, False]


def test_an_empty_file_holds_no_fixes(tmp_path: Path) -> None:
    path = write(tmp_path / "F.jsonl")
    assert read(path).counts == {"lines": 0, "fixes": 0, "duplicates": 0, "contradictions": 0, "rejected": 0}
    assert len(read(path).tracks) == 0


IDENTITY_CASES = [
    ("the same with another upload", {"uploaded_at": "2026-11-20T19:00:00Z"}, (1, 1, 0)),
    ("the same with a number for an id", {"position_id": 8812345}, (1, 1, 0)),
    ("the same instant in another offset", {"recorded_at": "2026-11-20T19:02:11+01:00"}, (1, 1, 0)),
    ("an unknown member more", {"battery": 3}, (1, 1, 0)),
    ("another tag", {"tag_id": "T-2"}, (2, 0, 0)),
    ("another instant", {"recorded_at": "2026-11-20T18:02:11.000001Z"}, (2, 0, 0)),
    ("another position_id", {"position_id": "8812346"}, (2, 0, 0)),
    ("no position_id", {"position_id": None}, (2, 0, 0)),
    ("another mechanism under one position_id", {"mechanism": "wifi"}, (1, 0, 1)),
    ("another latitude", {"latitude": 51.3713}, (1, 0, 1)),
    ("another accuracy", {"accuracy_m": 9}, (1, 0, 1)),
    ("no accuracy any more", {"accuracy_m": None}, (1, 0, 1)),
    ("another confidence", {"accuracy_confidence": 0.68}, (1, 0, 1)),
    ("another heading", {"heading_deg": 272}, (1, 0, 1)),
    ("no satellites any more", {"satellites": None}, (1, 0, 1)),
    ("another speed", {"speed_kmh": 3.6}, (1, 0, 1)),
]


@pytest.mark.parametrize(
    ("changes", "expected"), [case[1:] for case in IDENTITY_CASES], ids=[c[0] for c in IDENTITY_CASES]
)
def test_identity_and_content_decide(
    tmp_path: Path, changes: dict[str, object], expected: tuple[int, int, int]
) -> None:
    counts = read(write(tmp_path / "F.jsonl", fix_message(), fix_message(**changes))).counts
    assert (counts["fixes"], counts["duplicates"], counts["contradictions"]) == expected


def test_without_a_position_id_the_mechanism_is_part_of_the_identity(tmp_path: Path) -> None:
    path = write(
        tmp_path / "F.jsonl",
        fix_message(position_id=None),
        fix_message(position_id=None, mechanism="wifi"),
        fix_message(position_id=None, accuracy_m=None),
        fix_message(position_id=None, mechanism="wifi"),
    )
    assert read(path).counts == {"lines": 4, "fixes": 2, "duplicates": 1, "contradictions": 1, "rejected": 1}


def test_what_is_unknown_twice_is_the_same(tmp_path: Path) -> None:
    one, other = (fix_message(accuracy_m=value, hdop=None) for value in (None, "NaN"))
    assert read(write(tmp_path / "F.jsonl", one, other)).counts["duplicates"] == 1


few_fixes = st.builds(
    fix_message,
    position_id=st.sampled_from([None, "1"]),
    recorded_at=st.sampled_from(["2026-11-20T18:02:11Z", "2026-11-20T18:03:11Z"]),
    latitude=st.sampled_from([51.0, 51.1]),
    mechanism=st.sampled_from(["gps", "cell"]),
)


@given(st.lists(few_fixes, max_size=12))
def test_the_first_of_an_identity_stays_and_every_line_is_counted(
    tmp_path_factory: pytest.TempPathFactory, messages: list[dict[str, object]]
) -> None:
    path = write(tmp_path_factory.mktemp("file") / "F.jsonl", *messages)
    first: dict[object, dict[str, object]] = {}
    duplicates = contradictions = 0
    for message in messages:
        identity = message["recorded_at"], message["position_id"], message["position_id"] or message["mechanism"]
        stays = first.setdefault(identity, message)
        duplicates += stays is not message and stays == message
        contradictions += stays != message
    read_file = read(path)
    assert read_file.counts == {
        "lines": len(messages),
        "fixes": len(first),
        "duplicates": duplicates,
        "contradictions": contradictions,
        "rejected": contradictions,
    }
    assert read_file.tracks.latitude_deg.tolist() == [message["latitude"] for message in first.values()]


def test_compressed_and_plain_files_and_standard_input_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "F.jsonl", fix_message(), fix_message(latitude=None), fix_message(position_id=2))
    compressed = tmp_path / "F.jsonl.GZ"
    compressed.write_bytes(gzip.compress(path.read_bytes()))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    plain = read(path)
    for other in (read(compressed), read(None)):
        assert (other.counts, other.rejections) == (plain.counts, plain.rejections)
        assert other.tracks.position_id.tolist() == plain.tracks.position_id.tolist()


def test_lines_may_end_as_on_windows_and_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "F.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + body(fix_message()) + b"\r\n" + body(fix_message(position_id=2)) + b"\r\n")
    assert read(path).counts["fixes"] == 2


def test_a_line_over_64_kib_is_one_rejection_and_the_next_line_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "F.jsonl", b'{"x": "' + b"y" * 70_000 + b'"}', fix_message())
    assert read(path).rejections == [{"line": 1, "faults": ["message: 70009 bytes is over 65536"]}]
    assert read(path).counts["fixes"] == 1


def test_progress_adds_up_to_the_lines(tmp_path: Path) -> None:
    told: list[int] = []
    path = write(tmp_path / "F.jsonl", *[b"{}"] * 70_000)
    read_fixes(path, "cordon", told.append)
    assert told == [65_536, 4_464]


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.binary(3), pa.binary_view()], ids=str)
@pytest.mark.parametrize("encoded", [False, True])
def test_a_parquet_column_of_bytes_is_refused_for_nobody_says_what_text_they_are(
    tmp_path: Path, kind: pa.DataType, encoded: bool
) -> None:
    column = pa.array([b"T-1"], kind)
    if encoded and not pa.types.is_binary_view(kind):
        column = column.dictionary_encode()
    pq.write_table(pa.table({**_one_row(), "tag_id": column}), tmp_path / "F.parquet")
    with pytest.raises(FileUnreadable, match=r"F\.parquet: column tag_id is of type .*binary.*; write it as text$"):
        read(tmp_path / "F.parquet")


def test_a_parquet_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    names = [*_one_row(), "tag_id"]
    pq.write_table(pa.table([*_one_row().values(), ["T-2"]], names=names), tmp_path / "F.parquet")
    with pytest.raises(FileUnreadable, match=r"F\.parquet: column tag_id is there twice; keep one of the two"):
        read(tmp_path / "F.parquet")


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (pa.array([["T-1"]]), "got an array"),
        (pa.array([{"a": "T-1"}]), "got an object"),
        (pa.array([[("a", "T-1")]], pa.map_(pa.string(), pa.string())), "got an array"),
        (pa.array([[b"T-1"]]), "got an array"),
    ],
    ids=["list", "struct", "map", "list of bytes"],
)
@pytest.mark.parametrize("name", ["tag_id", "mechanism"])
def test_rows_of_a_nested_parquet_column_are_refused_one_by_one(
    tmp_path: Path, name: str, column: pa.Array, says: str
) -> None:
    pq.write_table(pa.table({**_one_row(), name: column}), tmp_path / "F.parquet")
    assert read(tmp_path / "F.parquet").rejections == [{"line": 1, "faults": [f"{name}: expected text, {says}"]}]


def _one_row() -> dict[str, list[object]]:
    return {name: [value] for name, value in fix_message().items()}


def _missing(folder: Path) -> Path:
    return folder / "F.jsonl"


def _folder(folder: Path) -> Path:
    return folder


def _not_gzip(folder: Path) -> Path:
    return write(folder / "F.jsonl.gz", fix_message())


def _cut_gzip(folder: Path) -> Path:
    path = folder / "F.jsonl.gz"
    path.write_bytes(gzip.compress(body(fix_message()) + b"\n")[:-6])
    return path


def _not_parquet(folder: Path) -> Path:
    return write(folder / "F.parquet", fix_message())


def _missing_parquet(folder: Path) -> Path:
    return folder / "F.parquet"


def _parquet_without_columns(folder: Path) -> Path:
    pq.write_table(pa.table({"tag_id": ["T"], "latitude": [51.0]}), folder / "F.parquet")
    return folder / "F.parquet"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_missing, "F.jsonl: No such file or directory; name a file that can be read"),
        (_folder, "Is a directory; name a file that can be read"),
        (_not_gzip, "F.jsonl.gz: after line 0: not readable as gzip"),
        (_cut_gzip, "F.jsonl.gz: after line 1: not readable as gzip"),
        (_not_parquet, "F.parquet: after row 0: not readable as Parquet"),
        (_missing_parquet, "F.parquet: No such file or directory; name a Parquet file that can be read"),
        (_parquet_without_columns, "F.parquet: column recorded_at, longitude is missing; add it"),
    ],
)
def test_a_file_that_can_not_be_read_is_named_in_one_line_with_the_remedy(
    tmp_path: Path, make: Callable[[Path], Path], says: str
) -> None:
    with pytest.raises(FileUnreadable) as raised:
        read(make(tmp_path))
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_parquet_rows_are_read_like_lines(tmp_path: Path) -> None:
    at = datetime(2026, 11, 20, 18, 2, 11, 999_999, tzinfo=UTC)
    table = pa.table(
        {
            "tag_id": pa.array(["T-1", "T-1", "T-1", None]).dictionary_encode(),
            "recorded_at": pa.array([at, at, at, at], pa.timestamp("us", "UTC")),
            "latitude": [51.3, 51.3, float("nan"), 51.3],
            "longitude": pa.array([-0.1, -0.1, -0.1, -0.1], pa.float32()),
            "accuracy_m": [8.0, 8.0, None, float("inf")],
            "mechanism": ["gps"] * 4,
            "position_id": [1, 1, 1, 1],
            "satellites": pa.array([9, 9, 9, 9], pa.int8()),
            "unknown": [b"x"] * 4,
        }
    )
    pq.write_table(table, tmp_path / "F.parquet")
    read_file = read(tmp_path / "F.parquet")
    assert read_file.counts == {"lines": 4, "fixes": 1, "duplicates": 1, "contradictions": 0, "rejected": 2}
    assert read_file.rejections == [
        {"line": 3, "faults": ["latitude: is missing"]},
        {"line": 4, "faults": ["tag_id: is missing"]},
    ]
    assert read_file.tracks.position_id.tolist() == ["1"]
    assert read_file.tracks.recorded_at.tolist() == [RECORDED + 999_999]


@pytest.mark.parametrize(
    ("kind", "values", "profile", "expected"),
    [
        (pa.timestamp("ns", "UTC"), [1_795_197_731_999_999_999], "cordon", RECORDED + 999_999),
        (pa.timestamp("ms", "Europe/London"), [1_795_197_731_000], "cordon", RECORDED),
        (pa.timestamp("us"), [1_795_197_731_000_000], "mdss", RECORDED),
        (pa.string(), ["2026-11-20T18:02:11Z"], "cordon", RECORDED),
        (pa.timestamp("us"), [1_795_197_731_000_000], "cordon", None),
        (pa.timestamp("s", "UTC"), [2**40], "cordon", None),
        (pa.int64(), [1_795_197_731], "cordon", None),
    ],
)
def test_a_parquet_column_of_times_is_read_or_its_rows_refused(
    tmp_path: Path, kind: pa.DataType, values: list[object], profile: Profile, expected: int | None
) -> None:
    message = fix_message() if profile == "cordon" else mdss_message()
    column = "recorded_at" if profile == "cordon" else "position_gps_date"
    columns = {name: pa.array([value]) for name, value in message.items()} | {column: pa.array(values, kind)}
    pq.write_table(pa.table(columns), tmp_path / "F.parquet")
    read_file = read(tmp_path / "F.parquet", profile)
    assert read_file.tracks.recorded_at.tolist() == ([] if expected is None else [expected])
    assert all(json.dumps(one).count(column) == 1 for one in read_file.rejections)
    assert len(read_file.rejections) == (expected is None)
