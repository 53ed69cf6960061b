"""Looks up error codes in the catalogue: from a code, or a refusal, to a diagnosis."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from wizard.catalogue.agreement import follow_retry, says_something_else, says_why, tell_sentence_first
from wizard.catalogue.causes import Cause, apply_cause, collect_clues
from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.entries import ERROR_PAGE, PAGES, REFERENCE, Entry, find_entry, find_name, full_code
from wizard.catalogue.graph_operations import PERMISSION, find_operation
from wizard.catalogue.own_sentence import tell_by_sentence
from wizard.catalogue.placeholders import (
    APP,
    HOST,
    IDENTITY_ENDPOINT,
    as_evidence,
    fill_placeholders,
    find_identity_endpoint,
    find_named_app,
    find_placeholder_values,
    find_refusing_tenant,
    with_derived,
)
from wizard.catalogue.platforms import for_windows, is_of_windows
from wizard.catalogue.prose import is_prose
from wizard.catalogue.tools import (
    for_a_workflow,
    for_azure_powershell,
    is_of_a_workflow,
    is_of_azure_powershell,
    with_permission,
)
from wizard.catalogue.vault_objects import for_object
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Who
from wizard.core.text import clean, clean_line
from wizard.core.wording import upper_first

_PAGE_OF_B2C: Final = "https://learn.microsoft.com/azure/active-directory-b2c/error-codes"
_NAMES: Final = {
    "entra": "Microsoft Entra ID",
    "graph": "Microsoft Graph",
    "partner_center": "Partner Center",
    "key_vault": "Azure Key Vault",
    "resource_manager": "Azure Resource Manager",
    "exchange": "Exchange Online",
}
_READ_IT: Final = "Read the text that came with it"
_LOOK_UP: Final = {
    "graph": "Open the link for the code's meaning",
    "partner_center": "Look up the code on the linked page of Partner Center's REST error codes",
    "key_vault": "Look up the code on the linked page of Key Vault's REST error codes",
}
_OF_CONDITIONAL_ACCESS: Final = re.compile(r"53[0-9]{3}|530[0-9]{3}")
_FIND_THE_POLICY: Final = (
    "Find the policy and what it asks for: entra.microsoft.com > Entra ID > Monitoring & health > Sign-in logs > "
    "the failed entry > Conditional Access"
)
# Codes that only say "something about the credential or the grant"; a second code beside them says what. Vaguest first.
_VAGUE: Final = ("50000", "70002", "70000", "70001", "50012", "90014")
# OAuth's classes: each stands for many causes, and none of them is that of a code that is not known.
_ANY_REFUSAL: Final = ("invalid_grant", "invalid_client", "invalid_request", "unauthorized_client", "access_denied")
_REGISTRATIONS: Final = "App registrations"
_USUAL_HOST: Final = {HOST: "login.microsoftonline.com"}
"""The host to try where a text names none."""
# The error says how a poll ended; the number beside it is the same for several. Source: protocol 1.4.
_BEFORE_THE_NUMBER: Final = ("authorization_declined", "expired_token", "bad_verification_code")
_OF_ANY_POLL: Final = ("70018", "70000")


def explain(service: str, code: str) -> Diagnosis:
    """Return what a code means.

    Args:
        service: "entra", "graph", "partner_center", "key_vault" or "network".
        code: "AADSTS53003" or "53003", "900421", "ForbiddenByRbac", an OAuth error name; of the network a
            `Trouble`, or "tls_self_signed"; "" if there is none.
    """
    return _fill_in(_explain(service, code, (), ""), _USUAL_HOST)


def explain_refusal(
    refusal: ServiceRefusal, context: str = "", names: Mapping[str, str] | None = None, sentence: str | None = None
) -> Diagnosis:
    """Return what a refusal means: by its code, else its sub-error, else its error, else its HTTP status.

    Args:
        refusal: as one of the readers gives it.
        context: where it came, in words such as "devicecode", "poll", "renewal", "redirect"; may be empty. It is
            searched, together with the refusal's own text, for what distinguishes the causes that share a code.
        names: what the caller knows already of "<vault>", "<secret>" and the like in actions; they go before those
            that the refusal's text names.
        sentence: the service's own message, "" for none; None where the refusal's text is no more than that.
    """
    code = refusal.code
    if refusal.service == "key_vault" and (found := re.match(r"AKV\d{5}(?!\d)", refusal.description)):
        code = found.group() if look_up(refusal.service, found.group()) else code
    if code == str(refusal.status) and look_up(refusal.service, code) is None:
        code = ""  # a status in the place of a code says no more than the status itself
    others = (refusal.suberror, refusal.error, f"http_{refusal.status}")
    is_by_error = refusal.error in _BEFORE_THE_NUMBER and code.removeprefix("AADSTS") in _OF_ANY_POLL
    named = find_placeholder_values(f"{refusal.description}\n{refusal.claims}")
    if refusal.service == "network" and HOST not in named:
        named |= find_placeholder_values(context)
    client = _microsoft_client({**(names or {}), **named})
    acting = "" if client else _microsoft_service(named, refusal.description)
    whose = "client=microsoft\n" if client else "client=service\n" if acting else ""
    clues = collect_clues(refusal, f"{whose}{context}")
    words = clean(refusal.description).strip()
    own = words if sentence is None else sentence
    key = refusal.error if is_by_error else code
    diagnosis = _explain(refusal.service, key, others, clues)
    diagnosis = _by_own_words(diagnosis, refusal.service, (key, *others), own)
    if any(PERMISSION in act for act in diagnosis.actions):
        named |= find_operation(clues)
    if acting:
        named[APP] = acting
    if IDENTITY_ENDPOINT in diagnosis.cause:
        named |= find_identity_endpoint(clues)
    if "<tenant>" not in named and (refusal.service == "entra" or any("<tenant>" in act for act in diagnosis.actions)):
        named |= find_refusing_tenant(f"{refusal.description}\n{context}")
    if is_of_a_workflow(clues):
        diagnosis = replace(diagnosis, actions=for_a_workflow(diagnosis.actions))
    if is_of_azure_powershell(clues):
        diagnosis = replace(diagnosis, actions=for_azure_powershell(diagnosis.actions))
    if refusal.service == "key_vault":
        acts = with_permission(diagnosis.actions, refusal.description)
        diagnosis = replace(diagnosis, actions=for_object(acts, clues))
    if is_of_windows(clues):
        diagnosis = replace(diagnosis, actions=for_windows(diagnosis.actions))
    all_names = {**named, **{key: value for key, value in (names or {}).items() if value}}
    if not diagnosis.is_known or (code and look_up(refusal.service, code) is None):
        diagnosis = tell_by_sentence(diagnosis, own)
    diagnosis = _fill_in(_leave_alone(diagnosis, client or acting), with_derived(all_names))
    return replace(
        diagnosis,
        code=code if is_by_error else refusal.error if refusal.error and not refusal.code else diagnosis.code,
        ids=refusal.ids,
        service_text=words if is_prose(words) else "",
        evidence=(*diagnosis.evidence, *as_evidence(named)),
    )


def _by_own_words(diagnosis: Diagnosis, service: str, keys: Sequence[str], sentence: str) -> Diagnosis:
    """Return a diagnosis that puts the service's own sentence first, where its code says less, or something else."""
    entry = _entry_of(diagnosis, service, keys)
    if entry is None or not is_prose(sentence):
        return diagnosis
    texts = (each for cause in entry.causes for each in (cause.when, str(cause.overrides.get("cause", ""))))
    known = (diagnosis.cause, *diagnosis.actions, entry.name, *texts)
    if (
        says_why((diagnosis.title, *known), sentence)
        if entry.is_vague
        else says_something_else(diagnosis.title, known, sentence)
    ):
        return tell_sentence_first(diagnosis, sentence, _NAMES.get(service, "The service"))
    return follow_retry(diagnosis, sentence)


