"""A judgement, and a simulated day, as people read them at a terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

from rich.console import Console
from rich.table import Table

from geofence.instants import printed
from geofence.judgement import Grade, Judgement, printed_incident

if TYPE_CHECKING:
    from service.demonstration import Demonstrated

GRADES: tuple[Grade, ...] = get_args(Grade)
COLUMNS = 110  # where there is no terminal to fit


def tell(judgement: Judgement, counts: Mapping[str, int]) -> None:
    """Print the incidents of a judgement as a table, and what became of the lines."""
    page = console()
    if judgement.incidents:
        _tell_incidents(page, [printed_incident(incident) for incident in judgement.incidents])
    else:
        page.print(f"No incident between {printed(judgement.start)} and {printed(judgement.until)}.")
    counted = [one.grade for one in judgement.incidents if not (one.suspended or one.before_aware)]
    _tell_grades(page, {grade: counted.count(grade) for grade in GRADES})
    page.print(
        f"{counts['lines']:,} lines: {counts['fixes']:,} fixes, {counts['duplicates']:,} duplicates,"
        f" {counts['rejected']:,} rejected ({counts['contradictions']:,} of them contradictions);"
        f" {judgement.judged:,} judged, {judgement.unassigned:,} of no fitting."
    )


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
