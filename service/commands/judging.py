"""`cordon judge`: files in, judgement out; no database."""

from pathlib import Path
from typing import Annotated

import typer

from geofence.geojson import incidents_geojson
from geofence.judgement import to_json
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
from service.commands.inputs import ProfileName, read_rules_file
from service.commands.telling import tell
from service.commands.writing import write_all
from service.judged_files import judge_files


def judge(
    register: RegisterFile,
    fixes: FixesFile,
    out: Annotated[Path, typer.Option(help="The folder for judgement.json and incidents.geojson.")],
    profile: Profile = ProfileName.CORDON,
    events: EventsFile = None,
    start: From = None,
    until: Until = None,
    rules: Annotated[Path | None, typer.Option(help="Other thresholds than the default ones (JSON).")] = None,
    in_memory: InMemory = IN_MEMORY,
) -> None:
    """Judge a file of fixes against a register and write the judgement."""
    files = read_files(register, fixes, profile, events, start, until, in_memory)
    judged = judge_files(files, [read_rules_file(rules)])
    (judgement,) = judged.judgements
    write_all(
        out,
        {
            "judgement.json": to_json(judgement, judged.counts, judged.rejections),
            "incidents.geojson": incidents_geojson(judgement),
        },
    )
    tell(judgement, judged.counts)
    typer.echo(f"Written: {out / 'judgement.json'}, {out / 'incidents.geojson'}")
