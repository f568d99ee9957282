"""Numbers are printed so that a reader is not misled, and a small run writes every table and the plot."""

from pathlib import Path

import pytest

from tests.calibration.intervals import Estimate, rate, share
from tests.calibration.measure import measure
from tests.calibration.plot import draw
from tests.calibration.tables import a_year, per_cent, write


@pytest.mark.parametrize(
    ("estimate", "printed"),
    [
        (Estimate(0.5, 0.4, 0.6), "50 % (40-60)"),
        (Estimate(0.9994, 0.998, 0.9999), "99.9 % (99.8-100.0)"),
        (share(0, 1000), "0.0 % (0.0-0.4)"),
        (share(0, 0), "none"),
    ],
)
def test_shares(estimate: Estimate, printed: str) -> None:
    assert per_cent(estimate) == printed


@pytest.mark.parametrize(
    ("count", "years", "printed"),
    [(0, 10.0, "0 (< 0.3)"), (4, 10.0, "0.4 (0.1-1.0)"), (340, 10.0, "34 (30-38)"), (1, 30.0, "0.03 (0.00-0.19)")],
)
def test_rates(count: int, years: float, printed: str) -> None:
    assert a_year(rate(count, years)) == printed


def test_a_small_run_writes_every_table_and_the_plot(tmp_path: Path) -> None:
    measured = measure(0.004, lambda _: None)
    text = write(measured, tmp_path)
    draw(measured, tmp_path / "calibration.png")
    assert text.count("**") == 2 * (2 + 3 + 3 + 2 + 4)
    assert (tmp_path / "calibration.md").read_text() == text
    assert {path.name for path in tmp_path.iterdir()} == {
        "calibration.md",
        "calibration.png",
        "p_inside.csv",
        "grades.csv",
        "beside.csv",
        "passes.csv",
        "passes_proposed.csv",
        "candidates_beside.csv",
        "candidates_visits.csv",
    }
    header, *rows = (tmp_path / "beside.csv").read_text().splitlines()
    assert header == "exposure,outside_m,grade,incidents,wearer_years,a_year,a_year_low,a_year_high"
    assert len(rows) == 6 * 4 * 4
