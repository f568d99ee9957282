"""From a page of examples to tables. Strict: what it does not know is a fault, never skipped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

# What each table may hold besides its first column, by which it is known.
COLUMNS: Mapping[str, frozenset[str]] = {
    "zone": frozenset({"shape", "metres around", "version", "from", "until"}),
    "fact": frozenset({"value"}),
    "at": frozenset(
        {
            "metres east", "metres north", "mechanism", "accuracy m", "confidence", "id", "tag", "person",
            "clock suspect", "r95 m", "assumed", "depth m", "p inside", "verdict",
        }
    ),
    "tag event": frozenset({"from", "until"}),
    "incident": frozenset(
        {
            "wearer", "zone", "kind", "grade", "state", "began", "began between", "ended", "ended between", "visits",
            "deepest m", "already inside", "suspended", "before awareness", "fixes", "implausible fixes",
        }
    ),
    "in force": frozenset({"monitored", "suspended", "not monitored"}),
    "not monitored from": frozenset({"until", "reason"}),
    "nearest": frozenset({"at", "depth m"}),
    "not raised at": frozenset({"zone", "depth m", "reason"}),
    "judged fixes": frozenset({"unassigned fixes"}),
}  # fmt: skip
EXPECTED_OF_A_FIX = frozenset({"r95 m", "assumed", "depth m", "p inside", "verdict"})
_GIVEN = frozenset({"zone", "fact", "tag event"})

Row = Mapping[str, str]


class ExampleUnreadable(Exception):
    """A page of examples is not what it has to be; the message names the place."""


@dataclass(frozen=True)
class Table:
    """A table, known by the name of its first column; every row has every column."""

    kind: str
    columns: frozenset[str]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Example:
    """One worked case: its prose with the sums in it, what is given and what is to come out."""

    rule: str
    title: str
    prose: str
    tables: tuple[Table, ...]

    def rows(self, kind: str) -> tuple[Row, ...] | None:
        """Return the rows of a table; None if the example has no such table."""
        return next((table.rows for table in self.tables if table.kind == kind), None)

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"


def pages() -> list[Path]:
    """Return the pages of examples, one for each rule."""
    return sorted(Path(__file__).parent.glob("r*.md"))


def examples(page: str) -> list[Example]:
    """Return the examples of one page: a title `# R8 ...`, then `## ...` for each of them."""
    head, *sections = page.split("\n## ")
    title = head.partition("\n")[0]
    rule = title.removeprefix("# ").partition(" ")[0]
    if not title.startswith("# R") or not sections:
        raise ExampleUnreadable(f"{title!r}: a page starts with `# R8 ...` and holds examples")
    return [_example(rule, section) for section in sections]


def _example(rule: str, section: str) -> Example:
    title, _, body = section.partition("\n")
    where = f"{rule}: {title}"
    blocks = [(is_table, list(lines)) for is_table, lines in groupby(body.splitlines(), lambda line: line[:1] == "|")]
    prose = "\n".join(line for is_table, lines in blocks if not is_table for line in lines).strip()
    tables = tuple(_table(where, lines) for is_table, lines in blocks if is_table)
    if not prose:
        raise ExampleUnreadable(f"{where}: says nothing in words")
    if len({table.kind for table in tables}) < len(tables):
        raise ExampleUnreadable(f"{where}: holds two tables of one kind")
    if not any(_says_what_is_expected(table) for table in tables):
        raise ExampleUnreadable(f"{where}: expects nothing")
    return Example(rule, title, prose, tables)


def _says_what_is_expected(table: Table) -> bool:
    return bool(table.columns & EXPECTED_OF_A_FIX) if table.kind == "at" else table.kind not in _GIVEN


def _table(where: str, lines: Sequence[str]) -> Table:
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    if len(cells) < 3 or any(set(cell) != {"-"} for cell in cells[1]):
        raise ExampleUnreadable(f"{where}: the table {cells[0]} is empty or has no line under its header")
    header, _, *rows = cells
    kind, *others = header
    unknown = set(others) - COLUMNS.get(kind, frozenset())
    if kind not in COLUMNS or unknown or len(set(header)) < len(header):
        raise ExampleUnreadable(f"{where}: the table {header} has a column that is not known, or one twice")
    for row in rows:
        if len(row) != len(header):
            raise ExampleUnreadable(f"{where}: a row of the table {header} has {len(row)} cells")
    return Table(kind, frozenset(header), tuple(dict(zip(header, row, strict=True)) for row in rows))
