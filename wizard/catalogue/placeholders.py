"""Fills the placeholders of an entry, such as <vault>, with the names that a service's own text gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from wizard.catalogue.graph_operations import PERMISSION, REQUEST
from wizard.core.late_pattern import holds_any, late_pattern
from wizard.core.shapes import GUID_PATTERN

_GUID: Final = GUID_PATTERN + "(?![0-9A-Fa-f-])"
_DOMAIN: Final = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){1,8}(?!\.?[\w-])"
_ADDRESS: Final = "<the address the service named>"
_EITHER: Final = "<one of two parameters>"
_EXPECTED: Final = "<audience expected>"
_FOUND: Final = "<audience found>"
_AUDIENCE: Final = rf"https://{_DOMAIN}"
HOST: Final = "<host>"
"""The host that a program could not reach."""
IDENTITY_ENDPOINT: Final = "<identity endpoint>"
"""The address at which a program asked for a managed identity's token."""
APP: Final = "<app>"
# What stands in a command is let through only in a form that no shell reads as more than a word.
_PATTERNS: Final[Mapping[str, tuple[str, ...]]] = {
    "<vault>": (
        r"(?:\b|\\n)Vault: ([A-Za-z][A-Za-z0-9-]{2,23})(?!\.?[\w-])",
        r"\bvault ['\"]([A-Za-z][A-Za-z0-9-]{2,23})['\"] (?:was )?not found",
        r"(?:--vault-name|-VaultName)[ =][\"']?([A-Za-z][A-Za-z0-9-]{2,23})(?![\w.-])",
        r"\bkey vault '([A-Za-z][A-Za-z0-9-]{2,23})(?:;|')",
        r"https://([A-Za-z][A-Za-z0-9-]{2,23})\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)(?![\w.-])",
    ),
    "<secret>": (
        r"\(name/id\) ([0-9A-Za-z-]{1,127})(?!\.?[\w-])",
        r"\bSecret ([0-9A-Za-z-]{1,127}) is currently",
        r"\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)/secrets/([0-9A-Za-z-]{1,127})(?!\.?[\w-])",
    ),
    "<object id>": (rf"\boid=({_GUID})", rf"\bobject id '?({_GUID})"),
    _ADDRESS: (r"Client address: ([0-9A-Fa-f.:]{2,45})",),
    "<app id>": (
        rf"(?<!resource )(?:application|app):? (?:with )?(?:identifier |ID:? |for )?'?({_GUID})",
        rf"\bapplication [^\n'()]{{1,60}} \('({_GUID})'\)",
        rf"\bClient: '?({_GUID})",
        rf"\bappid=({_GUID})",
        rf"\bbrokerplugin/({_GUID})",
    ),
    "<tenant>": (
        rf"\bmust match the tenant '?https://sts\.windows\.net/({_GUID})",
        rf"\b(?:tenant|directory)(?: named| with id| id)? '?({_GUID})",
        rf"\b(?:tenant|directory)(?: named)? '({_DOMAIN})",
        rf"\btenant named ({_DOMAIN})",
        rf"https://login\.(?:microsoftonline\.(?:com|us)|windows\.net|partner\.microsoftonline\.cn)/({_GUID}|{_DOMAIN})",
    ),
    "<resource>": (
        rf"\bresource app ID: ({_GUID})",
        rf"\bresource principal named '?api://({_GUID})",
        rf"\b(?:needs|trying to) access (?:to )?a service \(?['\"]({_GUID}|https://[A-Za-z0-9.-]{{4,100}})",
        rf"\bresource (?:principal )?(?:named |with identifier |')?'?({_GUID})",
        r"\bresource (?:principal )?(?:named |with identifier |')?'?(https://[A-Za-z0-9.-]{4,100})(?![\w.:-])",
        rf"\bto access '({_GUID})",
    ),
    "<parameter>": (
        r"following parameter: '([a-z_]{2,30})'(?!\s{1,9}or\b)",
        r"\b(?:argument (?:to|on) parameter|\(Parameter|Parameter name:) '?([A-Za-z]\w{1,40})\b",
        r"\b(?:argument|parameter) [\"']([A-Za-z]\w{1,40})[\"'] (?:cannot|can't|can not|must not|may not)\b",
    ),
    _EITHER: (r"following parameter: ('[a-z_]{2,30}'\s{1,9}or\s{1,9}'[a-z_]{2,30}')",),
    "<operation>": (
        r"\bnot have (?:permission|authorization) to perform action(?:\(s\))? '([A-Za-z][A-Za-z./-]{4,119})'",
        r"\b(?<!has permission to )perform action '([A-Za-z][A-Za-z./-]{4,119})'",
    ),
    "<namespace>": (r"\bnamespace '(Microsoft\.[A-Za-z]{2,40}(?:\.[A-Za-z]{2,40})?)'",),
    "<redirect URI>": (
        r"\b(?:redirect URI|reply (?:url|address))\b[^\n'\"]{0,40}['\"]"
        r"((?:https?|ms-appx-web|msauth|msal)[A-Za-z0-9-]{0,40}://[A-Za-z0-9.:/_~-]{1,160})['\"]",
        r"\bredirect_uri=((?:https?)://[A-Za-z0-9.:/_~-]{1,160})",
    ),
    "<scope>": (r"\bover scope '(/subscriptions/[A-Za-z0-9./_()-]{4,400})'",),
    "<policy id>": (rf'"capolids":\s?\{{[^{{}}]{{0,80}}"values":\s?\["({_GUID})"',),
    HOST: (
        rf"\bhost(?:name)?(?:='| '|: |: ')({_DOMAIN})",
        rf"\b(?:connect to|to host|resolve|resolved|lookup|valid for|ENOTFOUND|EAI_AGAIN):? \(?'?({_DOMAIN})",
        rf"\bhost is known\.? \(({_DOMAIN})",
        rf"\bConnection to ({_DOMAIN}) timed out",
        rf"\(({_DOMAIN}):443\)",
    ),
    _EXPECTED: (rf"\bExpected:? ?({_AUDIENCE})",),
    _FOUND: (rf"\bfound:? ?(?!https://sts\.)({_AUDIENCE})",),
    "<thumbprint>": (r"\bThumbprint(?: of key used by client)?: ?'?([0-9A-Fa-f]{40})\b",),
    "<auth scope>": (r"-AuthScope ([A-Z][A-Za-z]{3,60})\b",),
    "<context>": (r'"acrs":\s?\{[^{}]{0,80}"values?":\s?\[?"(c[0-9]{1,2})"',),
}
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "<vault>": ("vault",),
    "<secret>": ("(name/id)", "secret"),
    "<object id>": ("oid=", "object id"),
    _ADDRESS: ("client address",),
    "<app id>": ("app", "client:", "brokerplugin"),
    "<tenant>": ("tenant", "directory", "https://login."),
    "<resource>": ("resource", " access "),
    "<parameter>": ("following parameter", "parameter", "argument"),
    _EITHER: ("following parameter",),
    "<operation>": ("perform action",),
    "<namespace>": ("namespace",),
    "<redirect URI>": ("redirect", "reply "),
    "<scope>": ("over scope",),
    "<policy id>": ("capolids",),
    HOST: ("host", "connect", "resolve", "lookup", "valid for", "enotfound", "eai_again", ":443)"),
    _EXPECTED: ("expected",),
    _FOUND: ("found",),
    "<thumbprint>": ("thumbprint",),
    "<auth scope>": ("-authscope",),
    "<context>": ("acrs",),
}
"""One of these stands, in small letters, in every text that a pattern of a placeholder matches."""
_IN_PROSE: Final = {
    APP: "the app",
    IDENTITY_ENDPOINT: "the identity endpoint",
    "<app id>": "the client ID",
    "<API>": "the API",
    "<redirect URI>": "the redirect URI of the request",
    HOST: "the host",
    "<vault>": "the vault",
    "<thumbprint>": "the certificate",
    "<secret>": "the secret",
    "<parameter>": "the parameter that the text names",
    PERMISSION: "the one that is missing",
    REQUEST: "this request",
}
"""What a sentence says for a name that the text does not give; in a command the placeholder stays for the reader."""
_ASKED_TENANT: Final = late_pattern(
    rf"\b(?:against|token for) tenant:? ['\"]?({_GUID})"
    rf"|(?<![A-Za-z])-{{0,2}}tenant(?:[ _-]?id)?['\"]?\s{{0,2}}[ =:]\s{{0,2}}['\"]?({_GUID})",
    re.IGNORECASE,
    needs=("tenant",),
)
_LOCAL_ADDRESS: Final = late_pattern(
    r"(?<![\w.-])((?:localhost|127\.0\.0\.1|169\.254\.[0-9]{1,3}\.[0-9]{1,3})(?::[0-9]{2,5})?)(?![\w-]|\.[0-9])",
    re.IGNORECASE,
    needs=("localhost", "127.0.0.1", "169.254."),
)
_NAMED_APP: Final = late_pattern(
    rf"\bapplication (?:with ID '{GUID_PATTERN}' )?(?:named )?['\"]([A-Za-z][\w ().-]{{2,60}})['\"`]",
    re.IGNORECASE,
    needs=("application ",),
)
_COMMAND: Final = late_pattern(r"(`[^`]*`)")
_LABELS: Final = {
    "<vault>": "key vault",
    "<secret>": "secret",
    "<object id>": "caller's object id",
    _ADDRESS: "address the service saw",
    "<app id>": "client id",
    "<tenant>": "tenant",
    "<resource>": "resource",
    "<parameter>": "missing parameter",
    _EITHER: "missing parameter",
    HOST: "host",
    IDENTITY_ENDPOINT: "identity endpoint",
    "<operation>": "operation",
    "<namespace>": "resource provider",
    "<redirect URI>": "redirect URI",
    "<scope>": "scope",
    "<policy id>": "policy id",
    "<context>": "authentication context",
    _EXPECTED: "audience that is taken",
    _FOUND: "the token's audience",
    REQUEST: "request",
    PERMISSION: "permission it usually needs",
}


