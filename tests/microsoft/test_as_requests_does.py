"""What the session settles by itself, to save time on each request, is what requests would settle."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from wizard.microsoft.transport import ENVIRONMENT_PROXIES, OwnAuthorization

ENVIRONMENTS: list[dict[str, str]] = [
    {},
    {"HTTPS_PROXY": "http://proxy.contoso.com:3128"},
    {"https_proxy": "http://small.contoso.com:1", "HTTPS_PROXY": "http://large.contoso.com:2"},
    {"ALL_PROXY": "http://all.contoso.com:3"},
    {"HTTPS_PROXY": "http://proxy.contoso.com:3128", "NO_PROXY": ".microsoft.com"},
    {"HTTPS_PROXY": "http://proxy.contoso.com:3128", "no_proxy": "login.microsoftonline.com:8443"},
    {"HTTP_PROXY": "http://plain.contoso.com:4", "REQUESTS_CA_BUNDLE": "/a.pem", "CURL_CA_BUNDLE": "/b.pem"},
    {"CURL_CA_BUNDLE": "/b.pem"},
]
ADDRESSES = (
    "https://graph.microsoft.com/v1.0/organization?$select=id",
    "https://login.microsoftonline.com:8443/common",
    "https://login.microsoftonline.com/common",
    "http://localhost/x",
)
SETTINGS: list[dict[str, Any]] = [
    {"proxies": {}, "stream": None, "verify": None, "cert": None},
    {"proxies": {"https": "http://asked.contoso.com:5"}, "stream": True, "verify": False, "cert": "/c.pem"},
]


@pytest.mark.parametrize("trusts", [True, False])
def test_proxies_and_authorities_are_those_of_requests_whenever_the_environment_changes(
    monkeypatch: pytest.MonkeyPatch, trusts: bool
) -> None:
    ours, theirs = OwnAuthorization(), requests.Session()
    for session in (ours, theirs):
        session.trust_env = trusts
        session.proxies = {} if trusts else {"https": "http://cloud.contoso.com:6"}
    for environment in ENVIRONMENTS:
        for name in (*ENVIRONMENT_PROXIES, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        for url in ADDRESSES:
            for given in SETTINGS:
                wanted = theirs.merge_environment_settings(url, **{**given, "proxies": dict(given["proxies"])})
                assert ours.merge_environment_settings(url, **given) == wanted, (environment, url)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"params": {"api-version": "7.4", "a": "ü &"}},
        {"data": {"grant_type": "refresh_token", "scope": "a b"}},
        {"json": {"tags": {"a": 1}}},
        {"headers": {"accept": "text/html", "X-Empty": "", "Authorization": "Bearer a"}},
        {"headers": {"User-Agent": None}},
    ],
)
def test_a_request_is_prepared_as_by_requests(more: dict[str, Any]) -> None:
    prepared = []
    for session in (OwnAuthorization(), requests.Session()):
        session.trust_env = False
        session.headers["User-Agent"] = "partner-wizard/test"
        made = session.prepare_request(requests.Request("post", "https://graph.microsoft.com/v1.0/a b", **more))
        prepared.append((made.method, made.url, dict(made.headers), made.body))
    assert prepared[0] == prepared[1]
