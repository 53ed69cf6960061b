"""The HTTP client that MSAL is given: the one HTTP path, with what MSAL would misread taken out beforehand."""

from __future__ import annotations

import json
import math
from typing import Any, Final

import requests

from wizard.microsoft.http import Http, host_of, raise_if_busy, read_json
from wizard.microsoft.trouble import not_json, reaching

SECONDS: Final = ("interval", "expires_in", "refresh_in")
"""Members of an answer that MSAL turns into whole numbers without a look (T7)."""


class MsalHttp:
    """The `http_client` for MSAL: our session, with what MSAL would misread taken out beforehand (T4, T5, T6)."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, url: str, **options: Any) -> requests.Response:
        """GET, as MSAL asks for it."""
        return self._checked("GET", url, options)

    def post(self, url: str, **options: Any) -> requests.Response:
        """POST, as MSAL asks for it."""
        return self._checked("POST", url, options)

    def close(self) -> None:
        """MSAL owns nothing here."""

    def _checked(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        with reaching(host_of(url)):
            response = self._http.session.request(method, url, allow_redirects=False, **options)
        raise_if_busy(response)
        body = read_json(response)
        if not isinstance(body, dict):
            raise not_json(host_of(url), response.status_code, response.headers.get("Content-Type", ""))
        if odd := [name for name in SECONDS if name in body and not _is_seconds(body[name])]:
            plain = {name: value for name, value in body.items() if name not in odd}
            response._content = json.dumps(plain).encode()  # MSAL has a default for each that is missing
        return response


def _is_seconds(value: object) -> bool:
    """Whether MSAL's `int(value)` gives a number."""
    try:
        return isinstance(value, int | float | str) and math.isfinite(int(value))
    except (ValueError, OverflowError):
        return False
