"""How far a run over many is, on standard error, where a person looks on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_of(number: int) -> Iterator[Callable[[], None]]:
    """Show how far it is, at what rate and how long it takes, where a person looks on; yields what counts one more."""
    if not sys.stderr.isatty() or not number:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    columns = (BarColumn(30), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    console = Console(file=sys.stderr)
    with Progress(
        *columns, console=console, transient=True, refresh_per_second=1, redirect_stdout=sys.stdout.isatty()
    ) as bar:
        task = bar.add_task("", total=number)
        yield lambda: bar.advance(task)
