"""The address that a browser ended on after a sign-in, as people paste it: its code, or a sentence on what it is.

Nothing of it is repeated: an authorization code is a secret.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from wizard.catalogue import read_consent_error, read_entra_error
from wizard.core.answers import LONGEST_VALUE
from wizard.core.errors import BadInput
from wizard.core.secret import Secret
from wizard.core.shapes import ENTRA_CODE
from wizard.core.text import is_sendable, without_quoting
from wizard.redaction.secret_patterns import redact_patterns

FIELD: Final = "sign_in_address"
ADVICE: Final = "paste the whole address that the browser ended on, from http to its end"
AUTHORIZE: Final = "/oauth2/v2.0/authorize"
SHORTEST_CODE: Final = 40
"""Characters; codes of Entra have some hundreds."""
_INVISIBLE = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]+")
"""Line ends between the characters of an address, and what chats and mails put there invisibly."""
_IS_CODE = re.compile(r"[A-Za-z0-9._~-]{40,}")
_BEFORE_A_CODE = re.compile(r"[?&#]code=", re.IGNORECASE)
_NEVER_IN_A_CODE = re.compile(r"[\s\"<>`]")
_HAS_ADDRESS = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ExpectedRedirect:
    """What an answer is compared with.

    Args:
        login: the cloud's host to sign in at.
        redirect_uri: of the current link.
        state: of the current link.
        earlier: the states of links that this run has shown before.
    """

    login: str
    redirect_uri: str
    state: str
    earlier: Collection[str] = ()


def read_sign_in_address(pasted: str, expected: ExpectedRedirect) -> Secret:
    """Return the authorization code in what was pasted.

    Raises:
        BadInput: it is not an answer to the current link; says what it is instead.
        ServiceRefusal: Entra says no in it, or it is the text of one of Entra's error pages.
    """
    if len(pasted) > LONGEST_VALUE:
        raise _mistake(f"{len(pasted):,} characters are too many for an address; {ADVICE}")
    text = unwrap_address(pasted)
    if not text:
        raise _mistake(f"nothing was pasted; {ADVICE}")
    parts, query = _split_address(text, expected.redirect_uri)
    if not query.get("error") and not query.get("code") and (found := ENTRA_CODE.search(pasted)):
        raise read_entra_error(redact_patterns(_without_address(pasted[found.start() :])), 0, {})
    if parts is not None and (parts.hostname or "") == expected.login.partition(":")[0]:
        if parts.path.endswith(AUTHORIZE):
            raise _mistake(
                "this is the link itself: open it in a browser, sign in, and paste where the browser then ends"
            )
        if not _is_redirect(parts, expected.redirect_uri):
            raise _mistake("this is still a page of the sign-in: finish it, and paste the address that follows")
    if parts is None and not query:
        if len(text) >= SHORTEST_CODE and _IS_CODE.fullmatch(text):
            raise _mistake(f"this is only the code, or a part of it, and cannot be checked; {ADVICE}")
        raise _mistake(f"this is not an address; {ADVICE}")
    if parts is not None and not _is_redirect(parts, expected.redirect_uri):
        raise _mistake(f"this address does not begin with the redirect URI {expected.redirect_uri}; {ADVICE}")
    return _read_code(query, expected)


def _without_address(page: str) -> str:
    """Return a page's text up to an address with a code, whose pieces may look like no secret."""
    found = _BEFORE_A_CODE.search(page)
    if found is None:
        return page
    words = re.split(r"\s", page[: found.start()])
    return " ".join(words[:-1])


def unwrap_address(pasted: str) -> str:
    """Return what was pasted as one address, without quotes, brackets, and what terminals and mails put into it."""
    text = without_quoting(pasted)
    text = html.unescape(text) if "&amp;" in text else text
    if len(found := _HAS_ADDRESS.findall(text)) == 1 and re.match(r"\s*[A-Za-z]+[: ]", text) and ("?" in found[0]):
        text = text[text.index(found[0]) :]  # "Address: http://…"
    return _INVISIBLE.sub("", text).strip("<>\"'`“”„«»()[]").rstrip(".,;")


def _split_address(text: str, redirect_uri: str) -> tuple[_Parts | None, dict[str, str]]:
    """Return an address and its parameters, or parameters alone; nothing for what is neither."""
    try:
        split = urlsplit(_with_scheme(text, redirect_uri))
        query = dict(parse_qsl(split.query or split.fragment, max_num_fields=50))
        if split.scheme in {"http", "https"} and split.hostname:
            return _Parts(split.scheme, split.hostname.lower(), split.port, split.path), query
        members = dict(parse_qsl(text.lstrip("?#/"), max_num_fields=50))
    except ValueError:
        return None, {}
    return None, members if members.keys() & {"code", "state", "error"} else {}


def _with_scheme(text: str, redirect_uri: str) -> str:
    """Return an address with its scheme, which browsers may not show."""
    wanted = urlsplit(redirect_uri)
    for host, scheme in (((wanted.hostname or "").lower(), wanted.scheme), ("localhost", "http")):
        if text.lower().startswith(host):
            return f"{scheme}://{text}"
    return text


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    hostname: str
    port: int | None
    path: str


def _is_redirect(parts: _Parts, redirect_uri: str) -> bool:
    """Return whether an address is the redirect URI's; of a loopback address any port is (RFC 8252, 7.3)."""
    wanted = urlsplit(redirect_uri)
    same_place = (parts.scheme, parts.hostname, parts.path.rstrip("/")) == (
        wanted.scheme, (wanted.hostname or "").lower(), wanted.path.rstrip("/"),
    )  # fmt: skip
    return same_place and (wanted.scheme == "http" or parts.port in {wanted.port, None})


def _read_code(query: dict[str, str], expected: ExpectedRedirect) -> Secret:
    state = query.get("state", "")
    refusal = read_consent_error(query) if query.get("error") else None
    if state != expected.state:
        if state and state in expected.earlier:
            raise _mistake("this is the answer to an earlier link of this run; only the newest link counts")
        if not state and refusal is None:
            raise _mistake(
                f"the address is cut short: the part that says which link it answers (state) is missing; {ADVICE}"
            )
        if any(each.startswith(state) for each in (expected.state, *expected.earlier)) and state:
            raise _mistake(f"the address is cut short, in the middle of its state; {ADVICE}")
        if refusal is None or state:
            raise _mistake(
                "this is the answer to another link, of another run or another sign-in; open the link shown here"
            )
    if refusal is not None:
        raise refusal
    code = query.get("code", "")
    if not code:
        raise _mistake(f"there is no code in this address; {ADVICE}")
    if not is_sendable(code) or _NEVER_IN_A_CODE.search(code):
        raise _mistake(f"the code in this address has characters that no code has; {ADVICE}")
    return Secret(code)


def _mistake(what: str) -> BadInput:
    return BadInput(FIELD, what)
