"""What the readers of a pasted text give: what was found, where, and what became of the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from wizard.catalogue.diagnosis import Diagnosis


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of a pasted text.

    Args:
        diagnoses: one for each thing found, the most specific first.
        read_as: what the text was taken for, such as "an answer of the token endpoint" or "a log of 41 lines".
        notes: what was not read, not shown, or would help; where nothing is explained, also what looks like the error.
    """

    diagnoses: tuple[Diagnosis, ...]
    read_as: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocatedDiagnosis:
    """A diagnosis of a part of a text, which stands from `start` to `end` (as of a slice).

    `is_failure` is False for a warning in our own output, and for a check that could not tell.
    """

    diagnosis: Diagnosis
    start: int
    end: int
    is_failure: bool = True


class Kind(Enum):
    """How something was found in a text."""

    OWN_FAILURE = auto()
    """A failed check in partner-wizard's own output."""
    OWN_WARNING = auto()
    """A check there that warns, or could not tell."""
    BODY = auto()
    """The error body of a service."""
    ANSWER = auto()
    """The head of an HTTP answer, explained by its status."""
    ADDRESS = auto()
    """An address of a sign-in or consent."""
    CHALLENGE = auto()
    """A claims challenge."""
    TOKEN = auto()
    """A token, a code or a client secret."""
    CODE = auto()
    """A numbered code in free text."""
    UNNAMED_STATUS = auto()
    """An HTTP status in a text that names no service, and in which nothing else is known."""
    NAME = auto()
    """The name of an error in free text."""
    STATUS = auto()
    """An HTTP status in free text."""
    MESSAGE = auto()
    """A message without a code, recognised by its words."""


ON_THE_WAY = "A page in the middle of a sign-in"
"""The title of an address that says less than whatever stands beside it."""

_A_QUESTION = re.compile(r"A link to the (?:consent|sign-in) page, not its answer")
"""The title of a link that somebody opens; a program that failed often shows one, cut off, above its error."""


def is_only_a_link(title: str) -> bool:
    """Return whether an address says less than the error beside it: the error says what is wrong with it."""
    return title == ON_THE_WAY or _A_QUESTION.fullmatch(title) is not None


OWN_OUTPUT = (Kind.OWN_FAILURE, Kind.OWN_WARNING)


class Extracted(NamedTuple):
    """A diagnosis that was taken out of a text, and how it was found."""

    diagnosis: Diagnosis
    kind: Kind


@dataclass(slots=True)
class Detection:
    """Something that was found in a text, perhaps many times: where one diagnosis stands for very many findings.

    Args:
        diagnosis: of it.
        kind: how it was found.
        last: the number of its last finding among all of a text.
        records: the numbers of the log records, or of the lines, that it stands in.
        is_all: whether every finding of its like was looked at.
    """

    diagnosis: Diagnosis
    kind: Kind
    last: int
    records: set[int]
    is_all: bool = True
