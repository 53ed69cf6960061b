"""What is written to a terminal that is gone is lost without an error; any other error is one."""

from __future__ import annotations

import errno
import io

import pytest

from screens.terminal.driver import Output


class Failing(io.StringIO):
    """A file that fails from its second text on."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.tried: list[str] = []

    def write(self, text: str) -> int:
        self.tried.append(text)
        if len(self.tried) > 1:
            raise OSError(self.number, "as the test says")
        return super().write(text)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENXIO, errno.EPIPE])
def test_a_terminal_that_is_gone_is_written_to_no_more(number: int) -> None:
    file = Failing(number)
    output = Output(file)

    for text in ("one", "two", "three"):
        output.write(text)
        output.flush()

    assert file.getvalue() == "one"
    assert file.tried == ["one", "two"]


def test_another_error_is_raised() -> None:
    output = Output(Failing(errno.ENOSPC))
    output.write("one")

    with pytest.raises(OSError, match="as the test says"):
        output.write("two")
