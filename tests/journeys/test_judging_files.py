"""`cordon judge` with fixes that don't fit in memory: the same bytes, and nothing left on disk however it ends."""

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.journeys.cordon import cordon
from tests.journeys.simulated import SimulatedDay, simulated_day

PATH = "/usr/local/bin:/usr/bin:/bin"
LITTLE = 20_000  # bytes that the temporary file may have, where there is no room


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> SimulatedDay:
    """A day of which tags were passed on, in any order, with repeated, contradicting and foreign fixes."""
    day = simulated_day(tmp_path_factory.mktemp("day"))
    chance = Random(1)  # noqa: S311 - an order, not a secret
    lines = day.files.fixes.read_bytes().splitlines()
    whole = [json.loads(line) for line in lines if line.endswith(b"}")]
    odd = [one | {"latitude": 51.0} for one in chance.sample(whole, 50)]
    odd += [one | {"tag_id": f"T-of-nobody-{number % 7}"} for number, one in enumerate(chance.sample(whole, 50))]
    lines += chance.sample(lines, 200) + [json.dumps(one).encode() for one in odd]
    chance.shuffle(lines)
    day.files.fixes.write_bytes(b"\n".join(lines))
    register = json.loads(day.files.register.read_bytes())
    pass_on(register["fittings"])
    day.files.register.write_text(json.dumps(register))
    return day


def pass_on(fittings: list[dict[str, object]]) -> None:
    """Let three wearers wear, from noon on, the tag of another."""
    noon = "2026-11-20T12:00:00Z"
    alone = [one for one in fittings if str(one["fitted_at"]) < "2026-11-19" and one.get("removed_at") is None]
    assert len(alone) > 10
    for giver, taker in zip(alone[-6::2], alone[-5::2], strict=True):
        giver["removed_at"], taker["removed_at"] = noon, "2026-11-20T11:00:00Z"
        fittings.append({"tag_id": giver["tag_id"], "wearer_id": taker["wearer_id"], "fitted_at": noon})


def judged(day: SimulatedDay, out: Path, *more: object, fixes: object = None) -> list[bytes]:
    files = ("--register", day.files.register, "--fixes", fixes or day.files.fixes, "--events", day.files.events)
    done = cordon("judge", *files, "--out", out, *more)
    assert done.returncode == 0, done.stderr
    return [(out / name).read_bytes() for name in ("judgement.json", "incidents.geojson")]


def test_fixes_that_do_not_fit_in_memory_are_judged_to_the_same_bytes(day: SimulatedDay, tmp_path: Path) -> None:
    whole = judged(day, tmp_path / "whole")
    judgement = json.loads(whole[0])
    assert all(judgement["counts"].values())
    assert len(judgement["incidents"]) > 5
    assert judged(day, tmp_path / "parts", "--in-memory", 3_000) == whole


def command(day: SimulatedDay, out: Path, fixes: object, *more: str) -> list[str]:
    arguments = ["judge", "--register", day.files.register, "--fixes", fixes, "--out", out, "--in-memory", 2_000, *more]
    return [sys.executable, "-m", "service", *map(str, arguments)]


@pytest.fixture
def running(day: SimulatedDay, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command that was given fixes on standard input, has set some aside in `aside/` and waits for more."""
    aside = tmp_path / "aside"
    aside.mkdir()
    process = subprocess.Popen(
        command(day, tmp_path / "out", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": PATH, "TMPDIR": str(aside)},
    )
    assert process.stdin is not None
    process.stdin.write(day.files.fixes.read_bytes())
    process.stdin.flush()
    until = time.monotonic() + 60
    while not set_aside(process, aside) and time.monotonic() < until:
        time.sleep(0.05)
    yield process
    process.kill()
    process.communicate()


def set_aside(process: subprocess.Popen[bytes], folder: Path) -> bool:
    """Whether a process holds a file of a folder open that has no name there."""
    return any(str(one.readlink()).startswith(str(folder)) for one in Path(f"/proc/{process.pid}/fd").iterdir())


def test_standard_input_is_judged_like_a_file(
    day: SimulatedDay, running: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    running.communicate()
    assert running.returncode == 0
    without_events = cordon("judge", "--register", day.files.register, "--fixes", day.files.fixes, "--out", tmp_path)
    assert without_events.returncode == 0
    assert (tmp_path / "out" / "judgement.json").read_bytes() == (tmp_path / "judgement.json").read_bytes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_the_command_is_ended_nothing_is_left_on_disk(
    running: subprocess.Popen[bytes], tmp_path: Path, number: signal.Signals
) -> None:
    assert set_aside(running, tmp_path / "aside")
    running.send_signal(number)
    assert running.wait(10) != 0
    assert list((tmp_path / "aside").iterdir()) == []
    assert not (tmp_path / "out").exists()


def no_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LITTLE, LITTLE))


@pytest.mark.parametrize("room", [True, False])
def test_no_room_on_disk_is_one_line_that_names_the_folder(day: SimulatedDay, tmp_path: Path, room: bool) -> None:
    folder = tmp_path / "none" if room else tmp_path
    done = subprocess.run(
        command(day, tmp_path / "out", day.files.fixes),
        env={"PATH": PATH, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=None if room else no_room,
    )
    assert done.returncode == 2, done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith(f"cordon: {folder}: ")
    assert "another folder in TMPDIR" in line
    assert not (tmp_path / "out").exists()
