"""The pages that a browser gets at the end of its redirect, and the answers that carry them: `assets/pages`."""

from __future__ import annotations

import base64
import hashlib
from enum import Enum
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import Final

ICON_PATH: Final = "/favicon.ico"
HTML: Final = "text/html; charset=utf-8"


class Landing(Enum):
    """What a browser is told after its redirect was taken; the value is the name of the page."""

    SIGNED_IN = "signed-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    CONSENTED = "consented"
    CONSENT_REFUSED = "consent-refused"
    EARLIER_LINK = "earlier-link"

    @property
    def path(self) -> str:
        """Return where its page is: an address that holds nothing of what came in."""
        return f"/partner-wizard/{self.value}"


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
    return _page(status, "stray")


def _page(status: HTTPStatus, name: str) -> bytes:
    style = _asset("page.css")
    page = _asset(f"{name}.html").replace(b"<style></style>", b"<style>" + style + b"</style>")
    return _answer(status, page, (("Content-Type", HTML),))


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
