"""The pages that a browser gets at the end of its redirect, and the answers that carry them: `assets/pages`."""

from __future__ import annotations

import base64
import hashlib
import tomllib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from html import escape
from http import HTTPStatus
from importlib import resources
from string import Template
from typing import Any, Final

ICON_PATH: Final = "/favicon.ico"
HTML: Final = "text/html; charset=utf-8"
STRAY: Final = "stray"
"""The name of the page for whoever comes with something else than the awaited answer."""


class Landing(Enum):
    """What a browser is told after its redirect was taken; the value is the name of the page."""

    SIGNED_IN = "signed-in"
    VAULT_SIGNED_IN = "signed-in-vault"
    GRAPH_SIGNED_IN = "signed-in-graph"
    SIGN_IN_REFUSED = "sign-in-refused"
    CONSENTED = "consented"
    CONSENT_REFUSED = "consent-refused"
    EARLIER_LINK = "earlier-link"

    @property
    def path(self) -> str:
        """Return where its page is: an address that holds nothing of what came in."""
        return f"/partner-wizard/{self.value}"


@dataclass(frozen=True, slots=True)
class PageText:
    """What one of the pages says.

    Args:
        sign: how it ended, one of the signs of `landings.toml`.
        title: the words of the tab.
        heading: the same as a sentence.
        says: the paragraphs below it.
    """

    sign: str
    title: str
    heading: str
    says: tuple[str, ...]


def redirect_to(landing: Landing) -> bytes:
    """Return the answer to the redirect: no code and no state stays in the address bar."""
    return _answer(HTTPStatus.SEE_OTHER, b"", (("Location", landing.path),))


def page_of(landing: Landing) -> bytes:
    """Return the answer that shows the landing page."""
    return _page(HTTPStatus.OK, landing.value)


def icon() -> bytes:
    """Return the answer with the pages' icon."""
    return _answer(HTTPStatus.OK, _asset("icon.svg"), (("Content-Type", "image/svg+xml"),))


def refusal(status: HTTPStatus) -> bytes:
    """Return the answer to a request that is not waited for; 405 has no page, as HEAD may have none."""
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return _answer(status, b"", (("Allow", "GET"),))
    return _page(status, STRAY)


def document(text: PageText) -> bytes:
    """Return a page's HTML: the frame of all of them with its text, in which nothing is markup."""
    sign = _landings()["signs"][text.sign]
    filled = Template(_asset("page.html").decode()).substitute(
        style=_asset("page.css").decode(),
        look=escape(sign["look"]),
        mark=escape(sign["path"]),
        sign=escape(text.sign),
        title=escape(text.title),
        heading=escape(text.heading),
        paragraphs="\n".join(f"  <p>{escape(paragraph)}</p>" for paragraph in text.says),
    )
    return filled.encode()


def texts() -> dict[str, PageText]:
    """Return what every page says, by name."""
    pages = _landings()["pages"]
    return {
        name: PageText(page["sign"], page["title"], page["heading"], tuple(page["says"]))
        for name, page in pages.items()
    }


def _page(status: HTTPStatus, name: str) -> bytes:
    return _answer(status, document(texts()[name]), (("Content-Type", HTML),))


def _answer(status: HTTPStatus, body: bytes, headers: tuple[tuple[str, str], ...]) -> bytes:
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        *(f"{name}: {value}" for name, value in (*headers, *_security_headers())),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join((*lines, "", "")).encode("ascii") + body


@cache
def _security_headers() -> tuple[tuple[str, str], ...]:
    """Return the headers of every answer: nothing of it is kept, framed, run or fetched from elsewhere."""
    digest = base64.b64encode(hashlib.sha256(_asset("page.css")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return (
        ("Content-Security-Policy", policy),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Connection", "close"),
    )


@cache
def _asset(name: str) -> bytes:
    return resources.files("assets").joinpath("pages", name).read_bytes()


@cache
def _landings() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(_asset("landings.toml").decode())
