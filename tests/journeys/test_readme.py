"""The files that README shows are files that the commands read."""

import json
import re
from pathlib import Path

from tests.journeys.cordon import cordon

README = Path(__file__).parents[2] / "README.md"


def test_the_files_in_readme_are_read_and_judged(tmp_path: Path) -> None:
    section = README.read_text().partition("\n## Files\n")[2].partition("\n## ")[0]
    fix, event, register, rules = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    names = ("fixes.jsonl", "events.jsonl", "register.json", "rules.json")
    for name, shown in zip(names, (fix, event, register, rules), strict=True):
        one_line = json.dumps(json.loads(shown)) + "\n"
        (tmp_path / name).write_text(one_line)
    checked = cordon("register", "check", str(tmp_path / "register.json"))
    assert (checked.returncode, checked.stdout.count("\n")) == (0, 1), checked.stdout
    fixes, events, people, thresholds = (str(tmp_path / name) for name in names)
    done = cordon(
        "judge", "--register", people, "--fixes", fixes, "--events", events, "--rules", thresholds,
        "--until", "2026-11-20T21:00:00Z", "--out", str(tmp_path / "out"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    judgement = json.loads((tmp_path / "out" / "judgement.json").read_bytes())
    assert [incident["zone_id"] for incident in judgement["incidents"]] == ["Z-1"]
    assert judgement["coverage"][0]["unmonitored"][0]["reason"] == "battery_dead"


def test_nothing_in_readme_waits_to_be_filled_in() -> None:
    assert "@@" not in README.read_text()
