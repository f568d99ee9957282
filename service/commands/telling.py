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
    console = _console()
    if judgement.incidents:
        _tell_incidents(console, [printed_incident(incident) for incident in judgement.incidents])
    else:
        console.print(f"No incident between {printed(judgement.start)} and {printed(judgement.until)}.")
    counted = [one.grade for one in judgement.incidents if not (one.suspended or one.before_aware)]
    _tell_grades(console, {grade: counted.count(grade) for grade in GRADES})
    console.print(
        f"{counts['lines']:,} lines: {counts['fixes']:,} fixes, {counts['duplicates']:,} duplicates,"
        f" {counts['rejected']:,} rejected ({counts['contradictions']:,} of them contradictions);"
        f" {judgement.judged:,} judged, {judgement.unassigned:,} of no fitting."
    )


def tell_day(day: "Demonstrated", report: Mapping[str, Any]) -> None:
    """Print what a simulated day came to: the ledger's counts, and the gist of one force's report (its JSON)."""
    console = _console()
    tally, content = day.tally, day.register.content
    console.print(f"[bold]A simulated day: {day.day:%A} {day.day.day} {day.day:%B %Y}[/bold]")
    console.print(
        f"{len(content.wearers)} wearers, {len(content.orders)} orders, {tally.fixes:,} fixes in the ledger;"
        f" {tally.duplicates:,} duplicates, {tally.rejected:,} messages in quarantine"
        f" ({tally.contradictions:,} contradict an earlier fix)."
    )
    console.print(f"\n[bold]{report['report']['force_name']}: possible breaches of that day[/bold]")
    if report["nil_return"]:
        console.print(report["nil_return"])
    _tell_incidents(console, sorted(report["incidents"], key=lambda one: str(one["began_at"])))
    _tell_grades(console, report["counts"])
    gaps = sum(bool(row["unmonitored"]) for row in report["coverage"])
    console.print(f"Clauses with time that nobody could watch: {gaps} of {len(report['coverage'])}.")


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=COLUMNS)


def _tell_incidents(console: Console, incidents: Sequence[Mapping[str, Any]]) -> None:
    if not incidents:
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("began (UTC)", "ended (UTC)", "wearer", "zone", "possible breach"):
        table.add_column(heading, overflow="fold")
    table.add_column("deepest", justify="right", no_wrap=True)
    for one in incidents:
        apart = [
            words for words, holds in (("suspended", one["suspended"]), ("not aware", one["before_aware"])) if holds
        ]
        table.add_row(
            _short(one["began_at"]),
            one["state"].replace("_", " ") if one["ended_at"] is None else _short(one["ended_at"]),
            one["wearer_id"],
            one["zone_id"],
            ", ".join([one["kind"], one["grade"], *apart]),
            f"{one['deepest_m']:.0f} m",
        )
    console.print(table)


def _short(instant: str) -> str:
    """Return an instant without its T, fraction and Z: the column says that it is UTC."""
    return instant[:19].replace("T", " ")


def _tell_grades(console: Console, counts: Mapping[str, int]) -> None:
    by_grade = ", ".join(f"{grade} {counts[grade]}" for grade in GRADES)
    console.print(f"By grade, never summed: {by_grade}. What is suspended or not aware is listed, never counted.")
