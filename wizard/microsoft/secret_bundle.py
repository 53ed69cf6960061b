"""A vault's answers, a secret or a list of secrets or versions, made such that the Azure SDK can read them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

import requests

from wizard.catalogue.members import as_object
from wizard.core.errors import Unreachable
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.microsoft.http_response import read_json, url_host
from wizard.microsoft.response_sanitizer import LAST_MOMENT

CHALLENGED: Final = re.compile(r"\bauthorization(?:_uri)?\s{0,9}=\s{0,9}\"?([^\s\",]{1,2000})", re.IGNORECASE)
"""The address in a challenge at which a token is to be had (protocol 2.3)."""
SECRET_ID: Final = re.compile(r"https://[^/\s]+/(?:secrets|deletedsecrets)/[0-9A-Za-z-]{1,127}(?:/[0-9A-Za-z]{1,64})?")
"""The id of a secret; a live one's ends with its version (protocol 2.3)."""
LIST_PATH: Final = re.compile(r"/secrets(?:/[^/]{1,127}/versions)?/?")
TIMES: Final = ("nbf", "exp", "created", "updated")
"""Attributes in seconds since 1970. They inform: an expired secret can still be read (protocol 2.3)."""


def read_vault_answer(response: requests.Response, login_hosts: Collection[str]) -> None:
    """Make an answer of a vault fit to be read, whatever it is.

    Args:
        response: read whole.
        login_hosts: where the cloud signs in; a challenge that names another host is refused before anybody follows it.

    Raises:
        Unreachable: it cannot be used.
    """
    if response.status_code == 401:
        for address in CHALLENGED.findall(response.headers.get("WWW-Authenticate", "")):
            if (named := url_host(address)) not in login_hosts:
                detail = f"its challenge names {clean_line(named, 120)} to sign in at, which is not of this cloud"
                raise Unreachable(url_host(response.url or ""), Trouble.ANSWER, f"{detail}, so no token was sent")
    sanitize_secret_bundle(response)


def sanitize_secret_bundle(response: requests.Response) -> None:
    """Keep of a secret what the program reads, each member of its type.

    Raises:
        Unreachable: it has no id, or its value is no text.
    """
    if response.status_code != 200:
        return
    body = as_object(read_json(response))
    kept = _list(response.url or "", body) if is_list(response.url or "") else _secret(response.url or "", body)
    response._content = json.dumps(kept).encode()
    response.encoding = "utf-8"
    response.headers["Content-Type"] = "application/json"


def is_list(url: str) -> bool:
    """Return whether an address is that of a list: of a vault's secrets, or of a secret's versions."""
    return LIST_PATH.fullmatch(urlsplit(url).path) is not None


def _secret(url: str, body: Mapping[str, object]) -> dict[str, object]:
    host, name, value = url_host(url), body.get("id"), body.get("value")
    if not isinstance(name, str) or not SECRET_ID.fullmatch(name):
        raise Unreachable(host, Trouble.ANSWER, "gave a secret without its id and version")
    wanted = _name_in(url)
    if url_host(name) != host or wanted not in {"", _name_in(name)}:
        raise Unreachable(host, Trouble.ANSWER, "gave another secret than the one that was asked for")
    if value is not None and not isinstance(value, str):
        raise Unreachable(host, Trouble.ANSWER, "gave a secret whose value is no text")
    return {"id": name, "value": value, "attributes": _attributes(body), "tags": _tags(body)}


def _list(url: str, body: Mapping[str, object]) -> dict[str, object]:
    """Return a page of a list without any value; the next one is a page of the same list, whatever this one says."""
    items, link, host = body.get("value"), body.get("nextLink"), url_host(url)
    if not isinstance(items, list):
        raise Unreachable(host, Trouble.ANSWER, "gave no list")
    kept = [{**_secret(url, as_object(item)), "value": None} for item in items]
    if link and not (isinstance(link, str) and link.startswith("https://") and _place(link) == _place(url)):
        raise Unreachable(host, Trouble.ANSWER, "gave a list that goes on elsewhere")
    return {"value": kept, "nextLink": link or None}


def _name_in(url: str) -> str:
    """Return the name of the secret that an address is of, "" where it is of all."""
    return "".join(urlsplit(url).path.lower().split("/")[2:3])


def _place(url: str) -> tuple[str, str]:
    """Return the host and the path of an address."""
    return url_host(url), urlsplit(url).path.rstrip("/").lower()


def _attributes(body: Mapping[str, object]) -> dict[str, object]:
    """Return the attributes of the right type; a disabled one would not have been given with 200 (protocol 2.3)."""
    given = as_object(body.get("attributes"))
    kept: dict[str, object] = {name: given[name] for name in TIMES if _is_moment(given.get(name))}
    return kept | ({"enabled": given["enabled"]} if isinstance(given.get("enabled"), bool) else {})


def _is_moment(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LAST_MOMENT


def _tags(body: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name, value in as_object(body.get("tags")).items() if isinstance(value, str)}
