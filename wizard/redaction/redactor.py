"""Remembers the secrets that were sent or received, and takes them out of texts, in any form a service echoes."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

from wizard.core.late_pattern import late_pattern
from wizard.core.secret import MASK
from wizard.redaction.secret_patterns import SHORTEST, is_everyday_secret, is_secret_name, redact_patterns

LEAST_PART: Final = 16
"""Characters of a secret's beginning that count as the secret: services like to echo a prefix."""
MOST: Final = 1_000
"""Secrets that are remembered; the oldest go first."""
DEEPEST: Final = 60
"""Levels of JSON that are read."""

_NAME_CHARACTER = r"[^\s@<>\"'`(),;:\\/=&?%\[\]{}|•]"
_USER_NAME = late_pattern(
    rf"(?<!{_NAME_CHARACTER}){_NAME_CHARACTER}{{1,100}}(?:'{_NAME_CHARACTER}{{1,60}}){{0,2}}(?:@|%40)"
    r"(?:[A-Za-z0-9-]{1,63}\.){1,10}[A-Za-z]{2,63}"
    # As Windows writes it; `ERROR\nat` is a line end in JSON.
    r"|(?<![\w\\/:.-])(?!(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL|HKLM|HKCU)\\)"
    r"(?:[A-Z][A-Z0-9-]{1,14}|AzureAD)\\{1,4}[A-Za-z0-9][A-Za-z0-9._$-]{1,60}+(?!\\)"
)
_SLASHES = late_pattern(r"\\+")


class Redactor:
    """Remembers secrets, and takes them out of texts, in whatever form a service echoes them.

    Holds them in memory alone. May be used from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, None] = {}
        self._forms: Mapping[str, tuple[str, ...]] = {}  # never changed, only exchanged: read without the lock
        self._names: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"Redactor({len(self._known)} secrets)"

    def remember(self, secret: str) -> None:
        """Remember `secret` from now on; what is shorter than six characters is ignored."""
        if len(secret) < SHORTEST or secret in self._known:
            return
        with self._lock:
            self._known[secret] = None
            if len(self._known) > MOST:
                self._known = dict.fromkeys([*self._known][MOST // 2 :])
                self._forms = _by_beginning({}, self._known)
            else:
                self._forms = _by_beginning(self._forms, (secret,))

    def redact(self, text: str) -> str:
        """Return `text` with `•••` for every known secret, in any form, whole or its beginning, and every pattern."""
        return redact_patterns(self._without_known(text))

    def redact_json(self, value: object) -> object:
        """Return a JSON value with its names and texts redacted; members named as secrets are masked whole."""
        return self._redact_member(value, 0)

    def replace_user_names(self, text: str) -> str:
        """Return `text` with `<user 1>` for the first user name or mail address, and so on; the same name for each."""
        return _USER_NAME.sub(lambda found: f"<user {self._user_number(found[0])}>", text)

    def _user_number(self, name: str) -> int:
        with self._lock:
            return self._names.setdefault(_SLASHES.sub("/", name.lower().replace("%40", "@")), len(self._names) + 1)

    def _without_known(self, text: str) -> str:
        forms, spans, ends = self._forms, list[tuple[int, int]](), dict[str, int]()
        for at, begin in _places(text, forms):
            if at < ends.get(begin, 0):
                continue
            ends[begin] = max(_end_of(text, at, form, len(begin)) for form in forms[begin])
            spans.append((at, ends[begin]))
        return _masked(text, spans)

    def _redact_member(self, value: object, depth: int) -> object:
        if isinstance(value, str):
            return self.redact(value)
        if depth > DEEPEST:
            return MASK if isinstance(value, Mapping | list) else value
        if isinstance(value, Mapping):
            return {
                self.redact(str(name)): MASK
                if isinstance(item, str) and item and (is_secret_name(str(name)) or is_everyday_secret(str(name), item))
                else self._redact_member(item, depth + 1)
                for name, item in value.items()
            }
        return [self._redact_member(item, depth + 1) for item in value] if isinstance(value, list) else value


def _places(text: str, begins: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield where each of `begins` stands in `text`, each one's places in order.

    Each is searched for, or if they are more than the text has places, each place is looked up among them.
    """
    if len(begins) <= len(text):
        for begin in begins:
            at = text.find(begin)
            while at >= 0:
                yield at, begin
                at = text.find(begin, at + 1)
        return
    for length in range(SHORTEST, LEAST_PART + 1):
        for at in range(len(text) - length + 1):
            if (here := text[at : at + length]) in begins:
                yield at, here


def _by_beginning(forms: Mapping[str, tuple[str, ...]], secrets: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return `forms`, by their beginnings, with those of `secrets` among them."""
    more = dict(forms)
    for secret in secrets:
        for form in encoded_forms(secret):
            begin = form[:LEAST_PART]
            if form not in more.get(begin, ()):
                more[begin] = (*more.get(begin, ()), form)
    return more


def _end_of(text: str, at: int, form: str, known: int) -> int:
    """Return where the common beginning of `text` at `at` and `form` ends, of which `known` characters are known."""
    if text.startswith(form, at):
        return at + len(form)
    low, high = known, min(len(form), len(text) - at)
    while low < high:  # the longest beginning of the form that stands here
        middle = (low + high + 1) // 2
        if text.startswith(form[:middle], at):
            low = middle
        else:
            high = middle - 1
    return at + low


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    """Return `text` with the mask in place of the spans; those that touch become one."""
    parts: list[str] = []
    at = 0
    for begin, end in sorted(spans):
        if begin > at or not parts:
            parts += (text[at:begin], MASK)
        at = max(at, end)
    return "".join((*parts, text[at:]))


def encoded_forms(secret: str) -> set[str]:
    """Return the forms in which a service can echo a secret.

    As it is; URL-encoded both ways, in either case, and twice; JSON-escaped, and twice; HTML-escaped, and twice; in
    base64 at each alignment, of both alphabets; in hex.
    """
    octets = secret.encode("utf-8", "surrogatepass")
    printable = octets.decode("utf-8", "replace")
    encoded = {quote(printable, safe=""), quote_plus(printable), quote(printable), quote(quote(printable, safe=""))}
    forms = {secret, *encoded, *(re.sub("%..", lambda found: found[0].lower(), each) for each in encoded)}
    for is_ascii in (True, False):
        once = json.dumps(secret, ensure_ascii=is_ascii)[1:-1]
        forms |= {once, once.replace("/", "\\/"), json.dumps(once, ensure_ascii=is_ascii)[1:-1]}
    escaped = html.escape(secret)
    forms |= {escaped, escaped.replace("&#x27;", "&#39;"), html.escape(secret, quote=False), html.escape(escaped)}
    forms |= {octets.hex(), octets.hex().upper()}
    for before in range(3):
        whole = base64.b64encode(bytes(before) + octets).decode()
        inner = whole[-(-8 * before // 6) : 8 * (before + len(octets)) // 6]  # what the secret alone decides
        forms |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= SHORTEST}
