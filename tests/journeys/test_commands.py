"""The commands, run as their users run them: what they write, how they end, and what they say of bad input."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import IO
from urllib.request import urlopen

import pytest

from alerts.days import report_day_of
from service.clock import now
from service.database import Pool
from service.embedded import EmbeddedPostgres
from service.simulation import simulate
from service.simulation.files import write
from tests.journeys.cordon import cordon
from tests.journeys.simulated import DAY, SimulatedDay, simulated_day
from tests.servers.database import TestDatabase
from tests.servers.kafka.broker import KafkaBroker
from tests.service.test_scraped import free_port

LATER_THAN_ANY = "9999-12-31T23:59:59.999999-14:00"
NOWHERE = "postgresql://cordon@127.0.0.1:9/cordon"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> SimulatedDay:
    return simulated_day(tmp_path_factory.mktemp("day"))


@pytest.fixture
def settings(database: TestDatabase, tmp_path: Path) -> dict[str, str]:
    return {"CORDON_DATABASE_URL": database.url, "CORDON_ARCHIVE_DIR": str(tmp_path / "archive")}


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line with which a command refused."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    return line


def test_demo_writes_a_report_and_leaves_nothing_running(tmp_path: Path) -> None:
    done = cordon("demo", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".pdf", ".json", ".csv", ".geojson", ".gpx"}
    [report] = (tmp_path / "out").glob("*.json")
    counts = json.loads(report.read_bytes())["counts"]
    assert all(counts[grade] for grade in ("confirmed", "probable", "inferred", "possible"))
    assert "possible breaches" in done.stdout
    assert done.stderr == ""


def test_a_registered_day_is_replayed_judged_and_reported(
    day: SimulatedDay, settings: dict[str, str], tmp_path: Path
) -> None:
    assert "no fault" in cordon("register", "check", day.files.register).stdout
    assert "warning" in refused(cordon("register", "load", day.files.register, settings=settings))
    loaded = cordon("register", "load", day.files.register, "--reason", "simulated", settings=settings)
    assert loaded.returncode == 0, loaded.stderr
    assert "0 rejected" not in cordon("replay", "--fixes", day.files.fixes, settings=settings).stdout
    assert "0 new fixes" in cordon("replay", "--fixes", day.files.fixes, settings=settings).stdout
    assert "line " in cordon("quarantine", "list", settings=settings).stdout
    shown = cordon("report", "--force", "MPS", "--day", DAY, "--out", tmp_path / "out", settings=settings)
    assert shown.returncode == 0, shown.stderr
    [pdf] = (tmp_path / "out").glob("*PREVIEW.pdf")
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert "PREVIEW" in text
    none = cordon("report", "--force", "MPS", "--day", DAY, "--edition", 1, settings=settings)
    assert "no such edition" in refused(none)
    assert "no such force" in refused(cordon("report", "--force", "XYZ", "--day", DAY, settings=settings))
    assert "has not begun" in refused(cordon("report", "--force", "MPS", "--day", "2999-01-01", settings=settings))


async def test_deadline_once_issues_what_is_due_and_report_then_shows_the_edition(
    settings: dict[str, str], pool: Pool, tmp_path: Path
) -> None:
    day = report_day_of(now()) - timedelta(days=2)
    files = write(simulate(1, day), tmp_path / "day.jsonl")
    cordon("register", "load", files.register, "--reason", "simulated", settings=settings)
    # Entered today, and without a fix of an earlier day, the force is owed nothing yet.
    assert cordon("deadline", "--once", settings=settings).stdout == "0 reports issued\n"
    cordon("replay", "--fixes", files.fixes, settings=settings)
    issued = cordon("deadline", "--once", settings=settings)
    # The day's own, that of the night before, of which the first minutes are in the file, and after 09:00 yesterday's.
    assert issued.stdout in {"2 reports issued\n", "3 reports issued\n"}, issued.stderr
    shown = cordon("report", "--force", "MPS", "--day", day, "--edition", 1, "--out", tmp_path, settings=settings)
    assert shown.returncode == 0, shown.stderr
    elsewhere = settings | {"CORDON_ARCHIVE_DIR": str(tmp_path / "elsewhere")}
    missing = cordon("report", "--force", "MPS", "--day", day, "--edition", 1, "--out", tmp_path, settings=elsewhere)
    assert "CORDON_ARCHIVE_DIR" in refused(missing)
    report = json.loads((tmp_path / f"breach-report-MPS-{day}-edition-1.json").read_bytes())
    assert report["counts"]["confirmed"] == 1


def test_a_register_is_exported_whole_and_never_over_another(
    day: SimulatedDay, settings: dict[str, str], tmp_path: Path
) -> None:
    cordon("register", "load", day.files.register, "--reason", "simulated", settings=settings)
    out = tmp_path / "out"
    done = cordon("register", "export", "--out", out, settings=settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{out}: register version 1;" in done.stdout
    assert "no fault" in cordon("register", "check", out / "register.json").stdout
    loaded = cordon("register", "load", out / "register.json", "--reason", "the same", settings=settings)
    assert "loaded; 0 new rows" in loaded.stdout
    assert "is there already" in refused(cordon("register", "export", "--out", out, settings=settings))
    past = cordon(
        "register", "export", "--out", tmp_path / "past", "--as-of", "2020-01-01T00:00:00Z", settings=settings
    )
    assert "register version 0; 0 orders" in past.stdout
    elsewhere = ("register", "export", "--out", tmp_path / "no", "--as-of")
    assert "has not come" in refused(cordon(*elsewhere, LATER_THAN_ANY.replace("-14:00", "Z"), settings=settings))
    assert "not an instant" in refused(cordon(*elsewhere, "yesterday", settings=settings))
    assert "does not answer" in refused(
        cordon("register", "export", "--out", tmp_path / "no", settings={"CORDON_DATABASE_URL": NOWHERE})
    )
    assert not (tmp_path / "no").exists()


def test_the_ledger_is_exported_as_judge_and_replay_read_it(
    day: SimulatedDay, settings: dict[str, str], tmp_path: Path
) -> None:
    lines = day.files.fixes.read_bytes().splitlines()[:500]
    lines.append(json.dumps(json.loads(lines[0]) | {"tag_id": "T-other", "accuracy_confidence": 0.68}).encode())
    file = tmp_path / "fixes.jsonl"
    file.write_bytes(b"\n".join(lines))
    cordon("replay", "--fixes", file, settings=settings)
    told = {}
    for form, profile in ((".jsonl.gz", "cordon"), (".parquet", "mdss")):
        out = tmp_path / f"F{form}"
        done = cordon("export", "--profile", profile, "--out", out, settings=settings)
        assert done.returncode == 0, done.stderr
        told[profile] = done.stderr
        assert out.stat().st_mode & 0o077 == 0, "it holds where people were"
        given = ("judge", "--register", day.files.register, "--fixes", out, "--profile", profile)
        judged = cordon(*given, "--events", tmp_path / "F.events.jsonl", "--out", tmp_path / "judged")
        assert judged.returncode == 0, judged.stderr
        counts = json.loads((tmp_path / "judged" / "judgement.json").read_bytes())["counts"]
        assert counts["lines"] == counts["fixes"] > 400
    assert (tmp_path / "F.rejections.jsonl").exists()
    assert (told["cordon"], "at another confidence than 0.95" in told["mdss"]) == ("", True)
    assert "names it" in refused(cordon("export", "--tag", "none", "--out", tmp_path / "N.jsonl", settings=settings))
    (tmp_path / "D.jsonl").mkdir()
    assert "is a folder" in refused(cordon("export", "--out", tmp_path / "D.jsonl", settings=settings))
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".", "N"))]


def test_quarantine_is_listed_shown_and_released(settings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "F.jsonl"
    meant = {"device_id": "T-1", "position_gps_date": "2026-11-20 18:02:11", "position_latitude": 51.3}
    escapes = b'{"tag_id": "\x1b]0;[red]\x07\xff"}'
    file.write_bytes(
        b"\n".join([json.dumps(meant | {"position_longitude": -0.1}).encode(), escapes, b'{"tag_id": "\\u001b[2J"}'])
    )
    cordon("replay", "--fixes", file, settings=settings)
    quarantine = partial(cordon, "quarantine", settings=settings)
    shown = quarantine("show", 2)
    assert r'{"tag_id": "\x1b]0;[red]\x07\xff"}' in shown.stdout.splitlines()[-1]
    assert "\x1b" not in shown.stdout + quarantine("list").stdout
    assert "[2J" in quarantine("list", "--most", 1, "--waiting").stdout
    with (tmp_path / "raw").open("wb") as raw:
        command = [sys.executable, "-m", "service", "quarantine", "show", "2", "--raw"]
        subprocess.run(command, env={"PATH": "/usr/bin:/bin", **settings}, stdout=raw, check=True)
    assert (tmp_path / "raw").read_bytes() == escapes
    assert "there is none" in refused(quarantine("show", 9))
    assert "there is none" in refused(quarantine("release", 1, 9, "--profile", "mdss"))
    done = quarantine("release", 1, 2, 1, "--profile", "mdss")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "1: released; 1 new fix",
        "2: stays in quarantine: it can't be read: message: not JSON: not UTF-8 at byte 22",
    ]
    assert "was released at" in refused(quarantine("release", 1))
    assert [quarantine("list", state).stdout.count("line ") for state in ("--released", "--waiting")] == [1, 2]
    assert cordon("replay", "--fixes", file, "--profile", "mdss", settings=settings).stdout.count("1 duplicates") == 1


def test_a_token_is_printed_alone_and_needs_a_force_for_the_police(settings: dict[str, str]) -> None:
    made = cordon("token", "create", "--role", "admin", settings=settings)
    assert made.returncode == 0
    assert len(made.stdout.split()) == 1
    assert "give --force" in refused(cordon("token", "create", "--role", "police", settings=settings))
    assert "no such force" in refused(cordon("token", "create", "--role", "police", "--force", "X", settings=settings))


def test_tokens_without_a_holder_are_persons_of_their_own_and_each_can_be_revoked(settings: dict[str, str]) -> None:
    for _ in range(2):
        assert cordon("token", "create", "--role", "auditor", settings=settings).returncode == 0
    listed = [line for line in cordon("token", "list", settings=settings).stdout.splitlines() if "auditor" in line]
    assert len({line.rpartition("  ")[2] for line in listed}) == 2
    name = listed[0].split()[0]
    assert cordon("token", "revoke", name, settings=settings).stdout == f"{name}: revoked\n"
    assert "revoked" in next(
        line for line in cordon("token", "list", settings=settings).stdout.splitlines() if line.startswith(name)
    )
    assert "cordon token list" in refused(cordon("token", "revoke", name, settings=settings))


def test_named_places_are_loaded_whole_or_not_at_all(settings: dict[str, str], tmp_path: Path) -> None:
    road = {"type": "LineString", "coordinates": [[-0.1, 51.37], [-0.09, 51.38]]}
    feature = {"type": "Feature", "geometry": road, "properties": {"name": "A232", "kind": "road"}}
    file = tmp_path / "places.json"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    done = cordon("places", "load", file, "--source", "test", settings=settings)
    assert done.stdout == f"{file}: loaded as test: 1 road; 0 of the former set removed\n"
    del feature["properties"]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert str(file) in refused(cordon("places", "load", file, "--source", "test", settings=settings))


def test_migrate_says_what_it_applied(settings: dict[str, str]) -> None:
    assert cordon("migrate", settings=settings).stdout.startswith("nothing to apply")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "line 1, column 2: not JSON"),
        (b"\xff", "byte 1 is not UTF-8"),
        (b"[]", "is a list"),
    ],
)
def test_a_register_that_is_none_names_the_place_and_the_remedy(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "register.json"
    file.write_bytes(content)
    for command in (
        ("register", "check", file),
        ("judge", "--register", file, "--fixes", file, "--out", tmp_path / "out"),
    ):
        line = refused(cordon(*command))
        assert str(file) in line
        assert said in line
    assert not (tmp_path / "out").exists()


def test_a_faulty_register_is_checked_with_every_fault_and_never_judged(day: SimulatedDay, tmp_path: Path) -> None:
    register = json.loads(day.files.register.read_bytes())
    del register["wearers"][0]["name"]
    register["orders"][0]["kind"] = "ASBO"
    file = tmp_path / "register.json"
    file.write_text(json.dumps(register))
    checked = cordon("register", "check", file)
    assert checked.returncode == 1
    assert sum(not line.startswith("warning") for line in checked.stdout.splitlines()) == 2
    line = refused(cordon("judge", "--register", file, "--fixes", day.files.fixes, "--out", tmp_path / "out"))
    assert "and 1 more" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["judge", "--fixes", "x.jsonl"], "--register"),
        (["judge", "--register", "{register}", "--fixes", "none.jsonl", "--out", "{out}"], "none.jsonl"),
        (["judge", "--register", "{register}", "--fixes", "{register}", "--out", "{out}"], "none of its"),
        (
            ["judge", "--register", "{register}", "--fixes", "{fixes}", "--from", "noon", "--out", "{out}"],
            "2026-11-20T00:00:00Z",
        ),
        (
            ["judge", "--register", "{register}", "--fixes", "{fixes}", "--rules", "{register}", "--out", "{out}"],
            "forces",
        ),
        (
            ["judge", "--register", "{register}", "--fixes", "{fixes}", "--events", "{fixes}", "--out", "{out}"],
            "line 1",
        ),
        (["simulate", "--wearers", "1", "--day", "tomorrow", "--out", "{out}"], "2026-11-20"),
        (["simulate", "--wearers", "1", "--day", "9999-12-31", "--out", "{out}"], "2000-01-02 to 2199-12-31"),
        (["simulate", "--wearers", "1", "--day", "2026-11-20", "--seed", "-5", "--out", "{out}"], "--seed"),
        (["simulate", "--wearers", "1", "--day", "2026-11-20", "--out", "{out}{long}.jsonl"], "too long"),
        (["judge", "--register", "{register}", "--fixes", "{fixes}", "--from", "", "--out", "{out}"], "--from (empty)"),
        (
            ["judge", "--register", "{register}", "--fixes", "{fixes}", "--until", "", "--out", "{out}"],
            "--until (empty)",
        ),
        (
            ["judge", "--register", "{register}", "--fixes", "{fixes}", "--until", LATER_THAN_ANY, "--out", "{out}"],
            "the years 1000 to 9999",
        ),
        (["judge", "--register", "{register}", "--fixes", "{fixes}", "--out", ""], "--out (empty)"),
        (["demo", "--out", ""], "--out (empty)"),
        (["frobnicate"], "--help"),
        (["verify", "bundle.zip"], "this version can't"),
        (["extract", "bundle.zip", "--wearer", "W-1", "--out", "x.zip"], "this version can't"),
        (["export", "--out", "{out}.csv"], "end it in .jsonl, .jsonl.gz or .parquet"),
        (
            ["export", "--from", "2026-11-21T00:00:00Z", "--until", "2026-11-20T00:00:00Z", "--out", "{out}.jsonl"],
            "later",
        ),
        (["quarantine", "release", "0"], "ID"),
        (["migrate"], "CORDON_DATABASE_URL"),
    ],
)
def test_wrong_use_is_one_line_with_its_remedy(
    day: SimulatedDay, tmp_path: Path, arguments: list[str], said: str
) -> None:
    names = {"register": day.files.register, "fixes": day.files.fixes, "out": tmp_path / "out", "long": "x" * 255}
    line = refused(cordon(*(argument.format(**names) for argument in arguments)))
    assert said in line
    assert not (tmp_path / "out").exists()


def to_output(output: IO[bytes] | int, *arguments: object) -> tuple[int, str]:
    """Run a command whose standard output goes to a file; return how it ended and what it said on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "service", *map(str, arguments)],
        env={"PATH": "/usr/bin:/bin"},
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_output_that_cannot_be_written_is_one_line_and_the_files_are_whole(day: SimulatedDay, tmp_path: Path) -> None:
    judge = ["judge", "--register", day.files.register, "--fixes", day.files.fixes, "--out", tmp_path / "out"]
    with Path("/dev/full").open("wb") as full:
        assert to_output(full, *judge) == (
            2,
            "cordon: standard output: No space left on device; send it to where it can be written\n",
        )
        assert to_output(full, "--help")[0] == 2
    assert json.loads((tmp_path / "out" / "judgement.json").read_bytes())["counts"]["fixes"] > 0


