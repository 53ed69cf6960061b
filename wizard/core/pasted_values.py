"""Takes a value as people paste it for what it is meant to be, and says what was changed. Pure.

Nothing is guessed: a text is changed only where what comes of it fits its field and can be read in no other way. Else
it stays as it is, and the field's own error says what is expected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from wizard.core.answers import LONGEST_VALUE, Field, Kind, Reading, tenant_error
from wizard.core.late_pattern import late_pattern
from wizard.core.shapes import GUID_PATTERN, is_guid
from wizard.core.text import is_invisible

QUOTES: Final = {
    '"': '"', "'": "'", "`": "`", "“": "”", "”": "”", "„": "“", "‘": "’", "’": "’", "‚": "‘", "«": "»", "»": "«",
}  # fmt: skip
"""Quotation marks, and what closes each."""
AROUND: Final = " around it"
QUOTES_AROUND: Final = "quotes" + AROUND
MICROSOFT_DOMAINS: Final = (
    "microsoft.com", "azure.com", "microsoftonline.com", "windows.net", "office.com", "cloud.microsoft",
    "microsoft.us", "azure.us", "microsoftonline.us", "office365.us",
    "azure.cn", "microsoftonline.cn", "chinacloudapi.cn",
)  # fmt: skip
"""An address of one of these names a tenant in itself, and is no tenant's own domain."""
TENANT_FIRST: Final = frozenset({"login", "sts", "portal", "entra", "aad", "ms"})
"""First labels of Microsoft's hosts whose addresses begin with the tenant."""
NO_DOMAINS: Final = (".html", ".htm", ".aspx", ".php")
"""How a page's name ends, which has otherwise the form of a domain."""

