"""How many fixes a second does `cordon judge` take from a file, and how much memory? Ratios against their bare decode.

`python -m tests.benchmarks.files [FIXES [IN_MEMORY]]`: wearers with 1,000 fixes and four zones each. Judged once with
all fixes in memory and once with at most IN_MEMORY of them (a tenth, if not given), the rest set aside on disk.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import shapely

from geofence.instants import printed
from geofence.register import Order
from ingest.decode import decode_object
from ingest.lines import read_lines
from ingest.reading import ahead_of
from tests.benchmarks.geofence import SINCE, Case, Kind, case

FIXES = 1_000_000
EACH = 1_000
WEARERS_AT_ONCE = 100
SINCE_TEXT = printed(SINCE)


def cases(wearers: int) -> Iterator[tuple[str, Case]]:
    """Yield so many wearers with their fixes, some at a time, each time with another ending of their names."""
    for number in range(wearers // WEARERS_AT_ONCE):
        yield f"-{number}", case(WEARERS_AT_ONCE, Kind(fixes=EACH), seed=number)


def write(folder: Path, wearers: int) -> tuple[Path, Path]:
    """Write register and fixes; return where."""
    register, fixes = folder / "register.json", folder / "fixes.jsonl"
    orders, people, fittings = list[object](), list[object](), list[object]()
    with fixes.open("wb") as file:
        for ending, one in cases(wearers):
            file.writelines(msgspec.json.encode(fix) + b"\n" for fix in fixes_of(ending, one))
            for order in one.register.orders:
                people.append({"wearer_id": order.wearer_id + ending, "name": "-"})
                orders.append(order_document(ending, order))
            for fitting in one.register.fittings:
                names = {"tag_id": fitting.tag_id + ending, "wearer_id": fitting.wearer_id + ending}
                fittings.append(names | {"fitted_at": SINCE_TEXT})
    forces = [{"code": "MPS", "name": "-"}]
    document = {"forces": forces, "wearers": people, "fittings": fittings, "orders": orders}
    register.write_bytes(msgspec.json.encode(document))
    return register, fixes


def fixes_of(ending: str, one: Case) -> Iterator[dict[str, object]]:
    tracks = one.tracks
    columns = (tracks.tag, tracks.recorded_at, tracks.latitude_deg, tracks.longitude_deg, tracks.accuracy_m)
    for number, (tag, at, latitude, longitude, accuracy_m) in enumerate(
        zip(*(c.tolist() for c in columns), strict=True)
    ):
        yield {
            "position_id": f"{number}{ending}",
            "tag_id": tracks.tag_ids[tag] + ending,
            "recorded_at": printed(at),
            "uploaded_at": printed(at + 360_000_000),
            "latitude": round(latitude, 7),
            "longitude": round(longitude, 7),
            "accuracy_m": round(accuracy_m, 1),
            "accuracy_confidence": 0.95,
            "mechanism": "gps",
            "satellites": 9,
            "hdop": 1.1,
            "speed_kmh": 3.5,
            "heading_deg": number % 360,
        }


def order_document(ending: str, order: Order) -> dict[str, object]:
    (clause,) = order.prohibitions
    zones = [
        {
            "zone_id": zone.zone_id + ending,
            "versions": [
                {
                    "version": 1,
                    "valid_from": SINCE_TEXT,
                    "footprint": msgspec.json.decode(shapely.to_geojson(version.footprint)),
                    "distance_m": version.distance_m,
                }
                for version in zone.versions
            ],
        }
        for zone in clause.zones
    ]
    prohibition = {"prohibition_id": clause.prohibition_id + ending, "clause": "1", "text": "-"}
    other = {"prohibition_id": f"{clause.prohibition_id}{ending}-2", "clause": "2", "text": "-", "from": SINCE_TEXT}
    return {
        "order_id": order.order_id + ending,
        "kind": "DAPO",
        "reference": "-",
        "force": "MPS",
        "wearer_id": order.wearer_id + ending,
        "made_on": SINCE_TEXT[:10],
        "effective_from": SINCE_TEXT,
        "ends": {"kind": "further_order"},
        "monitoring": {"from": SINCE_TEXT, "until": "2026-12-01T00:00:00Z"},
        "prohibitions": [{**prohibition, "from": SINCE_TEXT, "zones": zones}, other],
    }


def bare_decode(path: Path) -> float:
    """Return the seconds that the lines take to become fixes, each of them forgotten at once."""
    begun, ahead = time.perf_counter(), ahead_of(None)
    for _, line in read_lines(path):
        decode_object(line, "cordon", ahead)
    return time.perf_counter() - begun


def judged(register: Path, fixes: Path, out: Path, in_memory: int) -> tuple[float, float]:
    """Return the seconds and the MiB that the command takes, in a process of its own."""
    options = ["--register", register, "--fixes", fixes, "--out", out, "--in-memory", in_memory]
    command = [sys.executable, "-m", "service", "judge", *map(str, options)]
    begun = time.perf_counter()
    process = os.posix_spawn(
        sys.executable, command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    )
    _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"cordon judge ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def main(fixes: int = FIXES, in_memory: int | None = None) -> None:
    """Measure and print."""
    wearers = max(1, fixes // EACH // WEARERS_AT_ONCE) * WEARERS_AT_ONCE
    fixes, some = wearers * EACH, in_memory or max(1, fixes // 10)
    with tempfile.TemporaryDirectory() as folder:
        register, path = write(Path(folder), wearers)
        bare = bare_decode(path)
        print(f"files: {fixes:,} fixes of {wearers:,} wearers")
        print(f"  bare decode              {fixes / bare / 1e6:7.3f} M fixes/s")
        for name, most in (("all in memory", fixes), (f"{some:,} in memory", some)):
            seconds, peak = judged(register, path, Path(folder) / "out", most)
            rate = f"{fixes / seconds / 1e6:7.3f} M fixes/s   ratio {bare / seconds:.2f}"
            print(f"  judge, {name:17} {rate}   peak {peak:,.0f} MiB, {peak * 2**20 / fixes:,.0f} B a fix")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
