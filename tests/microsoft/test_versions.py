"""The list of a secret's versions: page after page, from the vault alone, and in no strange form."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from wizard.core.errors import Unreachable
from wizard.microsoft.secret_bundle import is_list, sanitize_secret_bundle

HOST = "https://contoso-partner.vault.azure.net"
LIST = f"{HOST}/secrets/token/versions?api-version=2026-04-01"
OF_ANOTHER_SECRET = f"{HOST}/secrets/token-2/{'a' * 32}"
OF_ANOTHER_VAULT = f"https://fabrikam.vault.azure.net/secrets/token/{'a' * 32}"
ITEM = {"id": f"{HOST}/secrets/token/{'a' * 32}", "attributes": {"enabled": False, "created": 1}, "tags": {"a": "b"}}


def sanitized(body: Any, url: str = LIST) -> Any:
    response = requests.Response()
    response.status_code, response.url, response._content = 200, url, json.dumps(body).encode()
    sanitize_secret_bundle(response)
    return response.json()


def test_what_is_needed_of_a_page_is_kept() -> None:
    item = ITEM | {"value": "never", "managed": True}
    following = f"{HOST}/secrets/token/versions?$skiptoken=25"

    assert sanitized({"value": [item], "nextLink": following, "more": 1}) == {
        "value": [ITEM | {"value": None}], "nextLink": following,
    }  # fmt: skip
    assert sanitized({"value": [], "nextLink": ""}) == {"value": [], "nextLink": None}


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"value": None},
        {"value": {}},
        {"value": [None]},
        {"value": [{"id": 1}]},
        {"value": [ITEM | {"value": 5}]},
        {"value": [ITEM | {"id": OF_ANOTHER_SECRET}]},
        {"value": [ITEM | {"id": OF_ANOTHER_VAULT}]},
        {"value": [], "nextLink": "https://login.microsoftonline.com/secrets/token/versions"},
        {"value": [], "nextLink": f"{HOST}/secrets/token"},
        {"value": [], "nextLink": LIST.replace("https", "http", 1)},
        {"value": [], "nextLink": {}} | {"nextLink": [1]},
    ],
    ids=lambda body: json.dumps(body)[:40],
)
def test_another_form_and_another_place_are_refused(body: Any) -> None:
    with pytest.raises(Unreachable):
        sanitized(body)


@pytest.mark.parametrize("name", [OF_ANOTHER_SECRET, OF_ANOTHER_VAULT])
def test_a_secret_is_the_one_that_was_asked_for(name: str) -> None:
    for path in ("token", "TOKEN/", f"token/{'a' * 32}"):
        assert sanitized(ITEM | {"value": "1.AX"}, f"{HOST}/secrets/{path}?api-version=7.6")["value"] == "1.AX"
        with pytest.raises(Unreachable, match="another secret than the one that was asked for"):
            sanitized(ITEM | {"id": name, "value": "1.AX"}, f"{HOST}/secrets/{path}?api-version=7.6")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/secrets/token/versions", True),
        ("/secrets/versions", False),
        ("/secrets/versions/versions", True),
        ("/", False),
    ],
)
def test_a_secret_called_versions_is_no_list(path: str, expected: bool) -> None:
    assert is_list(HOST + path) is expected