def find_placeholder_values(text: str) -> dict[str, str]:
    """Return the names in a service's text, by the placeholder that they fill in an act.

    Args:
        text: cleaned; a refusal of Key Vault names the caller ("appid=…;oid=…"), its vault, and of a firewall the
            address it saw; one of Entra names app, tenant and resource. Source: protocol 1.2, 2.3.
    """
    names = {}
    folded = text.lower()
    for placeholder, patterns in _PATTERNS.items():
        if not holds_any(folded, _NEEDS[placeholder]):
            continue
        found = next((found for pattern in patterns if (found := re.search(pattern, text, re.IGNORECASE))), None)
        value = found[1] if found else ""
        if placeholder == _ADDRESS:
            value = _ip_address(value)
        elif placeholder == _EITHER:
            value = " ".join(value.replace("'", "").split())
        if value:
            names[placeholder] = value
    return names


def find_refusing_tenant(context: str) -> dict[str, str]:
    """Return the tenant that a program says beside a refusal it asked, {} where it names none or several."""
    tenants = {(found[1] or found[2]).lower() for found in _ASKED_TENANT.finditer(context)}
    return {"<tenant>": tenants.pop()} if len(tenants) == 1 else {}


def find_identity_endpoint(context: str) -> dict[str, str]:
    """Return the address of this machine or its host that a text names first with a port, else first; {} for none."""
    found = [each[1] for each in _LOCAL_ADDRESS.finditer(context)]
    named = next((each for each in found if ":" in each), next(iter(found), ""))
    return {IDENTITY_ENDPOINT: named} if named else {}


