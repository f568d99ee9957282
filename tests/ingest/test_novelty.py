"""Only what may be known already is looked up."""

import pytest

from geofence.ids import TagId
from geofence.instants import BEGINNING, Instant
from ingest.fix import Fix
from ingest.novelty import doubtful_rows


@pytest.mark.parametrize(
    ("newest", "instants", "doubtful", "newest_after"),
    [
        (BEGINNING, [], [], BEGINNING),
        (BEGINNING, [1, 2, 3], [], 3),
        (2, [1, 2, 3], [0, 1], 3),
        (5, [1, 2, 3], [0, 1, 2], 5),
        (BEGINNING, [3, 1, 3, 4, 4], [1, 2, 4], 4),
    ],
)
def test_a_fix_newer_than_all_before_it_is_new_for_certain(
    newest: int, instants: list[int], doubtful: list[int], newest_after: int
) -> None:
    tag, other = TagId("T"), TagId("other")
    known = {tag: Instant(newest), other: BEGINNING}
    assert doubtful_rows([Fix(tag, Instant(at), 51.0, 0.1) for at in instants], known) == doubtful
    assert known == {tag: newest_after, other: BEGINNING}
