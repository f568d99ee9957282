"""The tables that `make calibrate` writes: Markdown to read, and every row as CSV."""

import csv
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests.calibration.beside import EXPOSURES, OUTSIDE_M, BesideRow
from tests.calibration.candidates import OUTSIDE_M as CANDIDATE_OUTSIDE_M
from tests.calibration.candidates import STAYS, CandidateRows
from tests.calibration.intervals import Estimate
from tests.calibration.judged import GRADES
from tests.calibration.passes import RADII_M, SPEEDS, WAYS, PassRow
from tests.calibration.reliability import EDGES, PLACES, BinRow, GradeRow
from tests.calibration.visits import MINUTES, VisitRow


class Measured(NamedTuple):
    """Everything that was measured."""

    bins: list[BinRow]
    grades: list[GradeRow]
    beside: list[BesideRow]
    passes: list[PassRow]
    passes_proposed: list[PassRow]
    candidates: list[CandidateRows]


def write(measured: Measured, folder: Path) -> str:
    """Write every row as CSV and all tables as Markdown, and return these."""
    _csv(folder / "p_inside.csv", measured.bins)
    _csv(folder / "grades.csv", measured.grades)
    _csv(folder / "beside.csv", measured.beside)
    _csv(folder / "passes.csv", measured.passes)
    _csv(folder / "passes_proposed.csv", measured.passes_proposed)
    _csv(folder / "candidates_beside.csv", [(c.name, *row) for c in measured.candidates for row in c.beside], BesideRow)
    _csv(folder / "candidates_visits.csv", [(c.name, *row) for c in measured.candidates for row in c.visits], VisitRow)
    text = "\n".join(
        [
            *_p_inside(measured.bins),
            *_grades(measured.grades),
            *(line for grade in GRADES[:3] for line in _beside(measured.beside, grade)),
            *_missed(measured.passes, "default rules"),
            *_missed(measured.passes_proposed, "proposed rules"),
            *_passed(measured.passes),
            *_candidates(measured.candidates),
        ]
    )
    (folder / "calibration.md").write_text(text)
    return text


def per_cent(estimate: Estimate) -> str:
    """Return a share as it is printed: `97 % (95-98)`, with a decimal where a whole number would hide something."""
    if math.isnan(estimate.value):
        return "none"
    decimals = 0 if 0.02 <= estimate.value <= 0.98 else 1
    value, low, high = (f"{100 * side:.{decimals}f}" for side in estimate)
    return f"{value} % ({low}-{high})"


def a_year(estimate: Estimate) -> str:
    """Return a rate as it is printed: `40 (36-44)`; where nothing was seen, the upper bound alone."""
    if estimate.value == 0:
        return f"0 (< {estimate.high:.2g})"
    decimals = 0 if estimate.value >= 10 else 1 if estimate.value >= 0.1 else 2
    value, low, high = (f"{side:.{decimals}f}" for side in estimate)
    return f"{value} ({low}-{high})"


def _p_inside(rows: list[BinRow]) -> list[str]:
    lines = []
    for low, high in pairwise(EDGES):
        own = [row for row in rows if row.from_p == low]
        cells = [f"{per_cent(row.inside)} of {row.fixes:,}" for row in own]
        lines.append([f"{low:g} to {high:g}", *cells])
    header = ["p_inside", *(place.name for place in PLACES)]
    return _table("Share of gps and wifi fixes truly inside, by p_inside", header, lines)


def _grades(rows: list[GradeRow]) -> list[str]:
    lines = []
    for grade in (*GRADES, "no incident"):
        own = [row for row in rows if row.grade == grade]
        lines.append([grade, *(f"{per_cent(row.inside)} of {row.sessions:,}" for row in own)])
    header = ["best grade of the hour", *(place.name for place in PLACES)]
    return _table("Share of hours truly spent inside, by grade", header, lines)


