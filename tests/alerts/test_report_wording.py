"""What a report says, it says in plain words, in London's time, and claims no more than the fixes show."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from msgspec import structs

from alerts.report import compose
from alerts.report.sentences import began, ended, grade_in_words, length, nil_return
from alerts.report.wording import bracket, clock, course, dated_span, duration, full_date, report_day
from geofence.ids import ZoneId
from geofence.instants import MINUTE_US, Interval, instant
from geofence.judgement import NotJudged
from tests.alerts.reported_day import Story, at, day_of, full_day, stories

HOUR_US = 60 * MINUTE_US


@pytest.mark.parametrize(
    ("length_us", "words"),
    [
        (0, "0 min"),
        (500_000, "under 1 s"),
        (30_000_000, "30 s"),
        (270_000_000, "4 min 30 s"),
        (45 * MINUTE_US + 59_000_000, "45 min"),
        (22 * HOUR_US + 10 * MINUTE_US, "22 h 10 min"),
        (24 * HOUR_US, "24 h"),
        (1066 * HOUR_US + MINUTE_US, "1,066 h 1 min"),
    ],
)
def test_a_length_of_time_is_cut_never_overstated(length_us: int, words: str) -> None:
    assert duration(length_us) == words


def test_time_not_monitored_is_rounded_up() -> None:
    assert duration(45 * MINUTE_US + 1, up=True) == "46 min"
    assert duration(23 * HOUR_US + 59 * MINUTE_US + 1, up=True) == "24 h"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 20, 18, 2, 11, 999_999, tzinfo=UTC), "18:02:11 +00:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "01:30:00 +01:00"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "01:30:00 +00:00"),
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "00:59:59 +00:00"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "02:00:00 +01:00"),
    ],
)
def test_times_are_londons_with_their_offset(moment: datetime, words: str) -> None:
    assert clock(instant(moment)) == words


@pytest.mark.parametrize(
    ("day", "start", "end", "words"),
    [
        (
            date(2026, 11, 20),
            (11, 20, 0),
            (11, 21, 0),
            "20 Nov 00:00 +00:00 to 21 Nov 00:00 +00:00 (24 h)",
        ),
        (
            date(2026, 10, 25),
            (10, 24, 23),
            (10, 26, 0),
            "25 Oct 00:00 +01:00 to 26 Oct 00:00 +00:00 (25 h; the clocks go back)",
        ),
        (
            date(2026, 3, 29),
            (3, 29, 0),
            (3, 29, 23),
            "29 Mar 00:00 +00:00 to 30 Mar 00:00 +01:00 (23 h; the clocks go forward)",
        ),
    ],
)
def test_a_report_day_says_its_offsets_and_its_length(
    day: date, start: tuple[int, int, int], end: tuple[int, int, int], words: str
) -> None:
    between = Interval(
        instant(datetime(day.year, *start, tzinfo=UTC)),
        instant(datetime(day.year, *end, tzinfo=UTC)),
    )
    assert report_day(between) == words


def test_a_span_over_the_clock_change_tells_both_offsets() -> None:
    day = date(2026, 10, 25)
    assert dated_span(at("00:30:00", day), at("01:30:00", day)) == "25 Oct 01:30:00 +01:00 to 25 Oct 01:30:00 +00:00"


def test_a_span_within_a_day_tells_day_and_offset_once() -> None:
    assert dated_span(at("02:10:00"), at("03:15:00"), seconds=False) == "20 Nov 02:10 to 03:15 +00:00"


def test_a_bracket_says_which_side_is_not_known() -> None:
    assert bracket((at("18:00:00"), at("18:01:00"))) == "between 20 Nov 18:00:00 and 18:01:00 +00:00"
    assert bracket((None, at("18:01:00"))) == "at or before 20 Nov 18:01:00 +00:00; no earlier fix bounds it"
    assert bracket((at("18:00:00"), None)) == "at or after 20 Nov 18:00:00 +00:00; no later fix bounds it"
    assert bracket((None, None)) == "no fix bounds it"


@pytest.mark.parametrize(("heading", "words"), [(0, "0° N"), (271, "271° W"), (359.9, "0° N"), (135, "135° SE")])
def test_a_direction_has_its_point_of_the_compass(heading: float, words: str) -> None:
    assert course(heading) == words


def test_a_date_has_its_weekday() -> None:
    assert full_date(date(2026, 11, 20)) == "Friday 20 November 2026"


def test_a_nil_return_says_of_how_much_time_it_speaks() -> None:
    quiet = Story(7, "Pat Nil", unmonitored=stories()[0].unmonitored)
    assert nil_return(compose(day_of([quiet]))) == "No possible breach in the 22 h 10 min of 24 h monitored."


def test_a_nil_return_of_several_says_that_it_adds_them() -> None:
    said = nil_return(compose(day_of([Story(7, "Pat Nil"), Story(8, "Nik Nil", suspended_us=2 * HOUR_US)])))
    assert (
        said == "No possible breach in the 46 h of 46 h monitored. (The times of 2 prohibitions on 2 wearers, added.)"
    )


def test_a_nil_return_without_monitoring_does_not_sound_like_compliance() -> None:
    inputs = day_of([Story(7, "Pat Nil")])
    [coverage] = inputs.judgement.coverage
    judgement = replace(inputs.judgement, coverage=(structs.replace(coverage, monitored_us=0),))
    said = nil_return(compose(replace(inputs, judgement=judgement)))
    assert said == "No possible breach was seen, but none of the 24 h in force was monitored."


def test_a_nil_return_without_measured_coverage_says_that_it_is_not_known() -> None:
    inputs = day_of([Story(7, "Pat Nil")])
    said = nil_return(compose(replace(inputs, judgement=replace(inputs.judgement, coverage=()))))
    assert said == "No possible breach was seen; how much of the day was monitored is not known."


def test_a_nil_return_names_what_was_not_judged() -> None:
    inputs = day_of([Story(7, "Pat Nil")])
    judgement = replace(inputs.judgement, not_judged=(NotJudged(ZoneId("Z-7"), "it is empty"),))
    said = nil_return(compose(replace(inputs, judgement=judgement)))
    assert said == "No possible breach in the 24 h of 24 h monitored. 1 zone was NOT JUDGED."


def test_a_day_with_no_order_in_force_says_so() -> None:
    assert nil_return(compose(day_of([]))) == "No possible breach: no monitored prohibition was in force on this day."


def test_a_day_with_an_incident_is_no_nil_return() -> None:
    assert nil_return(compose(full_day())) is None


def test_a_single_fix_calls_for_a_check() -> None:
    [entry] = [entry for entry in compose(full_day()).entries if entry.single_fix]
    assert grade_in_words(entry) == "Probable, one fix: check before arrest."


def test_a_crossing_says_that_its_line_is_assumed() -> None:
    [entry] = compose(full_day()).section("crossings")
    assert grade_in_words(entry).endswith("Drawn straight; the way taken is not known.")


def test_an_open_incident_has_no_end_and_a_least_length() -> None:
    [entry] = compose(full_day()).inside
    assert ended(entry, at("33:00:00")).startswith("Not ended by 21 Nov 09:00 +00:00, the horizon.")
    assert length(entry) == "At least 26 min"


def test_a_wearer_already_inside_is_said_to_be() -> None:
    story = stories()[0]
    story.incidents = [replace(story.incidents[0], already_inside=True)]
    [entry] = compose(day_of([story])).entries
    assert began(entry).endswith("The wearer was already inside when the prohibition came into force.")
