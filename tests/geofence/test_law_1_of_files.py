"""Law 1 for files: lines in any order, some of them twice, in one file or appended to another, are judged alike."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from geofence.instants import printed
from geofence.judge import judge
from geofence.judgement import to_json
from geofence.rules import Rules
from ingest.files import read_fixes
from tests.geofence.crowds import Crowd, crowds
from tests.geofence.town import Fix, place
from tests.trying import tried


def line(one: Fix, uploaded_at: str) -> str:
    """Return a fix as a line of a file. When it was uploaded is no part of what it says."""
    longitude, latitude = place(one.east_m, one.north_m)
    return json.dumps(
        {
            "tag_id": one.tag_id,
            "recorded_at": printed(one.at),
            "uploaded_at": uploaded_at,
            "position_id": one.position_id,
            "longitude": longitude,
            "latitude": latitude,
            "accuracy_m": one.accuracy_m,
            "mechanism": one.mechanism,
        }
    )


def judged(path: Path, crowd: Crowd) -> tuple[bytes, dict[str, int]]:
    """Judge a file as `cordon judge` does; the counts of its lines apart."""
    read = read_fixes(path, "cordon", lambda count: None)
    return to_json(judge(read.tracks, crowd.people, Rules(), crowd.between, crowd.horizon)), read.counts


@tried(25, HealthCheck.function_scoped_fixture)
@given(crowds(), st.randoms(use_true_random=False))
def test_law_1_shuffled_lines_with_duplicates_are_judged_as_each_fix_once(
    tmp_path: Path, crowd: Crowd, random: Random
) -> None:
    once = {(one.tag_id, one.at, one.position_id or one.mechanism): one for one in crowd.fixes}
    fixes = [replace(one, clock_suspect=False) for one in once.values()]
    plain = [line(one, "2026-11-20T23:00:00Z") for one in fixes]
    again = [line(one, "2026-11-21T05:00:00Z") for one in fixes if random.random() < 0.5]
    mixed = random.sample(plain + again, len(plain) + len(again))
    (tmp_path / "plain.jsonl").write_text("\n".join(plain))
    (tmp_path / "mixed.jsonl").write_text("\n".join(mixed) + "\n")
    expected, _ = judged(tmp_path / "plain.jsonl", crowd)
    answer, counts = judged(tmp_path / "mixed.jsonl", crowd)
    assert answer == expected
    assert (counts["fixes"], counts["duplicates"], counts["rejected"]) == (len(plain), len(again), 0)
