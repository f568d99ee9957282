"""Two judgements of the same fixes, compared: no incident is left out, and none is told twice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from geofence.ids import ProhibitionId, WearerId, ZoneId
from geofence.judgement import Coverage, Grade, Incident, Judgement, NotRaised
from geofence.rules import Rules
from service.whatif import compare
from service.whatif_document import counted_grades, not_raised, other_thresholds
from tests.alerts.incident_values import minute, presence


def judgement(incidents: Iterable[Incident] = (), coverage: Iterable[Coverage] = (), version: int = 1) -> Judgement:
    ordered = sorted(incidents, key=lambda one: (one.began_at, one.zone_id, one.incident_id))
    return Judgement(version, minute(0), minute(1440), 0, 0, tuple(ordered), tuple(coverage), ())


@st.composite
def incidents_of_a_day(draw: st.DrawFn) -> list[Incident]:
    """Presences of two tags in two zones; those of one tag and zone do not overlap, as R8 makes them."""
    made: list[Incident] = []
    for tag_id in ("T-1", "T-2"):
        for zone_id in ("Z-1", "Z-2"):
            cuts = sorted(draw(st.sets(st.integers(0, 20), max_size=8)))
            for first, last in zip(cuts[::2], cuts[1::2], strict=False):
                grade: Grade = draw(st.sampled_from(["confirmed", "probable"]))
                made.append(presence(range(first, last), zone_id, tag_id, grade=grade))
    return made


@given(incidents_of_a_day(), incidents_of_a_day())
def test_every_incident_is_the_same_or_told_once(before: list[Incident], after: list[Incident]) -> None:
    compared = compare(judgement(before), judgement(after))
    told = Counter(one.subject for one in compared.differences)
    assert set(told.values()) <= {1}
    of_baseline = [one.baseline for one in compared.differences if one.what not in {"gained", "parted"}]
    of_candidate = [one.candidate for one in compared.differences if one.what not in {"lost", "joined"}]
    assert set(before) - set(of_baseline) == set(after) - set(of_candidate)
    assert len(before) - len(of_baseline) == len(after) - len(of_candidate) == compared.same
    assert bool(compared) == (set(before) != set(after))


@given(incidents_of_a_day(), incidents_of_a_day())
def test_each_difference_names_an_incident_of_either_side(before: list[Incident], after: list[Incident]) -> None:
    for one in compare(judgement(before), judgement(after)).differences:
        assert (one.baseline is None) == (one.what == "gained")
        assert (one.candidate is None) == (one.what == "lost")
        assert one.baseline is None or one.baseline in before
        assert one.candidate is None or one.candidate in after
        if one.baseline and one.candidate:
            assert (one.baseline.tag_id, one.baseline.zone_id) == (one.candidate.tag_id, one.candidate.zone_id)
            if one.what in {"regraded", "changed"}:
                assert (one.baseline.grade != one.candidate.grade) == (one.what == "regraded")


LONG, EARLY, LATE = presence(range(10, 31)), presence(range(10, 13)), presence(range(20, 31))
WEAK = replace(LONG, grade="possible")

CASES = [
    ("nothing", [], [], []),
    ("the same", [LONG], [LONG], []),
    ("lost", [LONG], [], ["lost"]),
    ("gained", [], [LONG], ["gained"]),
    ("regraded", [LONG], [WEAK], ["regraded"]),
    ("shortened", [LONG], [EARLY], ["changed"]),
    ("begun later, under another name", [LONG], [LATE], ["changed"]),
    ("parted", [LONG], [EARLY, LATE], ["changed", "parted"]),
    ("joined", [EARLY, LATE], [LONG], ["changed", "joined"]),
    ("joined and regraded", [EARLY, LATE], [WEAK], ["regraded", "joined"]),
    ("another zone", [LONG], [presence(range(10, 31), "Z-2")], ["lost", "gained"]),
    ("another time", [EARLY], [LATE], ["lost", "gained"]),
]


@pytest.mark.parametrize(("before", "after", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_became_of_an_incident(before: list[Incident], after: list[Incident], told: list[str]) -> None:
    assert [one.what for one in compare(judgement(before), judgement(after)).differences] == told


def test_what_is_joined_names_the_incident_it_is_in_and_what_is_parted_the_one_it_was_in() -> None:
    joined = compare(judgement([EARLY, LATE]), judgement([LONG])).of("joined")
    assert [(one.baseline, one.candidate) for one in joined] == [(LATE, LONG)]
    parted = compare(judgement([LONG]), judgement([EARLY, LATE])).of("parted")
    assert [(one.baseline, one.candidate) for one in parted] == [(LONG, LATE)]


def test_time_monitored_is_told_where_it_differs() -> None:
    rows = [Coverage(WearerId("W"), ProhibitionId(name), 100, 90, 0, (), None) for name in ("P-1", "P-2")]
    compared = compare(
        judgement(coverage=rows), judgement(coverage=[rows[0], structs.replace(rows[1], monitored_us=80)])
    )
    [only] = compared.monitored
    assert (only.prohibition_id, only.baseline_us, only.candidate_us) == ("P-2", 90, 80)
    assert compared


def test_another_version_alone_is_no_difference() -> None:
    assert not compare(judgement([LONG]), judgement([LONG], version=2))


def test_what_is_suspended_or_not_aware_is_not_counted() -> None:
    found = judgement([LONG, replace(EARLY, suspended=True), replace(LATE, before_aware=True)])
    assert counted_grades(found) == {"confirmed": 1, "probable": 0, "inferred": 0, "possible": 0}


def test_fixes_not_raised_are_counted_by_reason() -> None:
    row = NotRaised(WearerId("W"), ZoneId("Z"), LONG.tag_id, minute(1), None, 1.0, 0.4, "uncertain")
    found = replace(judgement(), not_raised=(row, replace(row, reason="within_leg"), row))
    assert not_raised(found) == {"uncertain": 2, "implausible": 0, "within_leg": 1}


def test_thresholds_that_differ_are_named_with_both_values() -> None:
    assert other_thresholds(Rules(), Rules(join_s=60.0, version=2)) == {"version": (1, 2), "join_s": (300.0, 60.0)}