def _entry_of(diagnosis: Diagnosis, service: str, keys: Sequence[str]) -> Entry | None:
    """Return the entry whose general text a diagnosis is; None where the text told a cause of it, or has no entry."""
    for key in keys:
        plain = key.strip().lower().removeprefix("aadsts")
        entry = _find(service, plain)
        if entry is not None:
            return entry if entry.diagnosis is diagnosis else None
    return None


def _fill_in(diagnosis: Diagnosis, names: Mapping[str, str]) -> Diagnosis:
    return replace(
        diagnosis,
        title=fill_placeholders(diagnosis.title, names),
        cause=fill_placeholders(diagnosis.cause, names),
        actions=tuple(fill_placeholders(act, names) for act in diagnosis.actions),
    )


def _microsoft_client(named: Mapping[str, str]) -> str:
    """Return the name of the client that the text names if it is Microsoft's own, "" if it is not."""
    if "<app id>" not in named:
        return ""
    from wizard.catalogue.well_known import microsoft_client  # reads a file: only when there is an id

    return microsoft_client(named["<app id>"])


def _microsoft_service(named: Mapping[str, str], text: str) -> str:
    """Return the name of Microsoft's own service that the text names as the client, "" if it names none."""
    app = named.get("<app id>") or find_named_app(text)
    if not app:
        return ""
    from wizard.catalogue.well_known import microsoft_service  # reads files: only when there is an app

    return microsoft_service(app)


