"""The HTTP client that MSAL is given: the one HTTP path, with what MSAL would misread refused beforehand."""

from __future__ import annotations

from typing import Any

import requests

from wizard.microsoft.http import Http
from wizard.microsoft.http_response import raise_if_busy, raise_if_redirected, read_json, url_host
from wizard.microsoft.network_errors import not_json_error, translating_network_errors


class MsalHttp:
    """The `http_client` for MSAL: our session, with what MSAL would misread refused beforehand (T4, T5, T6)."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, url: str, **options: Any) -> requests.Response:
        """Send a GET as MSAL asks for it."""
        return self._checked("GET", url, options)

    def post(self, url: str, **options: Any) -> requests.Response:
        """Send a POST as MSAL asks for it."""
        return self._checked("POST", url, options)

    def close(self) -> None:
        """Close nothing: the session is not MSAL's."""

    def _checked(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        with translating_network_errors(url_host(url)):
            response = self._http.session.request(method, url, allow_redirects=False, **options)
        raise_if_busy(response)
        raise_if_redirected(response)
        if not isinstance(read_json(response), dict):
            raise not_json_error(url_host(url), response.status_code, response.headers.get("Content-Type", ""))
        return response
