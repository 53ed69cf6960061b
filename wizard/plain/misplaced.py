"""What of an answers file may be repeated in a message: a secret may stand in any place of it, also as a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from wizard.core.shapes import CLIENT_SECRET
from wizard.redaction.secret_patterns import redact_patterns

NOT_REPEATED: Final = "what stands there is not repeated here, since it could be the secret itself"
_WORDS: Final = re.compile(r"[A-Za-z][a-z_.-]{0,60}")
_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,80}")
_MANY_DIGITS: Final = re.compile(r"(?:[^0-9]*[0-9]){5}")
_PATH: Final = re.compile(
    r"(?:~|\.{1,2})?/.{1,1000}|[\w./ -]{1,200}\.(?:pem|pfx|p12|key|crt|cer|txt|secret|token|jwt|json|toml)",
    re.IGNORECASE,
)
_KINDS: Final[dict[type, str]] = {str: "text", list: "a list", dict: "a table"}
_TOML_PLACE: Final = re.compile(r"\(at [^()]*\)$")


def looks_secret(value: object) -> bool:
    """Return whether a text in a value of TOML, or a name in it, has the form of a secret."""
    if isinstance(value, str):
        text = value.replace("://", " ")  # who signs in, in an address, is no secret
        return CLIENT_SECRET.search(value) is not None or redact_patterns(text) != text
    if isinstance(value, Mapping):
        return any(looks_secret(name) or looks_secret(each) for name, each in value.items())
    return isinstance(value, list) and any(map(looks_secret, value))


def is_word(name: str) -> bool:
    """Return whether a name is made of small letters, as keys are: a slip of the pen, and no secret."""
    return _WORDS.fullmatch(name) is not None and not looks_secret(name)


def is_variable(name: str) -> bool:
    """Return whether a name is like that of a variable of the environment: capital letters, and few digits."""
    return _VARIABLE.fullmatch(name) is not None and not _MANY_DIGITS.match(name) and not looks_secret(name)


def is_path(name: str) -> bool:
    """Return whether a name is like that of a file."""
    return not looks_secret(name) and (is_word(name) or _PATH.fullmatch(name) is not None)


def kind_of(value: object) -> str:
    """Return a value of TOML in words: a number or a truth value itself, of anything else only what it is."""
    if isinstance(value, bool | int | float):
        return repr(value)
    return _KINDS.get(type(value), "a time")


def toml_mistake(error: Exception) -> str:
    """Return what a parser says of a file that is no TOML: where, and why if that repeats nothing of the file."""
    said = str(error)
    place = _TOML_PLACE.search(said)
    text = said[: place.start()].rstrip() if place else said
    why = "" if set("'\"(") & set(text) else f": {text}"
    return why + (f" {place[0]}" if place else "")
