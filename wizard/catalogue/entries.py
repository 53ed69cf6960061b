"""The entries of the catalogue, assets/entra-errors.json: each is made when it is first looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from wizard.catalogue.causes import Cause, read_cause
from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.assets import read_asset
from wizard.core.findings import Retry, Who

ERROR_PAGE: Final = "https://login.microsoftonline.com/error?code="
REFERENCE: Final = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
PAGES: Final = {
    "entra": REFERENCE,
    "graph": "https://learn.microsoft.com/graph/errors",
    "partner_center": "https://learn.microsoft.com/partner-center/developer/error-codes",
    "key_vault": "https://learn.microsoft.com/azure/key-vault/general/rest-error-codes",
    "resource_manager": "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
    "exchange": "https://learn.microsoft.com/powershell/exchange/exchange-online-powershell",
    "network": "https://learn.microsoft.com/azure/developer/python/sdk/azure-sdk-configure-proxy",
}
"""Microsoft's page on the codes of each service."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with guidance: what it says, its causes, Microsoft's name, and whether the code alone says little."""

    diagnosis: Diagnosis
    causes: tuple[Cause, ...]
    name: str = ""
    is_vague: bool = False


def find_entry(service: str, key: str) -> Entry | None:
    """Return the entry of a code, None if there is no guidance on it.

    Args:
        service: as the catalogue names it, such as "entra".
        key: the code in lower case, without "aadsts".
    """
    return _make(service, key) if (service, key) in _catalogue().entries else None  # what is not known is not kept


def find_name(service: str, key: str) -> str | None:
    """Return the name of a code that is listed without guidance, "" if it has none; None if it is not listed so."""
    return _catalogue().names.get((service, key))


def full_code(service: str, code: str) -> str:
    """Return a code as its service writes it."""
    return f"AADSTS{code}" if service == "entra" and code.isdecimal() else code


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """The members of the entries by service and code in lower case, names of the others, and the shared patterns."""

    entries: Mapping[tuple[str, str], dict[str, Any]]
    names: Mapping[tuple[str, str], str]
    patterns: Mapping[str, str]


@cache
def _catalogue() -> _Catalogue:
    """Return what assets/entra-errors.json holds: read once, and late, for it is needed when something went wrong."""
    import json

    data = json.loads(read_asset("entra-errors.json"))
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    names: dict[tuple[str, str], str] = {}
    for members in (*data["aadsts"], *data["other"]):
        service, key = members.get("system", "entra"), str(members["code"])
        if "actions" in members or "same_as" in members:
            entries[service, key.lower()] = members
        else:
            names[service, key] = members["name"] or ""
    return _Catalogue(entries, names, data["patterns"])


@cache
def _make(service: str, key: str) -> Entry:
    """Return the entry of a code that has one."""
    catalogue = _catalogue()
    members = catalogue.entries[service, key]
    code = str(members["code"])
    if "same_as" in members:
        meant = _make(service, members["same_as"].lower())
        diagnosis = replace(
            meant.diagnosis,
            code="" if code.startswith("http_") else full_code(service, code),
            cause=members.get("cause", meant.diagnosis.cause),
            link=_page(service, code),
        )
        return Entry(diagnosis, meant.causes)
    is_own = service == "network" or members.get("own", False)
    diagnosis = Diagnosis(
        code="" if is_own or code.startswith("http_") else full_code(service, code),
        title=members["title"],
        cause=members["cause"],
        actions=tuple(members["actions"]),
        who=tuple(Who(who) for who in members["who"]),
        retry=Retry(members["retry"]),
        steps=tuple(members["steps"]),
        link=members.get("link", _page(service, code)),
        service=service,
        administrator=members.get("administrator", ""),
    )
    causes = tuple(read_cause(cause, catalogue.patterns) for cause in members.get("causes", ()))
    return Entry(diagnosis, causes, members.get("name") or "", members.get("vague", False))


def _page(service: str, key: str) -> str:
    """Return Microsoft's page on a code: for a number of Entra its own, else that of the service's codes."""
    return f"{ERROR_PAGE}{key}" if service == "entra" and key.isdecimal() else PAGES[service]