def _beside(rows: list[BesideRow], grade: str) -> list[str]:
    lines = []
    for exposure in EXPOSURES:
        own = [row for row in rows if row.exposure == exposure.name and row.grade == grade]
        lines.append([exposure.name, f"{own[0].wearer_years:.0f}", *(a_year(row.a_year) for row in own)])
    header = ["exposure", "wearer-years", *(f"{metres} m outside" for metres in OUTSIDE_M)]
    return _table(f"False {grade} incidents a wearer-year", header, lines)


def _missed(rows: list[PassRow], rules: str) -> list[str]:
    lines = []
    for way in WAYS:
        for speed in SPEEDS:
            own = [r for r in rows if (r.way, r.speed, r.grade) == (way, speed.name, "no incident")]
            lines.append([way, speed.name, *(per_cent(row.share) for row in own)])
    header = ["way", "speed", *(f"radius {radius_m} m" for radius_m in RADII_M)]
    return _table(f"Passes that left no incident at all, of {rows[0].passes:,} each, {rules}", header, lines)


def _passed(rows: list[PassRow]) -> list[str]:
    """The best grade of straight passes anywhere across, in per cent: confirmed / probable / inferred / possible."""
    lines = []
    for speed in SPEEDS:
        cells = []
        for radius_m in RADII_M:
            own = [r for r in rows if (r.way, r.speed, r.radius_m) == ("anywhere", speed.name, radius_m)]
            cells.append(" / ".join(f"{100 * row.share.value:.0f}" for row in own[: len(GRADES)]))
        lines.append([speed.name, *cells])
    header = ["speed", *(f"radius {radius_m} m" for radius_m in RADII_M)]
    return _table("Straight passes anywhere: per cent confirmed / probable / inferred / possible", header, lines)


def _candidates(candidates: list[CandidateRows]) -> list[str]:
    tables = []
    for metres in CANDIDATE_OUTSIDE_M:
        lines = [[one.name, *(_accused(one.beside, exposure.name, metres) for exposure in STAYS)] for one in candidates]
        title = f"False incidents a wearer-year {metres} m outside: confirmed + probable"
        tables += _table(title, ["rules", *(exposure.name for exposure in STAYS)], lines)
    for place in PLACES:
        lines = [[one.name, *(_caught(row) for row in one.visits if row.place == place.name)] for one in candidates]
        title = f"True visits {place.name}: per cent confirmed / at least probable / found at all"
        tables += _table(title, ["rules", *(f"{minutes} min" for minutes in MINUTES)], lines)
    return tables


def _accused(rows: list[BesideRow], exposure: str, metres: int) -> str:
    own = {row.grade: row.a_year for row in rows if (row.exposure, row.outside_m) == (exposure, metres)}
    return f"{a_year(own['confirmed'])} + {a_year(own['probable'])}"


def _caught(row: VisitRow) -> str:
    return " / ".join(f"{100 * share.value:.0f}" for share in (row.confirmed, row.probable, row.found))


def _table(title: str, header: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    rows = [header, ["---"] * len(header), *lines]
    return [f"**{title}**", "", *(f"| {' | '.join(cells)} |" for cells in rows), ""]


def _csv(path: Path, rows: Sequence[tuple[object, ...]], of: type[tuple[object, ...]] | None = None) -> None:
    """Write rows of a NamedTuple, an estimate as three columns; `of` names the members behind a candidate's name."""
    names = ["rules", *_names(of)] if of else _names(type(rows[0]))
    header, estimates = [], [isinstance(value, Estimate) for value in rows[0]]
    for name, estimate in zip(names, estimates, strict=True):
        header += [name, f"{name}_low", f"{name}_high"] if estimate else [name]
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            flat = [part for value in row for part in (value if isinstance(value, Estimate) else (value,))]
            writer.writerow([f"{part:.6g}" if isinstance(part, float) else part for part in flat])


def _names(of: type[tuple[object, ...]]) -> list[str]:
    names: tuple[str, ...] = getattr(of, "_fields", ())
    return list(names)
