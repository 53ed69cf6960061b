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


def farewell(error: BaseException | None, *, is_saved: bool) -> str:
    """The one line a crash leaves on the terminal; `is_saved`: there is a journey that can be gone on with."""
    what = f": {place_of(error)}" if error is not None else ""
    then = "what is proven is saved, run it again to resume" if is_saved else "run it again"
    return f"partner-wizard stopped unexpectedly{what}; {then}."
