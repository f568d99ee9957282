"""One picture of the calibration: reliability, false accusations, missed passes, and what other numbers change."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from tests.calibration.beside import EXPOSURES, BesideRow
from tests.calibration.judged import GRADES
from tests.calibration.passes import RADII_M, SPEEDS, PassRow
from tests.calibration.plot_candidates import BLUE, GREEN, GREY, ORANGE, RED, bars, draw_candidates
from tests.calibration.reliability import PLACES, BinRow
from tests.calibration.tables import Measured

GRADE_COLOURS = {"confirmed": "#003078", "probable": "#5694ca", "inferred": "#85994b", "possible": "#d5d5d5"}
_MISSED_COLOUR = RED
_PLACE_COLOURS = (BLUE, GREEN, ORANGE, RED)
# In the order of the exposures: like places have like colours in every panel.
_EXPOSURE_COLOURS = (BLUE, GREY, GREEN, ORANGE, RED)
_STYLES = {"confirmed": ("-", "o"), "probable": (":", "s")}
_BELOW = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.13), "frameon": False}


def draw(measured: Measured, path: Path) -> None:
    """Draw four panels to a PNG file, the same bytes for the same numbers."""
    with mpl.rc_context({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(16, 14), layout="constrained")
        grid = figure.add_gridspec(2, 2)
        _reliability(figure.add_subplot(grid[0, 0]), measured.bins)
        _beside(figure.add_subplot(grid[0, 1]), measured.beside)
        _passes(figure.add_subplot(grid[1, 0]), measured.passes)
        halves = grid[1, 1].subgridspec(1, 2)
        accused, caught = (figure.add_subplot(halves[0, column]) for column in range(2))
        draw_candidates(accused, caught, measured.candidates)
        figure.suptitle("The rules against simulated truth (the error model is the simulator's own)", fontsize=14)
        figure.savefig(path, dpi=100, metadata={"Software": None})


def _reliability(axes: Axes, rows: list[BinRow]) -> None:
    axes.plot([0, 1], [0, 1], color="#b1b4b6", linewidth=1, label="as many as it says")
    for place, colour, mark in zip(PLACES, _PLACE_COLOURS, "os^D", strict=True):
        own = [row for row in rows if row.place == place.name and row.fixes]
        inside = [row.inside for row in own]
        mean, value = [row.mean_p for row in own], [one.value for one in inside]
        label = f"{place.name} ({sum(row.fixes for row in own):,} fixes)"
        axes.errorbar(mean, value, yerr=bars(inside), color=colour, marker=mark, linewidth=1, capsize=3, label=label)
    axes.set_title(
        "Is p_inside the share that is truly inside?\n(places about the edge equally likely; 95 % intervals)"
    )
    axes.set_xlabel("p_inside, mean of the bin")
    axes.set_ylabel("share of gps and wifi fixes truly inside")
    axes.legend(loc="upper left", frameon=False)


def _beside(axes: Axes, rows: list[BesideRow]) -> None:
    shown = [exposure for exposure in EXPOSURES if exposure.surroundings != "home"]
    for number, (exposure, colour) in enumerate(zip(shown, _EXPOSURE_COLOURS, strict=True)):
        for grade, (style, mark) in _STYLES.items():
            own = [row for row in rows if (row.exposure, row.grade) == (exposure.name, grade)]
            at = [row.outside_m * (1 + 0.03 * number) for row in own]
            rates = [row.a_year for row in own]
            value = [one.value if row.incidents else float("nan") for one, row in zip(rates, own, strict=True)]
            axes.errorbar(
                at, value, yerr=bars(rates), color=colour, linestyle=style, marker=mark, markersize=5, capsize=3
            )
            none = [one.high if not row.incidents else float("nan") for one, row in zip(rates, own, strict=True)]
            axes.plot(at, none, linestyle="none", marker=7, color=colour, fillstyle="none")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([5, 10, 25, 50], ["5", "10", "25", "50"])
    axes.minorticks_off()
    axes.set_ylim(0.05, 2500)
    axes.set_title(
        "How often is somebody accused who stays outside?\n(95 % intervals; open carets: none seen, upper bound)"
    )
    axes.set_xlabel("metres outside the zone's edge")
    axes.set_ylabel("false incidents a wearer-year")
    handles = [Line2D([], [], color=c, label=e.name) for e, c in zip(shown, _EXPOSURE_COLOURS, strict=True)]
    handles += [Line2D([], [], color="black", linestyle=s, marker=m, label=g) for g, (s, m) in _STYLES.items()]
    axes.legend(handles=handles, ncols=2, **_BELOW)


def _passes(axes: Axes, rows: list[PassRow]) -> None:
    """Stacked shares, two bars for each speed and radius: straight, and round a corner."""
    ticks, place = [], 0.0
    for speed in SPEEDS:
        first = place
        for radius_m in RADII_M:
            for way in ("anywhere", "corner"):
                own = {r.grade: r.share for r in rows if (r.way, r.speed, r.radius_m) == (way, speed.name, radius_m)}
                bottom = 0.0
                for grade in GRADES:
                    axes.bar(place, own[grade].value, 0.8, bottom, color=GRADE_COLOURS[grade])
                    bottom += own[grade].value
                hatch = "" if way == "anywhere" else "//"
                axes.bar(place, own["no incident"].value, 0.8, bottom, color=_MISSED_COLOUR, hatch=hatch)
                place += 1
            ticks.append((place - 1.5, f"{radius_m}"))
            place += 0.4
        middle = (first + place - 1.4) / 2
        axes.text(middle, -0.05, speed.name, ha="center", va="top", transform=axes.get_xaxis_transform())
        place += 1.2
    axes.set_xticks([at for at, _ in ticks], [text for _, text in ticks], fontsize=8)
    within = 98 / rows[0].passes ** 0.5
    axes.set_title(
        f"Who passes through: best grade of {rows[0].passes:,} passes each, within {within:.0f} points at 95 %\n"
        "(left bar: straight, anywhere across; right bar, hatched: round a corner in the middle)"
    )
    axes.set_xlabel("radius of the zone, m", labelpad=20)
    axes.set_ylabel("share of passes")
    handles = [Patch(color=colour, label=grade) for grade, colour in GRADE_COLOURS.items()]
    axes.legend(handles=[*handles, Patch(color=_MISSED_COLOUR, label="no incident")], ncols=5, **_BELOW)
