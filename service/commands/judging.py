"""`cordon judge` and `cordon whatif`: files in, judgement out; no database."""

from pathlib import Path
from typing import Annotated

import typer

from geofence.geojson import incidents_geojson
from geofence.judgement import to_json
from geofence.rules import Rules
from service.commands.files import (
    IN_MEMORY,
    EventsFile,
    FixesFile,
    From,
    InMemory,
    Profile,
    RegisterFile,
    Until,
    read_files,
)
from service.commands.inputs import ProfileName, read_folder, read_rules_file
from service.commands.telling import tell, tell_warnings
from service.commands.telling_whatif import tell_whatif
from service.commands.writing import write_all
from service.judged_files import JudgedFiles, judge_files
from service.whatif import compare
from service.whatif_document import whatif_json


def judge(
    register: RegisterFile,
    fixes: FixesFile,
    out: Annotated[
        Path,
        typer.Option(parser=read_folder, metavar="PATH", help="The folder for judgement.json and incidents.geojson."),
    ],
    profile: Profile = ProfileName.CORDON,
    events: EventsFile = None,
    start: From = None,
    until: Until = None,
    rules: Annotated[Path | None, typer.Option(help="Other thresholds than the default ones (JSON).")] = None,
    in_memory: InMemory = IN_MEMORY,
) -> None:
    """Judge a file of fixes against a register and write the judgement."""
    files = read_files(register, fixes, profile, events, start, until, in_memory)
    thresholds = read_rules_file(rules)
    judged = judge_files(files, [thresholds])
    write_all(out, _contents(judged, 0))
    tell(judged.judgements[0], judged.counts, thresholds)
    tell_warnings(register, files.register_warnings)
    typer.echo(f"Written: {out / 'judgement.json'}, {out / 'incidents.geojson'}")


def whatif(
    rules: Annotated[Path, typer.Option(help="The candidate: other thresholds than the default ones (JSON).")],
    register: RegisterFile,
    fixes: FixesFile,
    out: Annotated[
        Path, typer.Option(parser=read_folder, metavar="PATH", help="The folder for whatif.json and both judgements.")
    ],
    profile: Profile = ProfileName.CORDON,
    events: EventsFile = None,
    start: From = None,
    until: Until = None,
    in_memory: InMemory = IN_MEMORY,
) -> None:
    """Judge a file of fixes under the default rules and under a candidate's, and write what differs."""
    baseline, candidate = Rules(), read_rules_file(rules)
    files = read_files(register, fixes, profile, events, start, until, in_memory)
    judged = judge_files(files, [baseline, candidate])
    compared = compare(*judged.judgements)
    write_all(
        out,
        {
            "whatif.json": whatif_json(compared, baseline, candidate, judged.counts),
            **{f"baseline/{name}": content for name, content in _contents(judged, 0).items()},
            **{f"candidate/{name}": content for name, content in _contents(judged, 1).items()},
        },
    )
    tell_whatif(compared, baseline, candidate)
    tell_warnings(register, files.register_warnings)
    typer.echo(f"Written: {out / 'whatif.json'}, and both judgements in {out / 'baseline'} and {out / 'candidate'}")


def _contents(judged: JudgedFiles, number: int) -> dict[str, bytes]:
    """Return the files of one of the judgements."""
    judgement = judged.judgements[number]
    return {
        "judgement.json": to_json(judgement, judged.counts, judged.rejections),
        "incidents.geojson": incidents_geojson(judgement),
    }
