"""What is said of an error nobody expected: its kind and place, never its text or the values around it (T2, T4)."""

from __future__ import annotations

from wizard.core.errors import place_of


def farewell(error: BaseException | None, *, is_saved: bool) -> str:
    """The one line a crash leaves on the terminal; `is_saved`: there is a journey that can be gone on with."""
    what = f": {place_of(error)}" if error is not None else ""
    then = "what is proven is saved, run it again to resume" if is_saved else "run it again"
    return f"partner-wizard stopped unexpectedly{what}; {then}."
