"""The catalogue of error codes, and the way from a code to a diagnosis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from wizard.diagnosis.model import Diagnosis
from wizard.errors import ServiceRefusal
from wizard.findings import Retry, Who
from wizard.text import clean_line

REFERENCE: Final = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
_PAGES: Final = {
    "entra": REFERENCE,
    "graph": "https://learn.microsoft.com/graph/errors",
    "partner_center": "https://learn.microsoft.com/partner-center/developer/error-codes",
    "key_vault": "https://learn.microsoft.com/azure/key-vault/general/rest-error-codes",
}
_NAMES: Final = {
    "entra": "Microsoft Entra ID",
    "graph": "Microsoft Graph",
    "partner_center": "Partner Center",
    "key_vault": "Azure Key Vault",
}
_LOOK_UP: Final = {
    "graph": "Open the link for the code's meaning",
    "partner_center": "Look for the code on the linked page of Partner Center's REST error codes",
    "key_vault": "Look for the code on the linked page of Key Vault's REST error codes",
}
# Codes that only say "something about the credential or the grant"; a second code beside them says what. Vaguest first.
_VAGUE: Final = ("50000", "70002", "70000", "70001", "50012", "90014")


def explain(service: str, code: str, error: str = "") -> Diagnosis:
    """Give what a code means.

    Args:
        service: "entra", "graph", "partner_center" or "key_vault".
        code: "AADSTS53003" or "53003", "900421", "ForbiddenByRbac", an OAuth error name; "" where there is none.
        error: the OAuth error or the outer code; asked where the code itself says nothing.
    """
    return _explain(service, code, (error,))


def explain_refusal(refusal: ServiceRefusal) -> Diagnosis:
    """Give what a refusal means: by its code, else its sub-error, else its error, else its HTTP status."""
    code = refusal.code
    if refusal.service == "key_vault" and (found := re.match(r"AKV\d{5}(?!\d)", refusal.description)):
        code = found.group() if known(refusal.service, found.group()) else code
    diagnosis = _explain(refusal.service, code, (refusal.suberror, refusal.error, f"http_{refusal.status}"))
    return replace(diagnosis, code=refusal.error) if refusal.error and not refusal.code else diagnosis


def most_specific(listed: Sequence[str], mentioned: Sequence[str]) -> str:
    """Give the number that says most: of those listed, and of those mentioned in the text if no listed one says much.

    "" where there is none. Entra lists 70002 (a credential is wrong) before the code that says what is wrong with it.
    """
    candidates = list(dict.fromkeys(listed))
    if all(number in _VAGUE for number in candidates):
        candidates = list(dict.fromkeys((*candidates, *mentioned)))
    if len(candidates) < 2:
        return next(iter(candidates), "")

    def says(number: str) -> tuple[bool, int]:
        vagueness = _VAGUE.index(number) if number in _VAGUE else len(_VAGUE)
        return known("entra", number) is not None, vagueness

    return max(candidates, key=says)


def _explain(service: str, code: str, others: Sequence[str]) -> Diagnosis:
    code = clean_line(code, 120)
    if found := known(service, code):
        return found
    for other in others:
        if found := known(service, other):
            return _by_class(service, code, found) if code else found
    return _unknown(service, code or next((name for name in others if name and not name.startswith("http_")), ""))


def _by_class(service: str, code: str, found: Diagnosis) -> Diagnosis:
    """Say that the code itself is not known, and what is known of the kind of error it came as."""
    unknown = _unknown(service, code)
    kind = f"It came as {found.code}. {found.cause}" if found.code else found.cause
    return replace(found, code=unknown.code, cause=f"{unknown.cause} {kind}", link=unknown.link)


def known(service: str, key: str) -> Diagnosis | None:
    """Give the catalogue's own entry of a code, None where it has none."""
    key = key.strip().lower()
    if service == "entra":
        key = key.removeprefix("aadsts")
    diagnoses, _ = _catalogue()
    return diagnoses.get((service, key)) or diagnoses.get((service, key.rpartition("/")[2])) if key else None


def _shown(service: str, code: str) -> str:
    return f"AADSTS{code}" if service == "entra" and code.isdecimal() else code


def _unknown(service: str, code: str) -> Diagnosis:
    """Say honestly that there is no guidance, and where to look."""
    code = _shown(service, clean_line(code, 120))
    who_says = _NAMES.get(service, clean_line(service, 40) or "A service")
    title = f"{who_says} refused: {code}" if code else f"{who_says} refused without a code"
    cause = f"{who_says} gave the code {code}, which is not in this catalogue." if code else f"{who_says} gave no code."
    remedy = _LOOK_UP.get(service, "Read the text that came with it")
    link = _PAGES.get(service, REFERENCE)
    if service == "entra" and (number := code.removeprefix("AADSTS")).isdecimal():
        link = f"https://login.microsoftonline.com/error?code={number}"
        remedy = "Open the link: Microsoft's error page tells what the code means today"
        _, names = _catalogue()
        if number in names:
            name = names[number]
            title = _words(name) or title
            named = f" under the name {name}" if name else ""
            cause = f"Microsoft lists {code}{named}; this catalogue knows no more. Read the text that came with it."
    return Diagnosis(
        code=code,
        title=title,
        cause=cause,
        remedy=f"{remedy}; if that does not help, give the text and its ids to Microsoft support.",
        who=(Who.OPERATOR,),
        retry=Retry.NO,
        steps=(),
        link=link,
        service=service if service in _NAMES else "",
    )


def _words(name: str) -> str:
    """Give a CamelCase name as words: "DeviceNotCompliant" → "Device not compliant"."""
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    text = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)
    return text[:1].upper() + text[1:]


@cache
def _catalogue() -> tuple[dict[tuple[str, str], Diagnosis], dict[str, str]]:
    """Give diagnoses by service and code in lower case, and the names of Entra codes without guidance.

    Read from assets/entra-errors.json, once, and late: it is wanted only when something went wrong.
    """
    import json
    from importlib.resources import files

    data = json.loads(files("assets").joinpath("entra-errors.json").read_text(encoding="utf-8"))
    diagnoses: dict[tuple[str, str], Diagnosis] = {}
    names: dict[str, str] = {}
    for entry in (*data["aadsts"], *data["other"]):
        service = entry.get("system", "entra")
        key = str(entry["code"])
        if "remedy" not in entry:
            names[key] = entry["name"] or ""
            continue
        link = _PAGES[service]
        if service == "entra" and key.isdecimal():
            link = f"https://login.microsoftonline.com/error?code={key}"
        diagnoses[service, key.lower()] = Diagnosis(
            code="" if key.startswith("http_") else _shown(service, key),
            title=entry["title"],
            cause=entry["cause"],
            remedy=entry["remedy"],
            who=tuple(Who(who) for who in entry["who"]),
            retry=Retry(entry["retry"]),
            steps=tuple(entry["steps"]),
            link=entry.get("link", link),
            service=service,
        )
    return diagnoses, names
