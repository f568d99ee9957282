"""Only what may be known already is looked up."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.ids import TagId
from geofence.instants import BEGINNING, Instant
from ingest.columns import FixColumns, columns_of
from ingest.fix import Fix
from ingest.novelty import doubtful_rows


def columns(tags: list[int], instants: list[int]) -> FixColumns:
    fixes = [Fix(TagId(""), Instant(at), 51.0, 0.1) for at in instants]
    return columns_of(fixes, range(len(fixes)), tags)


@pytest.mark.parametrize(
    ("newest", "instants", "doubtful"),
    [
        (BEGINNING, [], []),
        (BEGINNING, [1, 2, 3], []),
        (2, [1, 2, 3], [0, 1]),
        (5, [1, 2, 3], [0, 1, 2]),
        (BEGINNING, [3, 1, 3, 4, 4], [1, 2, 4]),
    ],
)
def test_a_fix_newer_than_all_before_it_is_new_for_certain(
    newest: int, instants: list[int], doubtful: list[int]
) -> None:
    found = doubtful_rows(columns([0] * len(instants), instants), np.array([newest, BEGINNING]))
    assert found.tolist() == doubtful


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 8))), st.lists(st.integers(-1, 8), min_size=3, max_size=3))
def test_each_tag_is_looked_at_for_itself(fixes: list[tuple[int, int]], newest: list[int]) -> None:
    found = doubtful_rows(columns([tag for tag, _ in fixes], [at for _, at in fixes]), np.array(newest))
    expected = []
    for tag in range(3):
        rows = [row for row, (own, _) in enumerate(fixes) if own == tag]
        before = accumulate((fixes[row][1] for row in rows), max, initial=newest[tag])
        expected += [row for row, known in zip(rows, before, strict=False) if fixes[row][1] <= known]
    assert found.tolist() == sorted(expected)
