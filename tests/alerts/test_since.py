"""What came since midnight: nothing seen is only told together with how much of the time anybody watched."""

import json
from dataclasses import replace
from typing import Any

import pytest

from alerts.inputs import DayInputs
from alerts.render.json import as_json
from alerts.render.paper_since import since_block
from alerts.report import compose
from geofence.ids import ZoneId
from geofence.instants import SECOND_US, Instant
from geofence.judgement import NotJudged
from geofence.tracks import EventKind, TagEvent
from tests.alerts.reported_day import Seen, Story, at, judged_on

AWAY_M, INSIDE_M = 900.0, 10.0
TO_THE_END = "32:59:30"


def seen(start: str, end: str, east_m: float = AWAY_M) -> list[Seen]:
    """Return fixes every two minutes from `start` on, before `end`, and one there."""
    first, last = at(start), at(end)
    return [Seen(Instant(when), east_m, 0.0) for when in [*range(first, last, 120 * SECOND_US), last]]


def away(number: int, end: str = TO_THE_END, start: str = "23:00:00") -> Story:
    """Return a wearer outside his zone, whose last fix is at `end`."""
    return Story(number, f"Wearer {number}", seen=seen(start, end))


def words(inputs: DayInputs) -> str:
    block = since_block(compose(inputs))
    items = [f"{item.lead} {item.text}" + (f" Incident {item.entry}" if item.entry else "") for item in block.items]
    return "\n".join([*items, block.note] if items else [block.none])


def machine(inputs: DayInputs) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(as_json(compose(inputs)))["since_midnight"]
    return told


def test_all_monitored_and_nothing_found_is_a_nil_return() -> None:
    inputs = judged_on([away(1)])
    assert words(inputs) == (
        "No possible breach in the 8 h 59 min of 9 h monitored. "
        "The last fix of any tag was recorded 21 Nov 08:59:30 +00:00."
    )
    told = machine(inputs)
    assert told["nil_return"] == words(inputs)
    assert told["nobody_monitored"] is None
    assert told["coverage"][0]["monitored_s"] == 9 * 3600 - 30


def test_a_nil_return_since_midnight_of_several_says_that_it_adds_them() -> None:
    assert "(The times of 2 prohibitions on 2 wearers, added.)" in words(judged_on([away(1), away(2)]))


def test_where_every_tag_fell_silent_it_is_said_that_nobody_was_monitored() -> None:
    inputs = judged_on([away(1, "24:10:20"), away(2, "24:08:00")])
    assert words(inputs) == (
        "New incidents: none was seen in the 18 min of 18 h monitored up to 21 Nov 09:00:00 +00:00. "
        "(The times of 2 prohibitions on 2 wearers, added.)\n"
        "Nobody was monitored from 21 Nov 00:10 to 09:00 +00:00: no fixes of any tag. "
        "The last was recorded 21 Nov 00:10:20 +00:00.\n"
    )
    told = machine(inputs)
    assert told["nil_return"] is None
    assert told["nobody_monitored"] == {"from": "2026-11-21T00:10:20Z", "until": "2026-11-21T09:00:00Z"}
    assert told["last_fix_recorded_at"] == "2026-11-21T00:10:20Z"
    assert [row["monitored_s"] for row in told["coverage"]] == [620, 480]


def test_tags_silent_since_before_midnight_leave_the_whole_time_unmonitored() -> None:
    said = words(judged_on([away(1, "23:30:00")]))
    assert "none was seen, but none of the 9 h in force up to 21 Nov 09:00:00 +00:00 was monitored." in said
    assert "Nobody was monitored from 21 Nov 00:00 to 09:00 +00:00: no fixes of any tag." in said
    assert "The last was recorded 20 Nov 23:30:00 +00:00." in said


def test_tags_that_never_sent_a_fix_are_no_nil_return() -> None:
    said = words(judged_on([Story(1, "Wearer 1")]))
    assert "Nobody was monitored from 21 Nov 00:00 to 09:00 +00:00: no fixes of any tag." in said
    assert machine(judged_on([Story(1, "Wearer 1")]))["last_fix_recorded_at"] is None


def test_one_wearers_silence_is_named_and_is_not_everybodys() -> None:
    said = words(judged_on([away(1), away(2, "26:00:00")]))
    assert "Wearer 2 (W-2) clause 3(a): 7 h of 9 h: 21 Nov 02:00 to 09:00 +00:00, no fixes." in said
    assert "New incidents: none was seen in the 10 h 59 min of 18 h monitored" in said
    assert "Nobody was monitored" not in said
    assert "Wearer 1" not in said


def test_who_went_unmonitored_for_another_reason_is_named_beside_the_common_silence() -> None:
    dead = TagEvent(away(2).tag_id, at("24:08:30"), None, "battery_dead")
    said = words(judged_on([away(1, "24:10:00"), away(2, "24:08:00"), away(3, "23:50:00")], dead))
    assert "Nobody was monitored from 21 Nov 00:10" in said
    assert "Wearer 2 (W-2) clause 3(a): 8 h 52 min of 9 h: 21 Nov 00:08 to 09:00 +00:00, battery dead." in said
    assert "Wearer 3 (W-3) clause 3(a): all time in force (9 h), no fixes." in said
    assert "Wearer 1" not in said


def test_many_gaps_are_cut_short() -> None:
    said = words(judged_on([away(1), *(away(number, f"{23 + number}:00:00") for number in range(2, 10))]))
    assert said.count("no fixes.") == 6
    assert "And 2 more with shorter time not monitored: see this report's JSON." in said
    assert "Wearer 2 (W-2)" in said
    assert "Wearer 9 (W-9)" not in said


