"""A person whose browser is elsewhere: walks Microsoft's pages there, and pastes the address that it ended on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.harness import Browser

PADDED = 5_000
"""Characters of an address that is longer than a line that a terminal edits itself (4,095 bytes)."""
WRAPPED = 76
"""Columns of a window from which an address is copied line by line."""


def as_it_is(address: str) -> str:
    return address


def padded(address: str) -> str:
    """The address with a long session_state in front: where the line is cut, what counts is missing."""
    place, _, query = address.partition("?")
    return f"{place}?session_state={'5' * PADDED}&{query.partition('&session_state')[0]}"


def wrapped(address: str) -> str:
    """The address broken into lines, as a terminal sends them."""
    return "\r".join(address[begin : begin + WRAPPED] for begin in range(0, len(address), WRAPPED))


@dataclass
class PersonElsewhere:
    """Signs in on the cloud's pages; `codes` are the authorization codes that came back."""

    browser: Browser
    codes: list[str] = field(default_factory=list)

    def sign_in(self, link: str, who: str, form: Callable[[str], str] = as_it_is) -> str:
        """Sign in at a link; gives what is pasted for it."""
        address = self.browser.authorize(link, who)
        self.codes += parse_qs(urlsplit(address).query)["code"]
        return form(address)

    def is_nowhere_in(self, written: bytes) -> bool:
        """Whether nothing of a code is in what was written, however it was broken into lines."""
        joined = b"".join(written.split())
        parts = [code[at : at + 12] for code in self.codes for at in range(0, len(code) - 12, 6)]
        return bool(parts) and not any(part.encode() in joined for part in parts)