def _leave_alone(diagnosis: Diagnosis, client: str) -> Diagnosis:
    """Return a diagnosis without what would change the registration of Microsoft's own client: nobody else can."""
    acts = tuple(act for act in diagnosis.actions if _REGISTRATIONS not in act)
    if not client or len(acts) == len(diagnosis.actions):
        return diagnosis
    first = f"Use the client ID of your own app registration: {client} is Microsoft's, and only Microsoft changes it."
    return replace(diagnosis, actions=(first, *acts), who=tuple(dict.fromkeys((Who.OPERATOR, *diagnosis.who))))


def is_vague(number: str) -> bool:
    """Return whether a number of Entra only says that something is wrong, and another beside it may say what."""
    return number in _VAGUE


def most_specific(listed: Sequence[str], mentioned: Sequence[str]) -> str:
    """Return the number that says most: of those listed, and of those in the text if no listed one says much.

    "" if there is none. Entra lists 70002 (a credential is wrong) before the code that says what is wrong with it.
    """
    candidates = list(dict.fromkeys(listed))
    if all(number in _VAGUE for number in candidates):
        candidates = list(dict.fromkeys((*candidates, *mentioned)))
    if len(candidates) < 2:
        return next(iter(candidates), "")

    def specificity(number: str) -> tuple[bool, int]:
        vagueness = _VAGUE.index(number) if number in _VAGUE else len(_VAGUE)
        return look_up("entra", number) is not None, vagueness

    return max(candidates, key=specificity)


def _explain(service: str, code: str, others: Sequence[str], clues: str) -> Diagnosis:
    code = clean_line(code, 120)
    if found := look_up(service, code, clues):
        return found
    for other in others:
        if found := look_up(service, other, clues):
            return _by_class(service, code, found) if code else found
    return _unknown(service, code or next((name for name in others if name and not name.startswith("http_")), ""))


def _by_class(service: str, code: str, found: Diagnosis) -> Diagnosis:
    """Return what is said of a code that is not known: what it came as names a cause, if it says more than that."""
    unknown = _unknown(service, code)
    if found.code in _ANY_REFUSAL:
        return replace(unknown, cause=f"{unknown.cause} It came as {found.code}, which alone does not say why.")
    kind = f"It came as {found.code}. {found.cause}" if found.code else found.cause
    return replace(unknown, cause=f"{unknown.cause} {kind}", steps=found.steps, retry=found.retry)


def look_up(service: str, key: str, clues: str = "") -> Diagnosis | None:
    """Return the catalogue's own entry of a code, None if it has none.

    Args:
        service: as for `explain`.
        key: the code, in any case of letters, with or without "AADSTS".
        clues: what its causes are distinguished by, as `collect_clues` gives it; "" for the entry itself.
    """
    key = key.strip().lower()
    if service == "entra":
        key = key.removeprefix("aadsts")
    entry = _find(service, key)
    if entry is None:
        return None
    cause = next((cause for cause in entry.causes if cause.matches(clues)), None) if clues else None
    return _apply(service, entry, cause, clues) if cause else entry.diagnosis


def tells_a_cause(service: str, key: str, words: str) -> bool:
    """Return whether words tell one of the causes that share a code.

    Args:
        service: as for `explain`.
        key: the code, with or without "AADSTS".
        words: a sentence of the service; not "".
    """
    return look_up(service, key, words) != look_up(service, key)


