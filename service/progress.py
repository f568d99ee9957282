"""Progress of long work: a bar on a terminal, nothing elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Advance = Callable[[int], None]
Stage = Callable[[str, int | None], Advance]


@contextmanager
def shown() -> Iterator[Stage]:
    """Yield `stage(what, total)`: it begins a line of progress and returns what advances it by so many."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), disable=not Console(stderr=True).is_terminal) as bar:

        def stage(what: str, total: int | None) -> Advance:
            task = bar.add_task(what, total=total)
            return lambda count: bar.update(task, advance=count)

        yield stage
