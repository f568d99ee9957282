"""Which lines of a file are no fixes, and why? Held so that many of them take little room."""

from array import array

import numpy as np


class RefusedLines:
    """The numbers of refused lines, each with its faults. Faults that are the same, word for word, are held once."""

    def __init__(self) -> None:
        self._lines = array("q")
        self._codes = array("q")
        self._known: dict[tuple[str, ...], int] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: int, faults: tuple[str, ...]) -> None:
        """Note a refused line; each is refused once, in any order."""
        self._lines.append(line)
        self._codes.append(self._known.setdefault(faults, len(self._known)))

    def first(self) -> tuple[int, tuple[str, ...]] | None:
        """Return the line that was refused first, and its faults."""
        return (self._lines[0], next(iter(self._known))) if self._lines else None

    def listed(self) -> list[dict[str, object]]:
        """Return `{"line": 17, "faults": [...]}` for each, in the order of the lines; equal faults are one list."""
        faults = [list(one) for one in self._known]
        order = np.argsort(np.array(self._lines, dtype=np.int64), kind="stable").tolist()
        return [{"line": self._lines[row], "faults": faults[self._codes[row]]} for row in order]
