"""What people do follows the calendar and London's clocks."""

from datetime import date

import numpy as np
import pytest

from service.simulation.day import Day
from service.simulation.habits import HABITS, habits_on, ordinary_day, takes_children_to_school
from service.simulation.places import NAMED

SCHOOL_DAY = Day(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("day", "school"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 8, 5), False),
        (date(2026, 12, 23), False),
        (date(2027, 1, 1), False),
        (date(2027, 1, 6), True),
    ],
    ids=str,
)
def test_children_are_taken_to_school_on_school_days_alone(day: date, school: bool) -> None:
    assert (takes_children_to_school in habits_on(Day(day))) == school


@pytest.mark.parametrize("seed", range(8))
def test_the_school_run_is_at_the_school_when_it_opens_and_when_it_closes(seed: int) -> None:
    home = NAMED["Shirley"]
    path = takes_children_to_school(SCHOOL_DAY, home.centre, home, np.random.default_rng(seed)).path()
    x_m, y_m = path.corners_m()
    waits = (np.diff(path.t_s) > 250) & (np.hypot(np.diff(x_m), np.diff(y_m)) < 1)
    around = np.array(path.stretch_at(path.t_s[:-1] + 1))
    at_the_gate = np.flatnonzero(waits & (around == "street"))
    morning, afternoon = path.t_s[at_the_gate] / 3600
    assert 8.0 < morning < 9.0
    assert 14.6 < afternoon < 15.6
    assert np.ptp(x_m[at_the_gate]) < 1
    assert np.ptp(y_m[at_the_gate]) < 1


@pytest.mark.parametrize("day", [date(2026, 11, 18), date(2026, 11, 22), date(2026, 10, 25)], ids=str)
def test_every_habit_fills_its_day(day: date) -> None:
    home = NAMED["Norbury"]
    for habit, _, _ in HABITS:
        path = habit(Day(day), home.centre, home, np.random.default_rng(3)).path()
        assert path.t_s[-1] == Day(day).length_s


def test_a_day_is_chosen_by_chance_and_again_the_same() -> None:
    home = NAMED["Norbury"]
    first, second = (ordinary_day(SCHOOL_DAY, home.centre, home, np.random.default_rng(5)).path() for _ in range(2))
    assert first.t_s.tolist() == second.t_s.tolist()
