"""Run every benchmark, or those that are named: `python -m tests.benchmarks geofence`."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run each in a process of its own, so that one's memory is not another's. Returns how many failed."""
    known = sorted(path.stem for path in HERE.glob("[a-z]*.py"))
    wanted = sys.argv[1:] or known
    for name in wanted:
        if name not in known:
            print(f"no benchmark {name}; there are {', '.join(known)}", file=sys.stderr)
            return 2
    return sum(
        subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=False).returncode != 0
        for name in wanted
    )


sys.exit(main())
