"""Running the command as its users do: in a process of its own, with an environment of its own."""

import subprocess
import sys
from collections.abc import Mapping


def cordon(*arguments: object, settings: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `cordon …` to its end and return what it said. settings: the `CORDON_…` variables it is given."""
    return subprocess.run(
        [sys.executable, "-m", "service", *map(str, arguments)],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **(settings or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