@pytest.mark.parametrize(
    "arguments", [["--help"], ["register", "check", "{register}"], ["judge", "--register", "{register}"]]
)
def test_whoever_reads_no_more_is_told_nothing_and_never_of_a_finding(
    day: SimulatedDay, tmp_path: Path, arguments: list[str]
) -> None:
    if arguments[0] == "judge":
        arguments = [*arguments, "--fixes", str(day.files.fixes), "--out", str(tmp_path / "out")]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert to_output(writing, *(one.format(register=day.files.register) for one in arguments)) == (141, "")
    finally:
        os.close(writing)


def test_without_standard_streams_a_command_ends_as_it_would_with_them(day: SimulatedDay, tmp_path: Path) -> None:
    command = f"{sys.executable} -m service judge --register {day.files.register} --out {tmp_path / 'out'}"
    for options, code in (
        (f"--fixes {day.files.fixes} >&-", 0),
        (f"--fixes {tmp_path / 'none.jsonl'} 2>&-", 2),
    ):
        shell = ["/bin/sh", "-c", f"exec {command} {options}"]
        done = subprocess.run(shell, capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")


def test_fixes_from_a_standard_input_that_is_closed_are_refused(day: SimulatedDay, tmp_path: Path) -> None:
    judge = f"{sys.executable} -m service judge --register {day.files.register} --fixes - --out {tmp_path / 'out'}"
    shell = ["/bin/sh", "-c", f"exec {judge} <&-"]
    line = refused(subprocess.run(shell, capture_output=True, check=False, text=True))
    assert line == "cordon: standard input: is closed; send the lines there, or name a file"


def test_without_a_command_the_commands_are_listed() -> None:
    done = cordon()
    assert done.returncode == 2
    assert "judge" in done.stdout
    assert done.stderr == "cordon: Which command? See cordon --help.\n"


def test_a_radius_that_nobody_can_mean_is_judged_without_a_word(day: SimulatedDay, tmp_path: Path) -> None:
    fix = json.loads(day.files.fixes.read_bytes().splitlines()[0]) | {"accuracy_m": 1.7e308}
    file = tmp_path / "fixes.jsonl"
    file.write_text(json.dumps(fix))
    done = cordon("judge", "--register", day.files.register, "--fixes", file, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_command_without_its_database_says_so_and_ends(database: TestDatabase) -> None:
    line = refused(cordon("migrate", settings={"CORDON_DATABASE_URL": NOWHERE}))
    assert "does not answer" in line
    mistyped = cordon("migrate", settings={"CORDON_DATABASE_URL": f"{database.url}&no_such_parameter=1"})
    assert "correct the address" in refused(mistyped)


def test_serve_on_a_port_that_is_taken_says_so_and_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = refused(cordon("serve", "--port", taken.getsockname()[1]))
    assert "another port" in line


@pytest.mark.parametrize(
    "arguments",
    [
        ["register", "load", "{register}", "--reason", "none"],
        ["replay", "--fixes", "{fixes}"],
        ["quarantine", "list"],
        ["export", "--out", "{out}"],
        ["report", "--force", "MPS", "--day", "2026-11-20"],
        ["deadline", "--once"],
        ["token", "create", "--role", "admin"],
    ],
)
def test_a_database_that_nobody_migrated_is_named_with_the_remedy(
    day: SimulatedDay, postgres_server: EmbeddedPostgres, tmp_path: Path, arguments: list[str]
) -> None:
    names = {"register": day.files.register, "fixes": day.files.fixes, "out": tmp_path / "F.jsonl"}
    empty = {"CORDON_DATABASE_URL": postgres_server.url("postgres")}
    line = refused(cordon(*(argument.format(**names) for argument in arguments), settings=empty))
    assert "cordon migrate" in line
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_setting_is_refused() -> None:
    line = refused(cordon("migrate", settings={"CORDON_DATABASE_URL": NOWHERE, "CORDON_KAFKA_GROUPID": "x"}))
    assert "CORDON_KAFKA_GROUP_ID" in line


@pytest.fixture
def process() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that a test started; whatever still runs at its end is ended."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for one in started:
        one.kill()
        one.communicate()


@pytest.mark.parametrize("name", ["web", "consume", "desk", "deadline"])
def test_a_process_says_when_it_is_ready_and_ends_well(
    name: str, settings: dict[str, str], kafka: KafkaBroker, process: list[subprocess.Popen[str]]
) -> None:
    port = free_port()
    given = settings | {"CORDON_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "CORDON_PORT": "0"}
    given |= {"CORDON_METRICS_PORT": str(port)}
    running = subprocess.Popen(
        [sys.executable, "-m", "service", name],
        env={"PATH": "/usr/bin:/bin", **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.append(running)
    assert running.stdout is not None
    assert running.stdout.readline().startswith(f"cordon {name} is ready")
    if name != "web":  # which has a route for it, behind a token
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b"cordon_ingest_lag" in answer.read()
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0


def test_a_process_without_its_database_waits_for_it_in_one_line(process: list[subprocess.Popen[str]]) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "service", "desk"],
        env={"PATH": "/usr/bin:/bin", "CORDON_DATABASE_URL": NOWHERE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.append(running)
    assert running.stderr is not None
    assert "database is not available" in running.stderr.readline()
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0
    assert running.stderr.read() == ""
