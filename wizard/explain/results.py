"""What the readers of a pasted text give: what was found, where, and what became of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from wizard.catalogue.diagnosis import Diagnosis


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of a pasted text.

    Args:
        diagnoses: one for each thing found, the most specific first.
        read_as: what the text was taken for, such as "an answer of the token endpoint" or "a log of 41 lines".
        notes: what was not read, not shown, or would help; never a part of the text itself.
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
    NAME = auto()
    """The name of an error in free text."""
    STATUS = auto()
    """An HTTP status in free text."""
    MESSAGE = auto()
    """A message without a code, recognised by its words."""


OWN_OUTPUT = frozenset({Kind.OWN_FAILURE, Kind.OWN_WARNING})


@dataclass(frozen=True, slots=True)
class Detection:
    """Something that was found in a text.

    Args:
        diagnosis: of it.
        kind: how it was found.
        place: where, in the text as it is when all layers are undone.
        record: the number of the log record, or of the line, that it stands in.
    """

    diagnosis: Diagnosis
    kind: Kind
    place: int = 0
    record: int = 0
