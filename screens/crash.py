"""What is said of an error nobody expected: its kind and place, never its text or the values around it (T2, T4)."""

from __future__ import annotations

from pathlib import Path


def place_of(error: BaseException) -> str:
    """The kind of an error and where it arose, such as "KeyError in store.py:57"."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"


def farewell(error: BaseException | None) -> str:
    """The one line a crash leaves on the terminal."""
    what = place_of(error) if error is not None else "an unknown error"
    return f"partner-wizard stopped unexpectedly: {what}; what is proven is saved, run it again to resume."
