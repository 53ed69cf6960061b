"""The first password of a new account: made up, told once, and replaced by its owner at the first sign-in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from secrets import choice
from typing import Final

from wizard.core.secret import Secret

KINDS: Final = ("ABCDEFGHJKMNPQRSTUVWXYZ", "abcdefghjkmnpqrstuvwxyz", "23456789")
"""Characters that nobody takes for each other; with the hyphen there are the kinds that Entra asks for (U)."""
GROUPS: Final = 4
CHARACTERS_OF_A_GROUP: Final = 5

FIRST_PASSWORD: Final = "{first.password}"
"""The place in a body that a first password fills, which is made up when the request is sent."""


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """What somebody is told once: the first password of an account that a fix has made; it is kept nowhere.

    Args:
        account: its user name.
        value: the password.
    """

    account: str
    value: Secret


def new_first_password(chosen: Callable[[Sequence[str]], str] = choice) -> Secret:
    """Return a password that can be read aloud: groups of letters and digits with hyphens, of each kind at least one.

    `chosen` gives one of some characters by chance.
    """
    groups = [[chosen("".join(KINDS)) for _ in range(CHARACTERS_OF_A_GROUP)] for _ in range(GROUPS)]
    for group, kind in zip(groups, KINDS, strict=False):
        group[0] = chosen(kind)
    return Secret("-".join("".join(group) for group in groups))
