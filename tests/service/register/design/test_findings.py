"""What is warned of, what is not, and what is named as not checked: by example, in metres about a market cross."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry

from geofence.ids import ZoneId
from geofence.instants import Instant, Interval, printed
from geofence.register import DAYS, Window, Zone, ZoneVersion
from service.register.design.draft import NamedPlace
from service.register.design.near_places import MOST_NAMED
from service.register.shapes import UNREADABLE
from tests.geofence.town import Fix, polygon
from tests.service.register.design.values import (
    BEGAN,
    CIRCLE,
    DAY_US,
    DRAFT,
    ENDS,
    NOW,
    around,
    box,
    checked,
    clause,
    draft,
    drawn,
    left,
    line,
    order,
    point,
    text,
    warned,
)

SQUARE = drawn(box(-200, -200, 200, 200))
RING = drawn(polygon((-300, -300), (300, -300), (0, 400), holes=[((-90, -90), (90, -90), (90, 90), (-90, 90))]))


def test_a_sound_draft_has_no_warning_and_says_what_was_not_checked() -> None:
    found = checked(draft())
    assert found.warnings == ()
    assert (found.zone_id, found.version, found.replay) == (DRAFT, 1, None)
    assert found.area_m2 == pytest.approx(125_664, rel=1e-3)
    assert left(found, "home") == "the wearer's home is not recorded"
    assert left(found, "replay").startswith("no fixes of the wearer in the 30 days before 2026-11-20T09:00:00Z")
    assert {one.check for one in found.not_checked} == {"home", "replay"}


@pytest.mark.parametrize(
    ("version", "home", "said"),
    [
        (CIRCLE, point(0), "lies in the zone"),
        (CIRCLE, point(200), "lies in the zone"),
        (CIRCLE, point(201), "within 50 m"),
        (CIRCLE, point(249.9), "within 50 m"),
        (CIRCLE, point(250.1), ""),
        (CIRCLE, box(190, -10, 260, 10), "lies in the zone"),
        (CIRCLE, box(240, -10, 260, 10), "within 50 m"),
        (CIRCLE, box(255, -10, 260, 10), ""),
        # A home around the whole zone, and one in a hole of it.
        (CIRCLE, box(-900, -900, 900, 900), "lies in the zone"),
        (RING, point(0), ""),
        (RING, point(60), "within 50 m"),
        (RING, box(-95, -10, 0, 10), "lies in the zone"),
    ],
)
def test_a_home_in_the_zone_or_near_its_edge(version: ZoneVersion, home: Geometry, said: str) -> None:
    found = checked(draft(version), around(home=home))
    assert said in text(found, "home")
    assert (warned(found, "home") is None) == (said == "")
    assert left(found, "home") == ""


def test_a_home_that_can_not_be_read_is_not_checked() -> None:
    found = checked(draft(), around(home=UNREADABLE))
    assert warned(found, "home") is None
    assert "can't be read" in left(found, "home")


PLACES = (
    NamedPlace("Long Road", "road", line((-5000, 220), (5000, 220))),
    NamedPlace("Tram", "rail", line((-5000, 0), (5000, 0))),
    NamedPlace("Side Street", "street", line((100, 0), (150, 0))),
    NamedPlace("Side Street", "street", line((240, 0), (245, 0))),
    NamedPlace("The School", "school", box(210, 0, 300, 40)),
    NamedPlace("Other Road", "road", line((-5000, 251), (5000, 251))),
    NamedPlace("Common", "park", box(-900, -900, 900, 900)),
)


def test_named_places_are_told_through_routes_apart_and_those_inside_first() -> None:
    found = checked(draft(), around(places=PLACES))
    assert text(found, "through-route").endswith(": Tram (rail, in it), Long Road (road, near its edge)")
    assert text(found, "named-place").endswith(
        ": Common (park, in it), Side Street (street, in it), The School (school, near its edge)"
    )


def test_of_a_protected_address_no_place_is_named() -> None:
    found = checked(draft(protected=True), around(places=PLACES))
    assert text(found, "through-route").endswith(": 1 of kind rail, 1 of kind road")
    assert text(found, "named-place").endswith(": 1 of kind park, 1 of kind school, 1 of kind street")


def test_a_long_list_of_places_is_cut_and_says_so() -> None:
    streets = [NamedPlace(f"Street {number:02}", "street", point(number)) for number in range(MOST_NAMED + 3)]
    exactly = checked(draft(), around(places=streets[:MOST_NAMED]))
    assert text(exactly, "named-place").endswith("Street 19 (street, in it)")
    assert text(checked(draft(), around(places=streets)), "named-place").endswith(
        "Street 19 (street, in it) and 3 more"
    )


def test_a_name_stays_on_its_line() -> None:
    found = checked(draft(), around(places=[NamedPlace("A\nB", "road", point(0))]))
    assert "A\\nB (road" in text(found, "through-route")


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"places": None}, "no named places are loaded"),
        ({"places": PLACES, "more_places": True}, "only 7 were looked at"),
        ({"places": [NamedPlace("A", "road", UNREADABLE)]}, "1 of the named places about the zone can't be read"),
    ],
)
def test_places_that_were_not_looked_at_are_not_taken_for_none(known: dict[str, Any], said: str) -> None:
    assert said in left(checked(draft(), around(**known)), "named-place")


@pytest.mark.parametrize(
    ("version", "premises", "warns", "unknown"),
    [
        (CIRCLE, None, True, False),
        (drawn(box(-10, -10, 10, 10), 200.0), None, True, False),
        (SQUARE, None, False, True),
        (SQUARE, UNREADABLE, False, True),
        # The square's mean radius is 226 m: a fifth of it is 45 m.
        (SQUARE, point(0), True, False),
        (SQUARE, point(44), True, False),
        (SQUARE, point(46), False, False),
        (SQUARE, box(40, -5, 60, 5), True, False),
        (drawn(line((-500, 0), (500, 0)), 10.0), None, False, True),
        (drawn(line((-500, 0), (500, 0)), 10.0), point(0), True, False),
        # A second area far away moves the middle of both, but not that of the one around the premises.
        (drawn(shapely.MultiPolygon([box(-90, -90, 90, 90), box(5000, 0, 9000, 900)])), point(0), True, False),
    ],
)
def test_a_shape_that_is_centred_on_a_protected_address(
    version: ZoneVersion, premises: Geometry | None, warns: bool, unknown: bool
) -> None:
    found = checked(draft(version, protected=True), around(premises=premises))
    assert (warned(found, "protected-address") is not None) == warns
    assert bool(left(found, "protected-address")) == unknown
    open_one = checked(draft(version), around(premises=premises))
    assert warned(open_one, "protected-address") is None
    assert left(open_one, "protected-address") == ""


def other(version: ZoneVersion, name: str = "Z-2", **of: Any) -> Any:
    """Another order of the wearer with one zone."""
    clause_of = {key: value for key, value in of.items() if key == "schedule"}
    order_of = {key: value for key, value in of.items() if key != "schedule"}
    return order(clause(Zone(ZoneId(name), (version,)), name="2", **clause_of), name="2", **order_of)


EVENINGS = (Window(DAYS, time(18), time(23)),)
MORNINGS = (Window(DAYS, time(6), time(9)),)
WEEKEND = (Window(("sat",), time(20), time(8)),)
SUNDAY = (Window(("sun",), time(7), time(9)),)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([], ""),
        ([other(drawn(box(-200, -200, 0, 200)))], "zone Z-2 covers 50.0 % of it"),
        ([other(drawn(box(-900, -900, 900, 900)))], "zone Z-2 covers the whole of it"),
        ([other(drawn(box(199.9, -200, 900, 200)))], "zone Z-2 covers less than 0.1 % of it"),
        ([other(drawn(point(300), 201.0))], "zone Z-2 covers"),
        ([other(drawn(point(300), 99.0))], ""),
        ([other(drawn(point(900), 1e300))], "zone Z-2 covers the whole of it"),
        ([other(drawn(point(900), 200_000.0))], "zone Z-2 covers the whole of it"),
        ([other(drawn(box(200, -200, 900, 200)))], ""),
        # Never at the same time: versions, monitoring, or no monitoring at all.
        ([other(drawn(box(-200, -200, 0, 200), end=Instant(NOW - 1)))], ""),
        ([other(drawn(box(-200, -200, 0, 200)), monitoring=Interval(BEGAN, NOW))], ""),
        ([other(drawn(box(-200, -200, 0, 200)), monitoring=None)], ""),
        # The zone's own versions take turns.
        ([other(drawn(box(-200, -200, 0, 200)), name="Z-1")], ""),
    ],
)
def test_other_zones_on_the_same_ground_at_the_same_time(others: list[Any], said: str) -> None:
    found = checked(draft(replace(SQUARE, valid_from=NOW)), around(orders=others))
    assert said in text(found, "overlap")
    assert (warned(found, "overlap") is None) == (said == "")


@pytest.mark.parametrize(
    ("own", "theirs", "together"),
    [
        (None, EVENINGS, True),
        (EVENINGS, EVENINGS, True),
        (EVENINGS, MORNINGS, False),
        (WEEKEND, SUNDAY, True),
        (WEEKEND, (Window(("sun",), time(8), time(9)),), False),
    ],
)
def test_zones_whose_schedules_are_never_open_together_do_not_overlap(own: Any, theirs: Any, together: bool) -> None:
    mine = order(clause(schedule=own))
    found = checked(draft(SQUARE, mine), around(orders=[other(SQUARE, schedule=theirs)]))
    assert (warned(found, "overlap") is not None) == together


def test_a_zone_that_can_not_be_read_is_no_zone_that_does_not_overlap() -> None:
    found = checked(draft(SQUARE), around(orders=[other(drawn(UNREADABLE))]))
    assert warned(found, "overlap") is None
    assert "zone Z-2 can't be read" in left(found, "overlap")


@pytest.mark.parametrize(
    ("footprint", "distance_m", "area", "width"),
    [
        (point(0), 50.0, "", ""),
        (point(0), 49.0, "", "at most 98 m wide: at one fix a minute"),
        (point(0), 5.1, "", "at most 10 m wide: at one fix a minute"),
        # R4 of a circle: 1 - exp(-r²/2s²), which is 0.95 at r = r95.
        (point(0), 4.9, "", "at most 9.8 m wide: no gps fix can be INSIDE"),
        (box(0, 0, 101, 900), 0.0, "", ""),
        (box(0, 0, 98, 900), 0.0, "", "at most 98 m wide"),
        (box(0, 0, 8.4, 900), 0.0, "", "at most 8.4 m wide: at one fix a minute"),
        # 0.95 of the mass lies within 1.96 s of a line: 4.0 m on either side for r95 = 5 m.
        (box(0, 0, 7.6, 900), 0.0, "", "at most 7.6 m wide: no gps fix can be INSIDE"),
        (line((0, 0), (900, 0), (900, 900)), 3.5, "", "no gps fix can be INSIDE"),
        (line((0, 0), (900, 0), (900, 900)), 30.0, "", "at one fix a minute"),
        (box(0, 0, 5000, 3990), 0.0, "", ""),
        (box(0, 0, 5000, 4010), 0.0, "covers 20.05 km², more than 20 km²", ""),
        (point(0), 2600.0, "covers 21.24 km²", ""),
        (point(0), 1e300, "more than 20 km²", ""),
    ],
)
def test_a_zone_may_be_too_large_or_too_narrow(footprint: Geometry, distance_m: float, area: str, width: str) -> None:
    found = checked(draft(drawn(footprint, distance_m)))
    assert area in text(found, "area")
    assert (warned(found, "area") is None) == (area == "")
    assert width in text(found, "width")
    assert (warned(found, "width") is None) == (width == "")


def days(count: float) -> Instant:
    return Instant(NOW + round(count * DAY_US))


ALL_THREE = ("order", "prohibition", "monitoring requirement")
LATER, EARLIER = Interval(days(1), days(9)), Interval(days(-9), days(-1))


@pytest.mark.parametrize(
    ("version", "of", "said"),
    [
        (drawn(point(0), 200.0, start=days(1), end=days(2)), order(clause()), []),
        (drawn(point(0), 200.0, start=days(1)), order(clause()), []),
        (
            drawn(point(0), 200.0, start=days(-101), end=days(201)),
            order(clause()),
            [f"before its {whose} does, at {printed(BEGAN)}" for whose in ALL_THREE]
            + [f"after its {whose} does, at {printed(ENDS)}" for whose in ALL_THREE],
        ),
        (
            drawn(point(0), 200.0, start=days(1), end=days(5)),
            order(clause(during=Interval(BEGAN, days(3)))),
            [f"it ends at {printed(days(5))}, after its prohibition does, at {printed(days(3))}"],
        ),
        (
            drawn(point(0), 200.0, start=days(1)),
            order(clause(), monitoring=EARLIER),
            [f"it begins at {printed(days(1))}, when its monitoring requirement has ended, at {printed(days(-1))}"],
        ),
        (
            drawn(point(0), 200.0, start=days(0)),
            order(clause(), during=LATER),
            [f"it begins at {printed(NOW)}, before its order does, at {printed(days(1))}"],
        ),
        (drawn(point(0), 200.0), order(clause(), monitoring=None), ["its order has no monitoring requirement"]),
    ],
)
def test_a_draft_outside_what_it_belongs_to(version: ZoneVersion, of: Any, said: list[str]) -> None:
    told = text(checked(draft(version, of)), "period")
    facts = told.split("; ") if told else []
    assert len(facts) == len(said)
    for fact in said:
        assert fact in told


def published(*versions: ZoneVersion) -> Any:
    return order(clause(Zone(DRAFT, versions)))


@pytest.mark.parametrize(
    ("start", "end", "of", "gaps"),
    [
        (days(0), None, published(drawn(point(0), 200.0, 1, end=days(0))), []),
        (BEGAN, None, order(clause()), []),
        # What is over is over.
        (days(0), None, order(clause()), []),
        (days(1), days(2), order(clause()), [(NOW, days(1)), (days(2), ENDS)]),
        (days(1), days(2), published(drawn(point(0), 9.0, 1, BEGAN, days(0))), [(days(0), days(1)), (days(2), ENDS)]),
        # The former version ends where the draft begins, whatever the register still says.
        (days(1), days(2), published(drawn(point(0), 9.0, 1, BEGAN)), [(days(2), ENDS)]),
        (days(1), days(2), published(drawn(point(0), 9.0, 1, BEGAN), drawn(point(0), 9.0, 3, days(2))), []),
        # A version that was published already is not counted beside itself.
        (days(1), days(2), published(drawn(point(0), 9.0, 2, BEGAN)), [(NOW, days(1)), (days(2), ENDS)]),
        (days(1), days(2), order(clause(), monitoring=None), []),
        (days(1), days(2), order(clause(), monitoring=EARLIER), []),
    ],
)
def test_time_without_a_version_is_told(
    start: Instant, end: Instant | None, of: Any, gaps: list[tuple[Instant, Instant]]
) -> None:
    version = drawn(point(0), 200.0, 2, start) if end is None else drawn(point(0), 200.0, 2, start, end)
    told = text(checked(draft(version, of)), "gap")
    wanted = " and ".join(f"from {printed(first)} until {printed(last)}" for first, last in gaps)
    assert told == (f"order and prohibition hold, but no version of the zone is valid {wanted}" if gaps else "")


def test_a_gap_without_end_has_none() -> None:
    forever = Interval(BEGAN, Instant(2**62))
    endless = order(clause(during=forever), during=forever, monitoring=forever)
    told = text(checked(draft(drawn(point(0), 200.0, start=BEGAN, end=NOW), endless)), "gap")
    assert told.endswith(f"from {printed(NOW)} on")


def test_a_zone_outside_england_and_wales_is_told() -> None:
    edinburgh = drawn(shapely.Point(-3.19, 55.95), 200.0)
    assert text(checked(draft(edinburgh)), "outside") == "the zone is not wholly in England and Wales"
    assert warned(checked(draft()), "outside") is None


def test_a_shape_that_can_not_be_judged_is_said_to_be_so_and_nothing_else_is_said_of_it() -> None:
    found = checked(draft(drawn(UNREADABLE, start=days(1))))
    assert {warning.check for warning in found.warnings} == {"shape", "gap"}
    assert [one.check for one in found.not_checked] == ["shape"]
    assert (found.area_m2, found.replay) == (None, None)


@given(
    radius_m=st.sampled_from([3.0, 40.0, 200.0, 3000.0]),
    areal=st.booleans(),
    start=st.integers(-150, 250),
    length=st.integers(1, 300),
    home_m=st.floats(0, 400),
)
def test_each_check_warns_at_most_once_and_never_with_a_place_or_a_name(
    radius_m: float, areal: bool, start: int, length: int, home_m: float
) -> None:
    """Reasons are recorded by a check's name, and messages of a protected address go where the shape must not."""
    footprint = box(-radius_m, -radius_m, radius_m, radius_m) if areal else point(0)
    version = drawn(footprint, 0.0 if areal else radius_m, 1, days(start), days(start + length))
    walk = [Fix(days(-1 + minute / 1440), float(minute)) for minute in range(60)]
    surroundings = around(walk, [other(SQUARE)], home=point(home_m), premises=point(5), places=PLACES)
    found = checked(draft(version, protected=True), surroundings)
    checks = [warning.check for warning in found.warnings]
    assert len(set(checks)) == len(checks)
    told = "\n".join([*map(str, found.warnings), *(one.text for one in found.not_checked)])
    for secret in ("51.3", "-0.1", *(place.name for place in PLACES)):
        assert secret not in told
