"""A judgement, and a simulated day, as people read them at a terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from rich.console import Console
from rich.table import Table

from geofence.instants import MINUTE_US, printed
from geofence.judgement import Grade, Judgement, printed_incident
from geofence.rules import Rules
from service.register.findings import Finding
from service.whatif_document import counted_grades, other_thresholds

if TYPE_CHECKING:
    from service.demonstration import Demonstrated

GRADES: tuple[Grade, ...] = get_args(Grade)
COLUMNS = 110  # where there is no terminal to fit
_FEW = 5


def tell(judgement: Judgement, counts: Mapping[str, int], rules: Rules) -> None:
    """Print the incidents of a judgement as a table, how much was monitored, and what became of the lines."""
    page = console()
    for name, (usual, used) in other_thresholds(Rules(), rules).items():
        page.print(f"{name}: {used:g} instead of {usual:g}")
    page.print(f"From {printed(judgement.start)} until {printed(judgement.until)}:")
    _tell_incidents(page, [printed_incident(incident) for incident in judgement.incidents])
    in_force_us = sum(row.in_force_us - row.suspended_us for row in judgement.coverage)
    monitored_us = sum(row.monitored_us for row in judgement.coverage)
    watched = f"{hours(monitored_us)} monitored of {hours(in_force_us)} in force, all clauses together"
    if judgement.incidents:
        _tell_grades(page, counted_grades(judgement))
        page.print(f"{watched}.")
    elif monitored_us:
        page.print(f"No incident. {watched}.")
    else:
        page.print(f"[bold]Nothing was monitored[/bold], so that no incident is no finding: {_why_nothing(judgement)}.")
    later = counts["fixes"] - judgement.judged - judgement.unassigned
    page.print(
        f"{counts['lines']:,} lines: {counts['fixes']:,} fixes, {counts['duplicates']:,} duplicates,"
        f" {counts['rejected']:,} rejected ({counts['contradictions']:,} of them contradictions);"
        f" {judgement.judged:,} judged, {judgement.unassigned:,} of no fitting, {later:,} too late for the range."
    )


def tell_warnings(file: Path, warnings: Sequence[Finding]) -> None:
    """Print that a register was judged in spite of warnings, and the first few of them, each on a line of its own."""
    page = Console(highlight=False, soft_wrap=True, markup=False)
    for finding in warnings[:_FEW]:
        page.print(f"{file}: {finding}")
    if len(warnings) > _FEW:
        page.print(f"{file}: {len(warnings) - _FEW:,} more warnings; cordon register check {file} lists them")


def hours(duration_us: int) -> str:
    """Return a duration in whole minutes, as people say it: `22 h 10 min`."""
    minutes = duration_us // MINUTE_US
    return f"{minutes // 60:,} h {minutes % 60:02d} min"


def _why_nothing(judgement: Judgement) -> str:
    if not judgement.coverage:
        return "the register names no prohibition that has a zone or needs one"
    if not any(row.in_force_us > row.suspended_us for row in judgement.coverage):
        return "no prohibition was in force then"
    if not judgement.judged:
        return "no fix of that time belongs to a fitting of the register"
    return "no two usable fixes of a wearer lie near enough in time"


def tell_day(day: "Demonstrated", report: Mapping[str, Any]) -> None:
    """Print what a simulated day came to: the ledger's counts, and the gist of one force's report (its JSON)."""
    page = console()
    tally, content = day.tally, day.register.content
    page.print(f"[bold]A simulated day: {day.day:%A} {day.day.day} {day.day:%B %Y}[/bold]")
    page.print(
        f"{len(content.wearers)} wearers, {len(content.orders)} orders, {tally.fixes:,} fixes in the ledger;"
        f" {tally.duplicates:,} duplicates, {tally.rejected:,} messages in quarantine"
        f" ({tally.contradictions:,} contradict an earlier fix)."
    )
    page.print(f"\n[bold]{report['report']['force_name']}: possible breaches of that day[/bold]")
    if report["nil_return"]:
        page.print(report["nil_return"])
    _tell_incidents(page, sorted(report["incidents"], key=lambda one: str(one["began_at"])))
    _tell_grades(page, report["counts"])
    gaps = sum(bool(row["unmonitored"]) for row in report["coverage"])
    page.print(f"Clauses with time that nobody could watch: {gaps} of {len(report['coverage'])}.")


def console() -> Console:
    """Return where results are told: the terminal, or a page of COLUMNS."""
    terminal = Console(highlight=False)
    return terminal if terminal.is_terminal else Console(highlight=False, width=COLUMNS)


def kind_and_grade(kind: str, grade: str, suspended: bool, before_aware: bool) -> str:
    """Return what an incident is, in words, and why it is not counted if it isn't."""
    apart = [words for words, holds in (("suspended", suspended), ("not aware", before_aware)) if holds]
    return ", ".join([kind, grade, *apart])


def short(instant: str) -> str:
    """Return an instant without its T, fraction and Z: the column says that it is UTC."""
    return instant[:19].replace("T", " ")


def _tell_incidents(page: Console, incidents: Sequence[Mapping[str, Any]]) -> None:
    if not incidents:
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("began (UTC)", "ended (UTC)", "wearer", "zone", "possible breach"):
        table.add_column(heading, overflow="fold")
    table.add_column("deepest", justify="right", no_wrap=True)
    for one in incidents:
        table.add_row(
            short(one["began_at"]),
            one["state"].replace("_", " ") if one["ended_at"] is None else short(one["ended_at"]),
            one["wearer_id"],
            one["zone_id"],
            kind_and_grade(one["kind"], one["grade"], one["suspended"], one["before_aware"]),
            f"{one['deepest_m']:.0f} m",
        )
    page.print(table)


def _tell_grades(page: Console, counts: Mapping[str, int]) -> None:
    by_grade = ", ".join(f"{grade} {counts[grade]}" for grade in GRADES)
    page.print(f"By grade, never summed: {by_grade}. What is suspended or not aware is listed, never counted.")
