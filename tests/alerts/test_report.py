"""A report holds what the police must know of the day, and nothing of anybody's life beyond it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alerts.inputs import DayInputs
from alerts.report import compose
from alerts.report.values import Report
from geofence.ids import OrderId, TagId, WearerId, ZoneId
from geofence.instants import MINUTE_US, Instant
from geofence.judgement import NotJudged
from geofence.tracks import TagEvent
from tests.alerts.reported_day import Story, at, day_of, full_day, line, stories, walk


def only(**changes: Any) -> Report:
    """Return the report of the first story alone, its incident changed."""
    story = stories()[0]
    story.incidents = [replace(story.incidents[0], **changes)]
    return compose(day_of([story]))


def shuffled(inputs: DayInputs) -> DayInputs:
    """Return the same inputs with the rows of their fixes in another order."""
    order = np.random.default_rng(3).permutation(len(inputs.tracks))
    tracks, reported = inputs.tracks, inputs.reported
    columns = (
        "tag", "recorded_at", "position_id", "person_id", "mechanism", "longitude_deg", "latitude_deg", "accuracy_m",
        "accuracy_confidence", "clock_suspect",
    )  # fmt: skip
    told = ("speed_kmh", "heading_deg", "uploaded_at", "received_at")
    return replace(
        inputs,
        tracks=replace(tracks, **{name: getattr(tracks, name)[order] for name in columns}),
        reported=replace(reported, **{name: getattr(reported, name)[order] for name in told}),
    )


def test_incidents_stand_in_their_sections_and_are_numbered_through() -> None:
    report = compose(full_day())
    assert [(entry.number, entry.section) for entry in report.entries] == [
        (1, "breaches"), (2, "breaches"), (3, "breaches"), (4, "crossings"), (5, "possible"), (6, "apart"),
    ]  # fmt: skip


@pytest.mark.parametrize("flag", ["suspended", "before_aware"])
def test_what_is_suspended_or_before_awareness_is_listed_apart_and_never_counted(flag: str) -> None:
    report = only(**{flag: True})
    assert [entry.section for entry in report.entries] == ["apart"]
    assert report.counts.confirmed == 0
    assert report.nil


def test_a_possible_crossing_stands_with_the_crossings() -> None:
    assert only(kind="crossing", grade="possible").entries[0].section == "crossings"


def test_grades_are_counted_each_by_itself() -> None:
    counts = compose(full_day()).counts
    assert (counts.confirmed, counts.probable, counts.inferred, counts.possible) == (2, 1, 1, 1)


def test_the_police_see_fixes_of_the_incident_and_fifteen_minutes_either_side_only() -> None:
    report = compose(full_day())
    for entry in report.entries:
        own = [row.judged.recorded_at for row in entry.fixes if row.of_incident]
        shown = [row.judged.recorded_at for row in entry.fixes]
        assert own == [fix.recorded_at for fix in entry.incident.fixes]
        assert min(shown) >= min(own) - 15 * MINUTE_US
        assert max(shown) <= max(own) + 15 * MINUTE_US
    visit = next(entry for entry in report.entries if entry.wearer.wearer_id == "W-1")
    assert len(visit.fixes) == 35  # all but none of the walk lies within 15 minutes


def test_a_fix_fifteen_minutes_and_a_second_away_is_not_shown() -> None:
    story = stories()[0]
    first, last = at("17:59:11"), at("18:08:11")
    for away in (-15 * 60 - 1, -15 * 60, 15 * 60, 15 * 60 + 1):
        base = first if away < 0 else last
        when = Instant(base + away * 1_000_000)
        story.seen = [seen for seen in story.seen if seen.at != when]
        story.seen.append(replace(story.seen[0], at=when, position_id=f"at {away}"))
    [entry] = compose(day_of([story])).entries
    shown = {row.judged.position_id for row in entry.fixes}
    assert {"at -900", "at 900"} <= shown
    assert not {"at -901", "at 901"} & shown


def test_fixes_of_another_fitting_of_the_tag_are_not_shown() -> None:
    inputs = day_of([stories()[0]])
    [fitting] = inputs.register.fittings
    register = replace(inputs.register, fittings=(replace(fitting, fitted_at=at("17:55:00")),))
    [entry] = compose(replace(inputs, register=register)).entries
    assert min(row.judged.recorded_at for row in entry.fixes) >= at("17:55:00")


def test_fixes_around_an_incident_are_judged_by_the_rules() -> None:
    [entry] = compose(day_of([stories()[0]])).entries
    before = [row for row in entry.fixes if not row.of_incident and row.sequence < 10]
    assert {row.judged.verdict for row in before} == {"OUTSIDE"}
    assert all(row.judged.depth_m < -100 for row in before)
    assert all(row.judged.r95_m >= 8 for row in before)


def test_fixes_around_an_incident_are_judged_by_the_version_valid_at_their_instant() -> None:
    inputs = day_of([stories()[0]])
    [order] = inputs.register.orders
    [prohibition] = order.prohibitions
    [zone] = prohibition.zones
    [version] = zone.versions
    opened, varied, closed = at("17:50:00"), at("18:08:30"), at("18:15:00")
    first = replace(version, valid_from=opened, valid_until=varied)
    second = replace(version, version=2, valid_from=varied, valid_until=closed, distance_m=20.0)
    zone = replace(zone, versions=(first, second))
    order = replace(order, prohibitions=(replace(prohibition, zones=(zone,)),))
    [entry] = compose(replace(inputs, register=replace(inputs.register, orders=(order,)))).entries
    around = [row.judged for row in entry.fixes if not row.of_incident]
    # Before any version is valid the next decides, after the last the last.
    assert {fix.zone_version for fix in around if fix.recorded_at < varied} == {1}
    assert {fix.zone_version for fix in around if fix.recorded_at >= varied} == {2}
    # 27 m inside the first version is far outside the second.
    [after] = [fix for fix in around if fix.recorded_at == at("18:09:11")]
    assert after.verdict == "OUTSIDE"


def test_fixes_recorded_after_the_horizon_take_no_part() -> None:
    story = stories()[0]
    [entry] = compose(day_of([story], horizon=at("18:10:00"))).entries
    assert max(row.judged.recorded_at for row in entry.fixes) < at("18:10:00")


def test_another_forces_order_is_left_out_though_the_wearer_is_the_same() -> None:
    inputs = full_day()
    judgement = replace(
        inputs.judgement,
        incidents=tuple(replace(incident, order_id=OrderId("O-elsewhere")) for incident in inputs.judgement.incidents),
        not_judged=(NotJudged(ZoneId("Z-elsewhere"), "fault"),),
    )
    report = compose(replace(inputs, judgement=judgement))
    assert report.entries == ()
    assert report.not_judged == ()


def test_one_fix_inside_is_said_to_be_one() -> None:
    report = compose(full_day())
    assert [entry.wearer.name for entry in report.entries if entry.single_fix] == ["Sam Sample"]


def test_who_is_inside_or_lost_inside_comes_first_and_apart_if_suspended() -> None:
    assert [entry.number for entry in only(state="open", ended_at=None).inside] == [1]
    assert [entry.number for entry in only(state="track_lost", ended_at=None).inside] == [1]
    assert only(state="closed").inside == ()
    suspended = only(state="open", ended_at=None, suspended=True)
    assert (suspended.inside, len(suspended.inside_apart)) == ((), 1)


def test_what_began_after_the_day_stands_by_itself_and_once() -> None:
    early, late = stories()[0], Story(9, "Night Walker")
    late.seen = walk("25:00:00", line((300, 0), (0, 0), 8))
    late.incident("25:05:00", "25:07:00", state="open", ended_at=None)
    inputs = day_of([early, late])
    day = replace(inputs.judgement, incidents=tuple(early.incidents))
    since = replace(inputs.judgement, incidents=(*early.incidents, *late.incidents))
    report = compose(replace(inputs, judgement=day, since_midnight=since))
    assert [entry.wearer.wearer_id for entry in report.entries] == ["W-1"]
    assert [(entry.number, entry.wearer.wearer_id) for entry in report.since] == [(2, "W-9")]
    assert report.since_midnight is not None
    assert report.counts.confirmed == 1
    assert [entry.number for entry in report.inside] == [2]


def test_an_event_without_end_lasts_until_its_tags_next_fix() -> None:
    story = stories()[0]
    inputs = day_of([story])
    events = (
        TagEvent(story.tag_id, at("18:00:00"), None, "strap"),
        TagEvent(story.tag_id, at("23:00:00"), None, "case"),
        TagEvent(TagId("T-nobody"), at("18:00:00"), None, "strap"),
        TagEvent(story.tag_id, at("26:00:00"), at("27:00:00"), "jamming"),
        TagEvent(story.tag_id, at("-3:00:00"), at("-1:00:00"), "jamming"),
    )
    report = compose(replace(inputs, tracks=replace(inputs.tracks, events=events)))
    assert [(event.kind, event.until, event.until_fix) for event in report.events] == [
        ("strap", at("18:00:11"), True),
        ("case", None, True),
    ]
    assert [event.kind for event in report.events_since] == ["jamming"]


def test_late_fixes_are_counted_by_their_cause() -> None:
    story = stories()[0]
    inputs = day_of([story])
    recorded_at, reported = inputs.tracks.recorded_at, inputs.reported
    uploaded_at, received_at = recorded_at + MINUTE_US, recorded_at + 2 * MINUTE_US
    uploaded_at[:3] += 40 * MINUTE_US
    received_at[:7] += 41 * MINUTE_US
    uploaded_at[5:7] = -(2**63)
    [late] = compose(replace(inputs, reported=replace(reported, uploaded_at=uploaded_at, received_at=received_at))).late
    assert (late.fixes, late.by_tag, late.in_transit, late.unknown) == (35, 3, 2, 2)
    assert late.longest_us == 43 * MINUTE_US


def test_fixes_that_came_in_time_are_not_late() -> None:
    assert compose(day_of([stories()[0]])).late == ()


def test_a_tag_that_another_person_wears_by_the_provider_is_marked() -> None:
    inputs = day_of([stories()[0]])
    persons = inputs.tracks.person_id.copy()
    persons[:] = "P-100"
    persons[15] = "P-200"
    register = replace(inputs.register, provider_person_ids={WearerId("W-1"): "P-100"})
    [entry] = compose(replace(inputs, register=register, tracks=replace(inputs.tracks, person_id=persons))).entries
    assert [row.sequence for row in entry.fixes if row.person_mismatch] == [16]


def test_the_order_of_rows_changes_nothing() -> None:
    one, other = compose(full_day()), compose(shuffled(full_day()))
    assert [entry.fixes for entry in one.entries] == [entry.fixes for entry in other.entries]
    assert (one.events, one.late, one.counts) == (other.events, other.late, other.counts)
