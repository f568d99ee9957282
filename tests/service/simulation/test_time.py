"""Days of 23, 24 and 25 hours; fixes within them; uploads minutes or hours later, in that order."""

from datetime import date, datetime, timedelta

import msgspec
import numpy as np
import pytest

from service.simulation import Simulation, simulate
from service.simulation.day import MARGIN_S, Day
from service.simulation.faults import NO_FAULTS
from service.simulation.wearer_day import WearerDay

CLOCKS_BACK, CLOCKS_FORWARD = date(2026, 10, 25), date(2027, 3, 28)


@pytest.mark.parametrize(
    ("day", "hours", "starts_at"),
    [
        (CLOCKS_BACK, 25, "2026-10-24T23:00:00Z"),
        (CLOCKS_FORWARD, 23, "2027-03-28T00:00:00Z"),
        (date(2026, 11, 20), 24, "2026-11-20T00:00:00Z"),
        (date(2026, 7, 1), 24, "2026-06-30T23:00:00Z"),
    ],
)
def test_a_day_is_as_long_as_london_has_it(day: date, hours: int, starts_at: str) -> None:
    truth = simulate(2, day).truth
    assert (truth["length_s"], truth["starts_at"]) == (hours * 3600, starts_at)
    assert all(told["path"]["knots"][-1][0] == hours * 3600 for told in truth["wearers"])


@pytest.mark.parametrize(
    ("day", "wall", "second"),
    [(CLOCKS_BACK, "08:00", 9 * 3600), (CLOCKS_FORWARD, "08:00", 7 * 3600), (date(2026, 11, 20), "08:00", 8 * 3600)],
)
def test_wall_times_are_where_the_clocks_show_them(day: date, wall: str, second: int) -> None:
    assert Day(day).second(wall) == second


def test_printed_seconds_are_read_back() -> None:
    day = Day(CLOCKS_BACK)
    assert day.printed(90000.125) == "2026-10-26T00:00:00.125Z"
    assert day.read(day.printed(90000.125)) == 90000.125


@pytest.mark.parametrize("day", [CLOCKS_BACK, CLOCKS_FORWARD, date(2026, 11, 20)])
def test_fixes_are_recorded_within_the_day_and_ten_minutes_on_either_side(day: date) -> None:
    simulation = simulate(22, day, rates=NO_FAULTS)
    start = datetime.fromisoformat(simulation.truth["starts_at"])
    margin = timedelta(seconds=MARGIN_S + 2)
    end = start + timedelta(seconds=simulation.truth["length_s"])
    recorded = [datetime.fromisoformat(msgspec.json.decode(line)["recorded_at"]) for line in simulation.lines()]
    assert start - margin <= min(recorded) < start
    assert end < max(recorded) <= end + margin


def test_neither_midnight_looks_like_a_silence(days: list[WearerDay]) -> None:
    for wearer in days:
        if wearer.act.carried_during == wearer.act.day.recorded_s and not wearer.act.conduct.dead:
            assert wearer.fixes.at_s[0] < 0
            assert wearer.fixes.at_s[-1] > wearer.act.day.length_s


def test_lines_come_in_order_of_upload(simulation: Simulation) -> None:
    sent = [_uploaded(line) for line in simulation.lines()]
    told = [at for at in sent if at]
    assert told == sorted(told)
    assert len(told) > 0.999 * len(sent)


def test_some_batches_come_newest_first(simulation: Simulation) -> None:
    recorded: dict[str, list[str]] = {}
    for line in simulate(22, simulation.date, rates=NO_FAULTS).lines():
        fix = msgspec.json.decode(line)
        recorded.setdefault(fix["tag_id"] + fix["uploaded_at"], []).append(fix["recorded_at"])
    backwards = [batch for batch in recorded.values() if batch != sorted(batch)]
    assert 0.03 < len(backwards) / len(recorded) < 0.2
    assert all(batch == sorted(batch, reverse=True) for batch in backwards)


def test_a_tag_that_hears_the_network_sends_six_to_sixteen_minutes_late_but_for_what_was_held_up(
    ordinary_days: list[WearerDay],
) -> None:
    checked, soon = 0, []
    for wearer in ordinary_days:
        if not wearer.act.conduct.dead and not wearer.act.conduct.offline:
            late = _late_s(wearer)[wearer.fixes.at_s > 0]
            assert late.min() >= 360
            assert late.max() <= 960 + 2400
            soon.append((late <= 960).mean())
            checked += 1
    assert checked > 20
    assert 0.96 < np.mean(soon) < 0.995


def test_some_fixes_are_sent_after_ones_that_were_recorded_later_and_sent_in_other_batches(
    ordinary_days: list[WearerDay],
) -> None:
    overtaken = 0
    for wearer in ordinary_days:
        first = wearer.messages.fault == 0
        sent = wearer.messages.uploaded_s[first][np.argsort(wearer.messages.row[first])]
        overtaken += int((sent[:-1] > sent[1:]).sum())
    assert overtaken > 20


def test_nothing_is_sent_while_a_tag_is_dead_or_hears_no_network(days: list[WearerDay]) -> None:
    for wearer in days:
        first = wearer.messages.fault == 0
        for start, end in (*wearer.act.conduct.dead, *wearer.act.conduct.offline):
            sent = wearer.messages.uploaded_s[first]
            assert not ((sent >= start) & (sent < end)).any()


@pytest.mark.parametrize(
    ("story", "least_h", "most_h"), [("uploads_a_day_late", 12, 24), ("battery_dies_inside", 7, 12)]
)
def test_a_tag_that_was_dead_or_offline_sends_hours_later(
    days: list[WearerDay], story: str, least_h: float, most_h: float
) -> None:
    wearer = next(wearer for wearer in days if wearer.act.story is not None and wearer.act.story["story"] == story)
    assert least_h < _late_s(wearer).max() / 3600 < most_h


def _late_s(wearer: WearerDay) -> np.ndarray:
    """Lateness of the fixes as they were first sent."""
    first = wearer.messages.fault == 0
    return np.asarray(wearer.messages.uploaded_s[first] - wearer.fixes.at_s[wearer.messages.row[first]])


def _uploaded(line: bytes) -> str | None:
    try:
        uploaded = msgspec.json.decode(line)["uploaded_at"]
    except msgspec.DecodeError:
        return None
    assert isinstance(uploaded, str)
    return uploaded
