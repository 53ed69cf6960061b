"""One test over many cases that each take next to no time: a test of its own for each would take pytest far longer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def for_each(
    values: Iterable[Any], *, names: Callable[[Any], object] = str
) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Return a decorator by which a test is made of every value; what fails is listed by name, each with its error.

    Args:
        values: of the cases; a tuple is several arguments.
        names: what a case is called.
    """

    def decorate(test: Callable[..., None]) -> Callable[[], None]:
        cases = list(values)

        def every_case() -> None:
            failed, number = list[Exception](), 0
            for number, value in enumerate(cases, 1):  # noqa: B007  # how many there were
                try:
                    test(*(value if isinstance(value, tuple) else (value,)))
                except Exception as error:  # noqa: BLE001  # told below, with those of the other cases
                    error.add_note(f"in the case {names(value)}")
                    failed.append(error)
            assert number, "there is no case"
            if failed:
                raise ExceptionGroup(f"{len(failed)} of {number} cases", failed)

        every_case.cases = len(cases)  # type: ignore[attr-defined]  # counted by make soak
        every_case.__name__, every_case.__doc__, every_case.__module__ = test.__name__, test.__doc__, test.__module__
        return every_case

    return decorate