_BRACED_GUID = late_pattern(
    rf"(urn:uuid:)?(?:({GUID_PATTERN})|\{{\s*({GUID_PATTERN})\s*\}}|\(\s*({GUID_PATTERN})\s*\))", re.I
)
_NAMED_ADDRESS = late_pattern(r"([^<>]*)<\s*(?:mailto:)?([^<>\s]+)\s*>", re.I)
_ADDRESS_BEGINS = late_pattern(r"https?://", re.I)
_TENANT_AFTER_AT = late_pattern(r"@([^/?#&]+)")
_TENANT_BY_NAME = late_pattern(r"(?:^|[?&/])(?:tid|tenant|tenant_?id)[=/]([^&/?#]+)", re.I)
_APP_BY_NAME = late_pattern(rf"(?:^|[?&/])(?:app_?id|client_?id)[=/]({GUID_PATTERN})(?=$|[&/?#])", re.I)
_VAULT_RESOURCE = late_pattern(r"/providers/Microsoft\.KeyVault/vaults/([^/?#&\s]+)", re.I)
_HAS_HOST_FIRST = late_pattern(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::443)?(?:[/?#]\S*)?")


class Meant(NamedTuple):
    """A value as it is meant, and a sentence on what was changed, "" where nothing was."""

    value: str
    note: str


def as_meant(field: Field, text: str, vault_suffix: str = "") -> Meant:
    """Return the value that a text for `field` means.

    A text that fits is not changed, but for a client secret in quotes. One that does not, and means nothing that fits,
    only loses the blanks around it.

    Args:
        field: what was asked.
        text: as it was typed or pasted.
        vault_suffix: how the hosts of the cloud's vaults end, "" where that is not known.
    """
    if len(text) > LONGEST_VALUE:
        return Meant(text, "")
    if field.kind is Kind.SECRET:
        return _secret_as_meant(field, text)
    if field.kind not in (Kind.TEXT, Kind.PATH) or not field.error(text):
        return Meant(text, "")
    inside, around = text, list[str]()
    while (peeled := _peel(inside)) is not None:
        inside, taken = peeled
        around += taken
        if not field.error(inside):
            return _said(Reading(inside, ""), around)
    reading = field.reader(inside, vault_suffix) if field.reader else None
    if reading is None or field.error(reading.value):
        return Meant(text.strip(), "")
    return _said(reading, around)


def _said(reading: Reading, around: Iterable[str]) -> Meant:
    """Return the value with the sentence that says what was changed."""
    clauses = [clause for clause in (left_off(around), reading.clause) if clause]
    return Meant(reading.value, f"Taken as {reading.value}: {'; '.join(clauses)}." if reading.value else "")


def left_off(things: Iterable[str]) -> str:
    """Return a clause such as "the scheme and the slash are left off"; "" for nothing."""
    named = sorted(dict.fromkeys(things), key=lambda thing: thing.endswith(AROUND))
    if not named:
        return ""
    words = [f"the {thing.removesuffix(AROUND)}" for thing in named]
    is_one = len(words) == 1 and not words[0].endswith("s")
    if named[-1].endswith(AROUND):
        words[-1] += AROUND  # once, for all that stand around it
    listed = " and ".join((", ".join(words[:-1]), words[-1]) if len(words) > 1 else words)
    return f"{listed} {'is' if is_one else 'are'} left off"


# --- what stands around a value -----------------------------------------------------------------------------------


def _peel(text: str) -> tuple[str, list[str]] | None:
    """Return what is left without the outermost thing around it, and the name of that; None where there is none."""
    bare, ends = _without_blank_ends(text)
    if ends:
        return bare, ends
    if text[:7].lower() == "mailto:":
        return text[7:].partition("?")[0], ["“mailto:” before it"]
    if inside := _without_quotes(text):
        return inside, [QUOTES_AROUND]
    if len(text) > 2 and text[0] == "<" and text[-1] == ">" and not set("<>") & set(text[1:-1]):
        return text[1:-1], ["angle brackets around it"]
    if text[-1:] in (",", ";"):
        return text[:-1], ["comma after it" if text[-1] == "," else "semicolon after it"]
    return None


def _without_blank_ends(text: str) -> tuple[str, list[str]]:
    """Return a text without blanks and invisible characters at its ends, and the names of those that it had."""
    start, end = 0, len(text)
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    taken = text[:start] + text[end:]
    names = (
        ("blanks around it", any(map(str.isspace, taken))),
        ("invisible characters around it", not all(map(str.isspace, taken))),
    )
    return text[start:end], [name for name, is_there in names if is_there]


def _is_blank(character: str) -> bool:
    return character.isspace() or is_invisible(character)


def _without_quotes(text: str) -> str:
    """Return what stands in one pair of quotes; "" where the text does not."""
    is_quoted = len(text) > 2 and QUOTES.get(text[0]) == text[-1]
    return text[1:-1] if is_quoted and text[0] not in text[1:-1] and text[-1] not in text[1:-1] else ""


def _secret_as_meant(field: Field, text: str) -> Meant:
    """Return a secret without what stands around it, of which it can have nothing; its inside is never changed."""
    reading = field.reader(text, "") if field.reader else None
    if reading is None or field.error(reading.value):
        return Meant(text.strip(), "")
    return Meant(reading.value, f"{reading.clause[:1].upper()}{reading.clause[1:]}.")


# --- the readers of fields ----------------------------------------------------------------------------------------


def read_client_secret(text: str, _vault_suffix: str) -> Reading | None:
    """Read a client secret; Entra makes none with quotes or blanks around it."""
    bare, around = _without_blank_ends(text)
    inside = _without_quotes(bare)
    if inside and not set(inside) & (set(QUOTES) | set(QUOTES.values())):
        value, ends = _without_blank_ends(inside)
        return Reading(value, left_off((*around, QUOTES_AROUND, *ends)))
    return Reading(bare, left_off(around)) if around else None


def read_guid(text: str, _vault_suffix: str) -> Reading | None:
    """Read a GUID in braces, in parentheses or as a URN."""
    found = _BRACED_GUID.fullmatch(text)
    if found is None:
        return None
    around = (("“urn:uuid:” before it", found[1]), ("braces", found[3]), ("parentheses", found[4]))
    return Reading(found[2] or found[3] or found[4], left_off(name for name, is_there in around if is_there))


def read_client_id(text: str, vault_suffix: str) -> Reading | None:
    """Read the id of an app: a GUID, or a portal's address in which it is called that."""
    if (guid := read_guid(text, vault_suffix)) is not None:
        return guid
    parts = _address(text)
    if parts is None or not _is_microsofts(parts):
        return None
    ids = {found.lower() for found in _APP_BY_NAME.findall(_after_host(parts))}
    return Reading(ids.pop(), "the app's id in the address is used") if len(ids) == 1 else None


def read_tenant(text: str, vault_suffix: str) -> Reading | None:
    """Read a tenant: a GUID, a web address, an e-mail address, a portal's address that names it, a final dot."""
    if (guid := read_guid(text, vault_suffix)) is not None:
        return guid
    if (parts := _address(text)) is not None:
        return _tenant_in_portal(parts) if _is_microsofts(parts) else _domain_of_site(parts)
    if "@" in text:
        return _domain_of_address(text)
    if text.endswith("/") and "/" not in text[:-1]:
        return Reading(text[:-1].removesuffix("."), left_off(["slash"]))
    return Reading(text[:-1], left_off(["dot"])) if text.endswith(".") else None


def _domain_of_site(parts: SplitResult) -> Reading | None:
    """Return the domain of a web address that is nothing but the site's."""
    host = _host(parts)
    if not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        return None
    things = ["scheme", *(["dot"] if host.endswith(".") else []), *(["slash"] if parts.path else [])]
    return Reading(host.removesuffix("."), left_off(things))


def _domain_of_address(text: str) -> Reading | None:
    """Return the domain of an e-mail address, unless it is the name that a guest has in another tenant."""
    address = _address_alone(text)
    name, _, domain = address.rpartition("@")
    if "#" in name or "@" in name or any(map(str.isspace, address)):
        return None
    return Reading(domain.removesuffix("."), "only the domain after the @ is used")


def _tenant_in_portal(parts: SplitResult) -> Reading | None:
    """Return the one tenant that an address of Microsoft's names; None where it names none, or two."""
    named = _TENANT_BY_NAME.findall(_after_host(parts)) + _TENANT_AFTER_AT.findall(parts.fragment)[:1]
    first = parts.path.split("/")[1:2]
    if _host(parts).partition(".")[0].lower() in TENANT_FIRST:
        named += [each for each in first if not each.lower().endswith(NO_DOMAINS)]
    tenants = {each.lower() for each in map(unquote, named) if not tenant_error(each)}
    if len(tenants) != 1:
        return None
    tenant = tenants.pop()
    what = "id" if is_guid(tenant) else "domain"
    return Reading(tenant, f"the tenant's {what} in the address is used")


def read_user_name(text: str, _vault_suffix: str) -> Reading | None:
    """Read a user principal name: as mail programs write it with the person's name, or with a final dot."""
    address = _address_alone(text)
    if address == text and not text.endswith("."):
        return None
    value = address.removesuffix(".")
    return Reading(value, left_off(["dot"]) if address == text else "only the user name in it is used")


def read_vault_url(text: str, vault_suffix: str) -> Reading | None:
    """Read the address of a vault: its name, its host, an address below it, its resource id."""
    if resources := {unquote(name).lower() for name in _VAULT_RESOURCE.findall(unquote(text))}:
        is_one = len(resources) == 1 and (text.startswith("/") or _is_microsofts(_address(text)))
        return _vault_of_name(resources.pop(), vault_suffix, "the vault's name in it is used") if is_one else None
    if "." not in text and "/" not in text:
        return _vault_of_name(text, vault_suffix, "the name is put in full")
    parts = _address(text) or (_address(f"https://{text}") if _HAS_HOST_FIRST.fullmatch(text) else None)
    host = _host(parts).removesuffix(".") if parts else ""
    if parts is None or not _is_host_of_vault(host, vault_suffix):
        return None
    clauses = []
    if not _ADDRESS_BEGINS.match(text):
        clauses.append("https:// is put before it")
    elif parts.scheme == "http":
        clauses.append("http is made https")
    if parts.path or parts.query or parts.fragment:
        clauses.append("what follows the host is left off")
    return Reading(f"https://{host}", "; ".join(clauses) or left_off(["dot"]))


def _vault_of_name(name: str, vault_suffix: str, clause: str) -> Reading | None:
    return Reading(f"https://{name.lower()}.{vault_suffix}", clause) if vault_suffix else None


def _is_host_of_vault(host: str, vault_suffix: str) -> bool:
    return ".vault." in host or bool(vault_suffix and host.endswith("." + vault_suffix))


# --- parts of addresses -------------------------------------------------------------------------------------------


def _address(text: str) -> SplitResult | None:
    """Return the parts of a web address at its usual port and without a user name; None for any other text."""
    if not _ADDRESS_BEGINS.match(text) or any(map(str.isspace, text)):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    is_plain = "@" not in parts.netloc and port in (None, 443 if parts.scheme == "https" else 80)
    return parts if is_plain and parts.hostname else None


def _host(parts: SplitResult) -> str:
    return parts.hostname or ""


def _after_host(parts: SplitResult) -> str:
    return f"{parts.path}?{parts.query}&{parts.fragment}"


def _is_microsofts(parts: SplitResult | None) -> bool:
    host = "." + _host(parts).removesuffix(".") if parts else ""
    return host.endswith(tuple(f".{domain}" for domain in MICROSOFT_DOMAINS))


def _address_alone(text: str) -> str:
    """Return the e-mail address in `Name <address>`; the text where it is not that, or the name is another address."""
    found = _NAMED_ADDRESS.fullmatch(text)
    if found is None:
        return text
    name, address = found[1].strip(), found[2]
    return text if "@" in name and name.lower() != address.lower() else address
