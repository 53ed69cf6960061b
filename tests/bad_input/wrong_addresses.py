"""What people paste instead of the address that a sign-in ended on, and what is said to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """A wrong paste.

    Args:
        of: makes it of the right address and the link.
        says: a part of the sentence that it is answered with, which is no other's.
    """

    of: Callable[[str, str], str]
    says: str


def code_in(address: str) -> str:
    """The code of an address."""
    return address.partition("code=")[2].partition("&")[0]


WRONG = {
    "only the code": Wrong(lambda address, _: code_in(address), "only the code"),
    "the link itself": Wrong(lambda _, link: link, "This is the link itself"),
    "the link, in quotes and wrapped": Wrong(lambda _, link: f'"{wrapped(link, 70)}"', "This is the link itself"),
    "a page on the way": Wrong(lambda _, link: link.partition("/oauth2")[0] + "/login", "still a page of the sign-in"),
    "another host's": Wrong(
        lambda address, _: re.sub(r"//[^/]+", "//login.contoso.com", address), "does not begin with the redirect URI"
    ),
    "cut in the code": Wrong(lambda address, _: address[:200], "which link it answers (state) is missing"),
    "cut in the state": Wrong(lambda address, _: re.sub(r"(&state=.{8}).*", r"\1", address), "in the middle of its"),
    "another state": Wrong(lambda address, _: address.replace("&state=", "&state=x"), "the answer to another link"),
    "without a code": Wrong(lambda address, _: re.sub(r"code=[^&]+&", "", address), "There is no code in this address"),
    "words": Wrong(lambda *_: "it does not work", "This is not an address"),
    "20 kB": Wrong(lambda address, _: address + "&x=" + "y" * 20_000, "are too many for an address"),
    "100 kB": Wrong(lambda address, _: address + "&x=" + "y" * 100_000, "are too many for an address"),
}


def wrapped(text: str, width: int, join: str = "\n") -> str:
    """A text as a terminal or a mail breaks it."""
    return join.join(text[begin : begin + width] for begin in range(0, len(text), width))


RIGHT = {
    "a mail's": lambda address: "> " + wrapped(address, 72, "\n> "),
    "quoted-printable": lambda address: wrapped(address.replace("=", "=3D"), 70, "=\r\n"),
    "in angle brackets": lambda address: f"  <{address}> ",
    "longer than a line of a terminal": lambda address: f'"{address}&x={"y" * 5_000}"',
}