def find_named_app(text: str) -> str:
    """Return the name of the application that a refusal names in quotation marks, "" for none."""
    found = _NAMED_APP.search(text)
    return found[1] if found else ""


def with_derived(names: Mapping[str, str]) -> dict[str, str]:
    """Return the names with those that follow from them: the app in a sentence, the API by name and by its id."""
    derived = dict(names)
    if HOST not in names and "<vault>" in names:
        derived[HOST] = f"{names['<vault>']}.vault.azure.net"
    if "<app id>" in names:
        derived.setdefault(APP, names["<app id>"])
    if resource := names.get("<resource>", ""):
        from wizard.catalogue.well_known import api_id, audience  # reads files: only when there is an id

        derived.setdefault("<API>", audience(resource).name or resource)
        if number := api_id(resource):
            derived.setdefault("<api id>", number)
    return derived


def fill_placeholders(text: str, names: Mapping[str, str]) -> str:
    """Return a text with the names that are known.

    One that is not known is replaced by words for it; in a command it stays, for the reader to fill.
    """
    if "<" not in text:
        return text
    parts = _COMMAND.split(text)
    for at, part in enumerate(parts):
        for placeholder, value in {**({} if at % 2 else _IN_PROSE), **names}.items():
            part = part.replace(placeholder, value)
        parts[at] = part
    return "".join(parts)


def as_evidence(names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the names as a person reads them; an app of Microsoft's own, and what a token is for, by name as well."""
    return tuple(
        (_LABELS.get(placeholder, placeholder.strip("<>")), _with_name(placeholder, value))
        for placeholder, value in names.items()
    )


def _with_name(placeholder: str, value: str) -> str:
    if placeholder not in ("<app id>", "<resource>"):
        return value
    from wizard.catalogue.well_known import audience, microsoft_client  # reads files: only when there is an id

    name = microsoft_client(value) or audience(value).name
    return f"{value} ({name})" if name else value


def _ip_address(text: str) -> str:
    """Return an IP address as it is written, "" for what is none."""
    from ipaddress import ip_address

    try:
        return str(ip_address(text.rstrip(".")))
    except ValueError:
        return ""
