"""`cordon judge`: files in, judgement out; no database."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, cast

import typer

from geofence.geojson import incidents_geojson
from geofence.instants import SECOND_US, Instant, Interval, printed
from geofence.judge import ZoneUnreadable, judge
from geofence.judgement import to_json
from geofence.tracks import Tracks
from ingest.events import read_events
from ingest.files import FileFixes, read_fixes
from service.commands.inputs import ProfileName, read_instant, read_register_file, read_rules_file, readable_files
from service.commands.telling import tell
from service.commands.writing import write_all
from service.progress import shown
from service.refusal import Refused


def judge_files(
    register: Annotated[Path, typer.Option(help="The register: who wears which tag, orders, zones (JSON).")],
    fixes: Annotated[Path, typer.Option(help="Fixes: .jsonl, .jsonl.gz, .parquet, or - for standard input.")],
    out: Annotated[Path, typer.Option(help="The folder for judgement.json and incidents.geojson.")],
    profile: Annotated[ProfileName, typer.Option(help="How the members of a fix are named.")] = ProfileName.CORDON,
    events: Annotated[Path | None, typer.Option(help="What tags reported of themselves (.jsonl).")] = None,
    start: Annotated[str | None, typer.Option("--from", help="Judge from this instant on.")] = None,
    until: Annotated[str | None, typer.Option(help="Judge up to this instant; later fixes take no part.")] = None,
    rules: Annotated[Path | None, typer.Option(help="Other thresholds than the default ones (JSON).")] = None,
) -> None:
    """Judge a file of fixes against a register and write the judgement."""
    document = read_register_file(register)
    thresholds = read_rules_file(rules)
    with shown() as stage, readable_files():
        reported = read_events(events) if events else []
        read = read_fixes(None if str(fixes) == "-" else fixes, profile.value, stage("Reading fixes", None))
        _refuse_nonsense(fixes, read)
        between = _between(read.tracks, fixes, start, until)
        stage("Judging", None)
        try:
            judgement = judge(
                replace(read.tracks, events=reported), document.register(), thresholds, between, between.end
            )
        except ZoneUnreadable as unreadable:
            raise Refused(f"{register}: {unreadable}") from unreadable
    write_all(
        out,
        {
            "judgement.json": to_json(judgement, read.counts, read.rejections),
            "incidents.geojson": incidents_geojson(judgement),
        },
    )
    tell(judgement, read.counts)
    typer.echo(f"Written: {out / 'judgement.json'}, {out / 'incidents.geojson'}")


def _refuse_nonsense(file: Path, read: FileFixes) -> None:
    """Refuse a file of which no line is a fix: to call that "no incident" would be silence taken for compliance."""
    if read.counts["lines"] and read.counts["rejected"] == read.counts["lines"]:
        first = read.rejections[0]
        faults = "; ".join(map(str, cast("list[str]", first["faults"])))
        raise Refused(
            f"{file}: none of its {read.counts['lines']:,} lines is a fix (line {first['line']}: {faults});"
            " name a file of fixes, and its --profile"
        )


def _between(tracks: Tracks, file: Path, start: str | None, until: str | None) -> Interval:
    """Return the range: as the options say, else from the first fix's second to the whole second after the last."""
    if not len(tracks) and not (start and until):
        raise Refused(f"{file}: holds no fix to take the range from; give --from and --until")
    first = read_instant(start, "--from") if start else _whole_second(int(tracks.recorded_at.min()))
    last = read_instant(until, "--until") if until else _whole_second(int(tracks.recorded_at.max()) + SECOND_US)
    if first >= last:
        raise Refused(f"--from {printed(first)} is not before --until {printed(last)}; give an earlier one")
    return Interval(first, last)


def _whole_second(at: int) -> Instant:
    return Instant(at - at % SECOND_US)
