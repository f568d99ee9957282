"""`judge` against the second implementation in `oracle`, which was written from the rules of judgement alone.

More scenarios than a test has time for: `python -m tests.geofence.oracle --seed 1 --count 5000`.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import shapely
from msgspec import structs
from scipy.stats import ncx2
from shapely import Geometry, LineString, MultiPolygon, Point, Polygon, box

from geofence.instants import FOREVER, Instant
from geofence.judgement import Judgement
from geofence.register import ZoneVersion
from tests.geofence.oracle.__main__ import disagreement, minimised
from tests.geofence.oracle.compare import differences
from tests.geofence.oracle.edges import EDGES
from tests.geofence.oracle.generator import scenario
from tests.geofence.oracle.judge import judge as oracle
from tests.geofence.oracle.probability import area_mass, cached_outline, disc_mass, outline, sigma_m
from tests.geofence.oracle.scenario import Scenario, smaller
from tests.geofence.oracle.shape import Shape, as_shape
from tests.trying import TIMES

BATCHES = 8
BATCH = 18 * TIMES


def seeds(batch: int) -> range:
    return range(1 + batch * BATCH, 1 + (batch + 1) * BATCH)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_judge_and_the_second_implementation_answer_alike(batch: int) -> None:
    for seed in seeds(batch):
        case = scenario(seed)
        found = disagreement(case)
        if found:
            small = minimised(case)
            pytest.fail(
                "\n".join([f"seed {seed}", *found[:4], "smallest:", *(disagreement(small) or []), small.described()])
            )


@pytest.mark.parametrize("name", EDGES)
def test_judge_and_the_second_implementation_answer_alike_at_the_edges(name: str) -> None:
    assert disagreement(EDGES[name]) == []


def answers(count: int) -> Iterator[tuple[Scenario, Judgement]]:
    for seed in range(1, 1 + count):
        case = scenario(seed)
        answer, margins = oracle(case.tracks(), case.register, case.rules, case.between, case.horizon)
        if margins.closest >= 1:
            yield case, answer


def test_the_scenarios_are_hard_and_few_are_set_aside() -> None:
    seen: Counter[str] = Counter()
    for _, answer in answers(45):
        seen["decided"] += 1
        for incident in answer.incidents:
            seen.update([incident.kind, incident.grade, incident.state])
            seen["visits"] += incident.visits > 1
            seen["already inside"] += incident.already_inside
        seen.update(row.reason for row in answer.not_raised)
        seen.update(gap.reason for row in answer.coverage for gap in row.unmonitored)
    assert seen["decided"] >= 36
    wanted = ["presence", "crossing", "confirmed", "probable", "inferred", "possible", "closed", "track_lost", "visits"]
    wanted += [
        "already inside",
        "uncertain",
        "no_zone",
        "no_fitting",
        "no_fixes",
        "sparse",
        "cell_only",
        "poor_accuracy",
    ]
    assert [what for what in wanted if not seen[what]] == []


def test_the_comparison_notices_each_member_that_differs() -> None:
    case, answer = next((c, a) for c, a in answers(45) if a.incidents and a.not_raised and a.coverage[0].nearest)
    assert differences(answer, answer, case.planes_part_m) == []
    first, row, fix = answer.incidents[0], answer.not_raised[0], answer.incidents[0].fixes[0]
    nearest = answer.coverage[0].nearest
    assert nearest is not None
    incidents = [
        replace(first, grade="possible" if first.grade != "possible" else "confirmed"),
        replace(first, began_at=Instant(first.began_at - 200_000)),
        replace(first, began_between=(Instant(0), None)),
        replace(first, visits=9),
        replace(first, deepest_m=first.deepest_m + 1),
        replace(first, p_inside_max=first.p_inside_max - 0.01),
        replace(first, fixes=()),
        replace(first, fixes=(replace(fix, depth_m=fix.depth_m + 1), *first.fixes[1:])),
        replace(first, fixes=(replace(fix, zone_version=99), *first.fixes[1:])),
    ]
    changed = [replace(answer, incidents=(i, *answer.incidents[1:])) for i in incidents]
    changed += [
        replace(answer, judged=answer.judged + 1),
        replace(answer, incidents=answer.incidents[1:]),
        replace(answer, incidents=(first, *answer.incidents)),
        replace(answer, coverage=answer.coverage[1:]),
        replace(answer, coverage=(structs.replace(answer.coverage[0], monitored_us=-1), *answer.coverage[1:])),
        replace(answer, coverage=(structs.replace(answer.coverage[0], nearest=None), *answer.coverage[1:])),
        replace(
            answer,
            coverage=(
                structs.replace(answer.coverage[0], nearest=structs.replace(nearest, depth_m=1e6)),
                *answer.coverage[1:],
            ),
        ),
        replace(answer, not_raised=answer.not_raised[1:]),
        replace(answer, not_raised=(replace(row, depth_m=row.depth_m + 1), *answer.not_raised[1:])),
    ]
    assert [bool(differences(answer, other, case.planes_part_m)) for other in changed] == [True] * len(changed)


def test_shrinking_only_ever_takes_things_away() -> None:
    case = scenario(3)
    for candidate in smaller(case):
        assert set(candidate.rows) <= set(case.rows)
        assert candidate != case


HOLED = Polygon([(-80, -50), (80, -50), (80, 50), (-80, 50)], [[(-10, -10), (20, -10), (20, 20), (-10, 20)]])
# A hole that the distance only just fills.
FILLED = Point(0, 0).buffer(400, quad_segs=3).difference(Point(0, 0).buffer(151, quad_segs=2))
AREAS: list[tuple[Geometry, float]] = [
    (HOLED, 0.0),
    (HOLED, 4.0),
    (MultiPolygon([box(-50, -50, -5, 50), box(5, -20, 60, 20)]), 0.0),
    (LineString([(-90, 0), (0, 30), (60, -40)]), 12.0),
    (Polygon([(-60, -60), (60, -60), (60, -20), (-20, -20), (-20, 60), (-60, 60)]), 10.0),
    (FILLED, 150.0),
]


@pytest.mark.parametrize(("footprint", "distance_m"), AREAS)
@pytest.mark.parametrize("r95_m", [5.0, 40.0, 300.0])
def test_the_quadrature_agrees_with_throwing_darts(footprint: Geometry, distance_m: float, r95_m: float) -> None:
    area = cached_outline(as_shape(footprint), distance_m, 256)
    darts = np.random.default_rng(7).normal(size=(40_000, 2)) * sigma_m(r95_m)
    for x, y in [(0.0, 0.0), (19.0, 21.0), (-81.0, 3.0), (150.0, 40.0)]:
        share = float(np.mean(shapely.dwithin(footprint, shapely.points(np.add(darts, (x, y))), distance_m)))
        assert area_mass(area, x, y, sigma_m(r95_m)) == pytest.approx(share, abs=4 * math.sqrt(0.25 / 40_000))


@pytest.mark.parametrize("apart_m", [0.0, 3.0, 99.0, 101.0, 600.0])
@pytest.mark.parametrize("r95_m", [5.0, 80.0, 2000.0])
def test_the_mass_in_a_disc_is_the_non_central_chi_square(apart_m: float, r95_m: float) -> None:
    sigma = sigma_m(r95_m)
    expected = float(ncx2.cdf((100.0 / sigma) ** 2, 2, (apart_m / sigma) ** 2))
    assert disc_mass(apart_m, 100.0, sigma) == pytest.approx(expected, abs=1e-8)


def test_a_buffer_in_chords_has_the_mass_of_the_disc() -> None:
    shape = Shape(ZoneVersion(1, Instant(0), FOREVER, Point(-0.1, 51.37), 100.0))
    assert area_mass(outline(shape, 2048), 30.0, 90.0, 12.0) == pytest.approx(
        disc_mass(math.hypot(30, 90), 100.0, 12.0), abs=1e-6
    )