def _find(service: str, key: str) -> Entry | None:
    """Return the entry of a code, else of what stands behind its last slash."""
    entry = find_entry(service, key) if key else None
    return find_entry(service, key.rpartition("/")[2]) if entry is None and "/" in key else entry


def _apply(service: str, entry: Entry, cause: Cause, clues: str) -> Diagnosis:
    """Return what an entry says for one of its causes."""
    if not cause.same_as:
        return apply_cause(entry.diagnosis, cause)
    other_service, separator, name = cause.same_as.rpartition("/")
    same = look_up(other_service or service, name, f"{entry.diagnosis.code}: {clues}" if separator else clues)
    return replace(same, code=entry.diagnosis.code) if same else entry.diagnosis


def look_up_titled(service: str, key: str, words: str) -> Diagnosis | None:
    """Return what is said of a code under the title that stands in `words`: a cause's own, else the entry's.

    None if the catalogue has no entry of the code.

    Args:
        service: as the catalogue names it, such as "entra".
        key: the code, or the name of a message without one.
        words: a line, or a part of a report, of our own.
    """
    entry = find_entry(service, key.lower().removeprefix("aadsts") if service == "entra" else key.lower())
    if entry is None:
        return None
    causes = (_apply(service, entry, cause, "") for cause in entry.causes)
    return next((each for each in causes if each.title in words), entry.diagnosis)


def is_listed(service: str, key: str) -> bool:
    """Return whether the catalogue has the code, be it with guidance or by its name alone."""
    return look_up(service, key) is not None or find_name(service, key.upper().removeprefix("AADSTS")) is not None


def _unknown(service: str, code: str) -> Diagnosis:
    """Return a diagnosis that says that there is no guidance, and where to look for some."""
    code = full_code(service, clean_line(code, 120))
    who: tuple[Who, ...] = (Who.OPERATOR, Who.MICROSOFT)
    last = "If that does not help, give Microsoft support the text with its correlation ID and time."
    whose = _NAMES.get(service, clean_line(service, 40) or "A service")
    title = f"{whose} refused: {code}" if code else f"{whose} refused without a code"
    cause = f"{whose} gave the code {code}, which is not in this catalogue." if code else f"{whose} gave no code."
    first = _LOOK_UP.get(service, _READ_IT) if code else _READ_IT
    link = PAGES.get(service, REFERENCE)
    if service == "entra" and (number := code.removeprefix("AADSTS")).isdecimal():
        link = f"{ERROR_PAGE}{number}"
        first = "Open the link: Microsoft's error page says what the code means today"
        if (name := find_name(service, number)) is not None:
            title = _words(name) or title
            named = f" under the name {name}" if name else ""
            cause = f"Microsoft lists {code}{named}; this catalogue knows no more. Read the text that came with it."
        elif _OF_CONDITIONAL_ACCESS.fullmatch(number):
            title = f"Conditional Access refused, it seems: {code}"
            cause = f"{code} is not in this catalogue. Entra ID's codes that begin like it are of Conditional Access."
            first, last = _FIND_THE_POLICY, f"{first}."
            who = (Who.ADMIN, Who.OPERATOR)
    elif service == "entra" and code.startswith("AADB2C"):
        title, cause = (each.replace(whose, "Azure AD B2C") for each in (title, cause))
        first, link = "Look up the code on the linked page of Azure AD B2C's error codes", _PAGE_OF_B2C
    elif says := find_name(service, code):
        title = upper_first(says)
        cause = f"{whose} lists {code} as this; this catalogue knows no more. Read the text that came with it."
        first = "Compare the request with what the code says: it was understood, and what it asks for was not accepted"
    return Diagnosis(
        code=code,
        title=title,
        cause=cause,
        actions=(f"{first}.", last),
        who=who,
        retry=None,
        steps=(),
        link=link,
        service=service if service in _NAMES else "",
        administrator="policies" if Who.ADMIN in who else "",
    )


def _words(name: str) -> str:
    """Return a CamelCase name as words: "DeviceNotCompliant" → "Device not compliant"."""
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    text = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)
    return upper_first(text)
