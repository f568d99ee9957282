"""Measure, and write tables and plot to a folder: `python -m tests.calibration [FOLDER]`."""

import sys
import time
from pathlib import Path

from tests.calibration import plot, tables
from tests.calibration.measure import measure


def main(folder: Path) -> None:
    """Run every part and print what was measured."""
    folder.mkdir(parents=True, exist_ok=True)
    measured = measure(1.0, _say)
    print(tables.write(measured, folder))
    plot.draw(measured, folder / "calibration.png")
    _say(f"written to {folder}")


def _say(what: str) -> None:
    print(f"[{time.process_time():4.0f} s] {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("out/calibration"))
