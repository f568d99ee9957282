"""Two panels side by side: whom other numbers would accuse, and whom they would miss."""

from matplotlib.axes import Axes

from tests.calibration.candidates import CandidateRows
from tests.calibration.intervals import Estimate

BLUE, GREEN, ORANGE, RED, GREY = "#1d70b8", "#00703c", "#f47738", "#d4351c", "#505a5f"
_SHOWN = (
    ("indoors", "works indoors, 8 h on 230 days", GREEN),
    ("between tall buildings", "waits between tall buildings, 1 h a day", ORANGE),
)
OUTSIDE_M, MINUTES = 10, 3


def bars(estimates: list[Estimate]) -> list[list[float]]:
    """Return the lengths of error bars below and above."""
    return [
        [max(0.0, one.value - one.low) for one in estimates],
        [max(0.0, one.high - one.value) for one in estimates],
    ]


def draw_candidates(accused: Axes, caught: Axes, candidates: list[CandidateRows]) -> None:
    """Draw a row for each candidate: false incidents on the left, visits found on the right."""
    rows = range(len(candidates))
    for number, (place, exposure, colour) in enumerate(_SHOWN):
        at = [row + 0.3 * number - 0.15 for row in rows]
        for grade, filled in (("confirmed", True), ("probable", False)):
            rates = [
                next(r.a_year for r in one.beside if (r.exposure, r.outside_m, r.grade) == (exposure, OUTSIDE_M, grade))
                for one in candidates
            ]
            _dots(accused, rates, at, colour, filled, f"{place}: {grade}")
        visits = [next(r for r in one.visits if (r.place, r.minutes) == (place, MINUTES)) for one in candidates]
        _dots(caught, [visit.confirmed for visit in visits], at, colour, True, f"{place}: confirmed")
        _dots(caught, [visit.probable for visit in visits], at, colour, False, f"{place}: at least probable")
    accused.set_xscale("symlog", linthresh=1)
    accused.set_xlim(left=0)
    accused.set_yticks(list(rows), [one.name for one in candidates])
    caught.set_yticks(list(rows), [""] * len(candidates))
    caught.set_xlim(0, 1.02)
    for axes in (accused, caught):
        axes.invert_yaxis()
        axes.grid(axis="x", color="#e0e0e0")
        axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.13), frameon=False)
    accused.set_title(f"Accused falsely, {OUTSIDE_M} m outside\n(95 % intervals)")
    accused.set_xlabel("incidents a wearer-year")
    caught.set_title(f"Caught on a true visit of {MINUTES} min\n(95 % intervals)")
    caught.set_xlabel("share of visits")


def _dots(axes: Axes, estimates: list[Estimate], at: list[float], colour: str, filled: bool, label: str) -> None:
    axes.errorbar(
        [one.value for one in estimates],
        at,
        xerr=bars(estimates),
        color=colour,
        marker="o" if filled else "s",
        markerfacecolor=colour if filled else "white",
        linestyle="none",
        capsize=2,
        label=label,
    )