@pytest.mark.parametrize(
    ("last", "stands"),
    [
        ("24:09:00", "lost inside: last fix 21 Nov 00:09:00 +00:00"),
        (TO_THE_END, "inside at 09:00:00 +00:00"),
    ],
)
def test_an_incident_that_went_on_after_midnight_is_told_with_its_number(last: str, stands: str) -> None:
    inside = Story(1, "Night Stayer", seen=seen("22:45:00", last, INSIDE_M))
    inputs = judged_on([inside, away(2)])
    assert "Night Stayer (W-1) Zone A: confirmed, went on after midnight, " + stands in words(inputs)
    assert "Incident 1" in words(inputs)
    [went_on] = compose(inputs).entries
    assert machine(inputs)["went_on"] == [went_on.incident.incident_id]
    assert machine(inputs)["nil_return"] is None


def test_an_incident_that_ended_after_midnight_went_on_and_one_that_ended_before_did_not() -> None:
    def told(left: str, back: str) -> str:
        return words(judged_on([Story(1, "Leaver", seen=seen("22:45:00", left, INSIDE_M) + seen(back, TO_THE_END))]))

    assert "went on after midnight, ended about 21 Nov 00:04:25 +00:00. Incident 1" in told("24:04:00", "24:06:00")
    assert "went on after midnight, ended about 21 Nov 00:00:25 +00:00." in told("24:00:00", "24:02:00")
    assert "went on after midnight, ended about 21 Nov 00:00:05 +00:00." in told("23:59:40", "24:01:40")
    assert told("23:58:00", "24:00:00").startswith("No possible breach in")


def test_a_crossing_that_ended_before_midnight_did_not_go_on_though_its_last_fix_came_after() -> None:
    path = [Seen(at("23:59:00"), -600.0, 0.0), Seen(at("24:00:10"), 900.0, 0.0)]
    inputs = judged_on(
        [Story(1, "Passer", seen=seen("23:00:00", "23:56:00", -900.0) + path + seen("24:02:00", TO_THE_END))]
    )
    assert [entry.section for entry in compose(inputs).entries] == ["crossings"]
    assert "went on" not in words(inputs)


def test_an_incident_lost_before_midnight_is_not_said_to_have_gone_on() -> None:
    assert "went on" not in words(judged_on([Story(1, "Lost", seen=seen("22:45:00", "23:30:00", INSIDE_M)), away(2)]))


def test_with_a_new_incident_the_monitored_time_is_told_all_the_same() -> None:
    new = Story(1, "New", seen=seen("23:00:00", "24:58:00") + seen("25:00:00", "25:20:00", INSIDE_M))
    said = words(judged_on([new, away(2)]))
    assert "New (W-1) Zone A: confirmed, began about 21 Nov 00:59" in said
    assert "Monitored 10 h 19 min of the 18 h in force up to 21 Nov 09:00:00 +00:00." in said
    assert "none was seen" not in said
    watched = judged_on([Story(1, "New", seen=seen("23:00:00", "24:58:00") + seen("25:00:00", TO_THE_END, INSIDE_M))])
    assert "began about 21 Nov 00:59" in words(watched)
    assert machine(watched)["nil_return"] is None


def test_every_tag_event_since_midnight_is_told_or_counted() -> None:
    tag_id = away(1).tag_id
    kinds: tuple[EventKind, ...] = ("strap", "battery_low", "charging")
    events = [TagEvent(tag_id, at(f"2{5 + n}:00:00"), at(f"2{5 + n}:00:10"), kind) for n, kind in enumerate(kinds)]
    said = words(judged_on([away(1)], *events))
    assert "Strap, tag T-000001: 21 Nov 01:00:00 to 01:00:10 +00:00." in said
    assert "2 other tag events (battery low 1, charging 1): see Tag events." in said
    assert "No possible breach" not in said


def test_time_since_midnight_that_nobody_measured_is_not_known() -> None:
    inputs = judged_on([away(1)])
    assert inputs.since_midnight is not None
    said = words(replace(inputs, since_midnight=replace(inputs.since_midnight, coverage=())))
    assert "none was seen; how much of the time up to 21 Nov 09:00:00 +00:00 was monitored is not known." in said


def test_a_zone_that_could_not_be_read_is_no_nil_return_since_midnight() -> None:
    inputs = judged_on([away(1)])
    unread = replace(inputs.judgement, not_judged=(NotJudged(ZoneId("Z-1"), "it is empty"),))
    said = words(replace(inputs, judgement=unread))
    assert not said.startswith("No possible breach")
    assert "1 zone was NOT JUDGED." in said


def test_a_late_supplement_speaks_of_the_next_day_only() -> None:
    inputs = judged_on([away(1, "46:00:00"), away(2, "60:00:00", "59:00:00")], horizon=at("72:00:00"))
    told = machine(inputs)
    assert told["until"] == "2026-11-22T00:00:00Z"
    assert told["last_fix_recorded_at"] == "2026-11-21T22:00:00Z"
    assert told["nobody_monitored"] == {"from": "2026-11-21T22:00:00Z", "until": "2026-11-22T00:00:00Z"}


def test_the_wait_for_the_next_fix_is_no_gap_at_the_horizon_but_is_one_at_the_end_of_a_past_day() -> None:
    assert machine(judged_on([away(1, "32:57:00")]))["nil_return"] is not None
    past = judged_on([away(1, "47:57:00"), away(2, "49:00:00")], horizon=at("72:00:00"))
    assert "Wearer 1 (W-1) clause 3(a): 3 min of 24 h: 21 Nov 23:57" in words(past)
