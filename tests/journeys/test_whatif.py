"""`cordon whatif`, run as its users run it: one tag, one zone, and a rule that changes one thing."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.geofence.town import place
from tests.journeys.cordon import cordon

LONG_AGO = "2026-10-01T12:00:00Z"
ZONE = {
    "zone_id": "Z-1",
    "versions": [
        {
            "version": 1,
            "valid_from": LONG_AGO,
            "footprint": {"type": "Point", "coordinates": place(0, 0)},
            "distance_m": 100,
        }
    ],
}
ORDER = {
    "order_id": "O-1",
    "kind": "DAPO",
    "reference": "R-1",
    "force": "MPS",
    "wearer_id": "W-1",
    "made_on": "2026-10-01",
    "effective_from": LONG_AGO,
    "ends": {"kind": "further_order"},
    "monitoring": {"from": LONG_AGO, "until": "2027-09-30T12:00:00Z"},
    "prohibitions": [
        {"prohibition_id": "P-1", "clause": "1", "text": "Not to come near.", "from": LONG_AGO, "zones": [ZONE]},
        {"prohibition_id": "P-2", "clause": "2", "text": "Not to contact her.", "from": LONG_AGO},
    ],
}
REGISTER = {
    "forces": [{"code": "MPS", "name": "Metropolitan Police Service"}],
    "wearers": [{"wearer_id": "W-1", "name": "A"}],
    "fittings": [{"tag_id": "T-1", "wearer_id": "W-1", "fitted_at": LONG_AGO}],
    "orders": [ORDER],
}
# When, and how far east of the cross: a stay with two minutes outside; a doubtful fix; two stays; a less likely fix.
WALK = [
    *[("10:00", 0, 10), ("10:01", 0, 10), ("10:02", 900, 10), ("10:04", 0, 10), ("10:05", 0, 10), ("10:20", 900, 10)],
    *[("12:00", 95, 30), ("12:05", 900, 10)],
    *[("14:00", 0, 10), ("14:01", 0, 10), ("14:02", 900, 10)],
    *[("14:12", 0, 10), ("14:13", 0, 10), ("14:20", 900, 10)],
    *[("16:00", 105, 30), ("16:05", 900, 10)],
]
WHATS = ("lost", "gained", "regraded", "changed", "parted", "joined")
STAY, DOUBTFUL, FIRST, SECOND, UNLIKELY = (
    f"2026-11-20T{clock}:00Z" for clock in ("10:00", "12:00", "14:00", "14:12", "16:00")
)

# A rule, how many incidents stay the same, and the beginnings of those that don't, as both sides have them.
CASES: list[tuple[str, dict[str, object], int, dict[str, list[tuple[str | None, str | None]]]]] = [
    ("lost", {"likely_p": 0.8}, 3, {"lost": [(DOUBTFUL, None)]}),
    ("gained", {"likely_p": 0.3}, 4, {"gained": [(None, UNLIKELY)]}),
    ("regraded", {"confirmed_apart_s": 90}, 2, {"regraded": [(FIRST, FIRST), (SECOND, SECOND)]}),
    ("split", {"join_s": 60}, 3, {"changed": [(STAY, STAY)], "parted": [(STAY, "2026-11-20T10:04:00Z")]}),
    ("merged", {"join_s": 900}, 2, {"changed": [(FIRST, FIRST)], "joined": [(SECOND, FIRST)]}),
    ("other thresholds, the same", {"plausible_speed_m_s": 71}, 4, {}),
    ("the default rules", {}, 4, {}),
]


@pytest.fixture
def inputs(tmp_path: Path) -> list[object]:
    """The options that name register and fixes."""
    register, fixes = tmp_path / "register.json", tmp_path / "fixes.jsonl"
    register.write_text(json.dumps(REGISTER))
    with fixes.open("w") as file:
        for clock, east_m, accuracy_m in WALK:
            longitude, latitude = place(east_m, 0)
            at = f"2026-11-20T{clock}:00Z"
            fix: dict[str, object] = {"tag_id": "T-1", "recorded_at": at, "mechanism": "gps", "accuracy_m": accuracy_m}
            file.write(json.dumps(fix | {"longitude": longitude, "latitude": latitude}) + "\n")
    return ["--register", register, "--fixes", fixes]


def began(incident: dict[str, Any] | None) -> str | None:
    """Return the first fix of an incident's bracket: its own, as no leg leads into it, or the entry of one."""
    return None if incident is None else str(incident["began_between"][1])


@pytest.mark.parametrize(("rules", "same", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_candidate_is_compared_with_the_default_rules(
    inputs: list[object],
    tmp_path: Path,
    rules: dict[str, object],
    same: int,
    expected: dict[str, list[tuple[str | None, str | None]]],
) -> None:
    candidate, out = tmp_path / "candidate.json", tmp_path / "out"
    candidate.write_text(json.dumps(rules))
    done = cordon("whatif", "--rules", candidate, *inputs, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads((out / "whatif.json").read_bytes())
    assert document["same"] == same
    told = {what: [(began(one["baseline"]), began(one["candidate"])) for one in document[what]] for what in WHATS}
    assert told == {what: expected.get(what, []) for what in WHATS}
    assert document["rules"].keys() == rules.keys()
    assert ("No difference" in done.stdout) == (not expected)
    for what in expected:
        assert any(line.startswith(what) for line in done.stdout.splitlines())


def test_both_judgements_are_those_of_judge(inputs: list[object], tmp_path: Path) -> None:
    candidate, out = tmp_path / "candidate.json", tmp_path / "out"
    candidate.write_text('{"join_s": 60}')
    cordon("whatif", "--rules", candidate, *inputs, "--in-memory", 5, "--out", out)
    for side, options in (("baseline", []), ("candidate", ["--rules", candidate])):
        judged = cordon("judge", *inputs, *options, "--out", tmp_path / side)
        assert judged.returncode == 0
        for name in ("judgement.json", "incidents.geojson"):
            assert (out / side / name).read_bytes() == (tmp_path / side / name).read_bytes()


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (None, "candidate.json: No such file or directory; name a file that can be read"),
        ("{", "candidate.json: line 1, column 2: not JSON"),
        ("[]", "candidate.json: rules: is a list; give one object with thresholds"),
        ("[" * 200_000, "candidate.json: rules: is nested without end"),
        ('{"likely": 0.4}', "candidate.json: likely: no such rule; leave it out"),
        ('{"likely_p": 2}', "candidate.json: likely_p: it is not above 0.05 and at most 1"),
    ],
)
def test_a_candidate_that_is_none_is_refused_in_one_line(
    inputs: list[object], tmp_path: Path, rules: str | None, said: str
) -> None:
    if rules is not None:
        (tmp_path / "candidate.json").write_text(rules)
    done = cordon("whatif", "--rules", tmp_path / "candidate.json", *inputs, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert said in line
    assert not (tmp_path / "out").exists()


def test_a_candidate_must_be_named_and_the_folder_be_writable(inputs: list[object], tmp_path: Path) -> None:
    assert "--rules" in cordon("whatif", *inputs, "--out", tmp_path / "out").stderr
    candidate = tmp_path / "candidate.json"
    candidate.write_text("{}")
    done = cordon("whatif", "--rules", candidate, *inputs, "--out", candidate / "out")
    assert done.returncode == 2
    assert done.stderr == f"cordon: {candidate / 'out'}: Not a directory; name a folder that can be written\n"
