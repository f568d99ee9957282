"""What other rules would have made of the same fixes, as people read it at a terminal."""

from collections.abc import Iterable, Sequence
from typing import get_args

from rich.console import Console
from rich.table import Table

from geofence.instants import printed
from geofence.judgement import Incident, Judgement
from geofence.rules import Rules
from service.commands.telling import console, hours, kind_and_grade, short
from service.whatif import Compared, Difference, What
from service.whatif_document import counted_grades, not_raised, other_thresholds

# What an officer would see change; brackets, fixes and their numbers are only counted.
_SEEN = ("kind", "state", "began_at", "ended_at", "already_inside", "suspended", "before_aware", "visits")


def tell_whatif(compared: Compared, baseline: Rules, candidate: Rules) -> None:
    """Print in what the rules differ, and what that changes: incident by incident, then in numbers."""
    out = console()
    thresholds = other_thresholds(baseline, candidate)
    for name, (before, after) in thresholds.items():
        out.print(f"{name}: {before:g} by default, {after:g} in the candidate")
    if not compared:
        why = "come to the same" if thresholds else "are the same"
        out.print(f"No difference: both rules {why} ({len(compared.baseline.incidents):,} incidents).")
        return
    seen = [one for one in compared.differences if one.what != "changed" or _is_seen(one)]
    if seen:
        _tell_differences(out, seen)
    counts = {what: len(compared.of(what)) for what in get_args(What)}
    out.print(
        f"{len(compared.baseline.incidents):,} incidents by default, {len(compared.candidate.incidents):,} in the"
        f" candidate: {compared.same:,} the same, {', '.join(f'{count:,} {what}' for what, count in counts.items())}."
    )
    if unseen := len(compared.differences) - len(seen):
        out.print(f"{unseen:,} of those changed differ in brackets, fixes or numbers alone (see whatif.json).")
    _tell_numbers(out, compared)


def _is_seen(one: Difference) -> bool:
    return any(getattr(one.baseline, name) != getattr(one.candidate, name) for name in _SEEN)


def _tell_differences(out: Console, differences: Sequence[Difference]) -> None:
    table = _table("", "began (UTC)", "wearer", "zone", "by default", "in the candidate")
    for one in differences:
        candidate = one.reason if one.what == "changed" else _words(one.candidate)
        subject = one.subject
        table.add_row(
            one.what,
            short(printed(subject.began_at)),
            subject.wearer_id,
            subject.zone_id,
            _words(one.baseline),
            candidate,
        )
    out.print(table)


def _tell_numbers(out: Console, compared: Compared) -> None:
    sides = compared.baseline, compared.candidate
    table = _table("", "by default", "in the candidate")
    for column in table.columns[1:]:
        column.justify = "right"
    numbers: list[list[tuple[str, str]]] = [list(_numbers(side)) for side in sides]
    for (name, before), (_, after) in zip(*numbers, strict=True):
        table.add_row(name, before, after)
    out.print(table)
    if compared.monitored:
        clauses = len(compared.baseline.coverage)
        out.print(f"Time monitored differs for {len(compared.monitored):,} of {clauses:,} clauses.")


def _numbers(judgement: Judgement) -> Iterable[tuple[str, str]]:
    for grade, count in counted_grades(judgement).items():
        yield grade, f"{count:,}"
    apart = sum(one.suspended or one.before_aware for one in judgement.incidents)
    yield "suspended or not aware (never counted)", f"{apart:,}"
    for reason, count in not_raised(judgement).items():
        yield f"fixes not raised: {reason.replace('_', ' ')}", f"{count:,}"
    yield "time monitored, of all clauses", hours(sum(row.monitored_us for row in judgement.coverage))


def _table(*headings: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _words(incident: Incident | None) -> str:
    if incident is None:
        return "-"
    return kind_and_grade(incident.kind, incident.grade, incident.suspended, incident.before_aware)
