"""What the operator is asked: the fields of the steps, the form of their values, and the answers given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from wizard.core.late_pattern import late_pattern
from wizard.core.secret import Secret
from wizard.core.shapes import CLIENT_SECRET, is_guid

Value = str | bool | int | Secret | None

_DOMAIN = late_pattern(r"(?=.{4,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{1,62}")
_VAULT_NAME = late_pattern(r"(?=.{3,24}$)[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*")
_SECRET_NAME = late_pattern(r"[0-9A-Za-z-]{1,127}")
_HEXADECIMAL = late_pattern(r"[0-9a-fA-F]{32,}")
_USER_NAME = late_pattern(r"[^@\s:;,<>()\[\]\\\"“”„«»\u200b-\u200f\u2060\ufeff]{1,64}@[^@\s]+")
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts of a redirect URI on which the wizard itself can listen (RFC 8252, 7.3)."""
SHORTEST_REFRESH_TOKEN: Final = 100
"""Characters; those of Entra have many hundred."""
LONGEST_VALUE: Final = 16_000
"""Characters of a pasted value; more is a wrong paste."""


class Kind(StrEnum):
    """How a field is asked for."""

    TEXT = "text"
    SECRET = "secret"
    YES_NO = "yes_no"
    YES_NO_UNKNOWN = "yes_no_unknown"
    CHOICE = "choice"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Answers:
    """The operator's answers. Strings are stripped; "" and None mean not answered. Secrets are never stored.

    `account` is "primary" or "sandbox". `credential` is "none", "secret", "certificate", "vault_secret",
    "vault_certificate", or one of `OUTSIDE_TOKENS`; with `certificate_create` a
    certificate that is not there may be created.
    `account_progress` is how far a new integration user is, by the operator's word.
    `public_client` and `consent_granted` are what the operator says, None where unknown. `consent_wait` and
    `sign_in_wait` are in seconds. `sign_in_flow` is "auto", "browser", "device-code" or "stored-token"; `sign_in_rules`
    is what the operator says: "unknown", "security-defaults" or "conditional-access". `token_layout` is where a token
    that is taken over lies: the name of a layout, "other" (under `vault_secret`) or "typed" (in `stored_token`);
    `token_mark` is whether its secret may get the tags of this onboarding. `vault_reader` is the id of the program that
    reads the token. `renew_after_days`, `renew_before_days` and `renew_keep` are the rule by which a job renews the
    stored token. `token_resources` are the application id URIs of the APIs that `partner-wizard token` may get tokens
    for, beside those it knows.
    """

    cloud: str = "global"
    profile: str = "csp"
    tenant: str = ""
    associated: bool = False
    account: str = "primary"
    client_id: str = ""
    credential: str = "secret"
    client_secret: Secret | None = None
    certificate: str = ""
    passphrase: Secret | None = None
    credential_name: str = ""
    certificate_create: bool = False
    managed_identity: str = ""
    assertion_file: str = ""
    public_client: bool | None = None
    home_tenant: str = ""
    consent_redirect_uri: str = ""
    consent_answer: str = ""
    consent_granted: bool | None = None
    consent_wait: int = 300
    integration_user: str = ""
    account_progress: str = "ready"
    sign_in_flow: str = "auto"
    sign_in_rules: str = "unknown"
    sign_in_wait: int = 900
    sign_in_redirect_uri: str = "http://localhost"
    token_layout: str = "cipp"
    stored_token: Secret | None = None
    token_mark: bool = False
    vault_url: str = ""
    vault_secret: str = "partner-center-refresh-token"
    vault_replace: bool = False
    vault_identity: str = "default"
    vault_reader: str = ""
    graph_identity: str = "none"
    renew_after_days: int = 7
    renew_before_days: int = 30
    renew_keep: int = 2
    token_resources: tuple[str, ...] = ()


SECRET_FIELDS: Final = ("client_secret", "passphrase", "stored_token", "consent_answer")
"""Never written to disk: three secrets, and a pasted address that is good for one run only."""


OUTSIDE_TOKENS: Final = {
    "federated_managed": "managed",
    "federated_workload": "workload",
    "federated_file": "file",
}
"""The credentials that are a token of another issuer, and where it comes from."""


class Reading(NamedTuple):
    """What a text means for a field, and a clause that says what was changed, such as "the dot is left off"."""

    value: str
    clause: str


Reader: TypeAlias = Callable[[str, str], Reading | None]
"""Reads a text that does not fit its field; also given how the hosts of the cloud's vaults end, "" if not known."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a step.

    Args:
        key: the attribute of `Answers`.
        label: a few words for a form.
        help: one sentence: where to find the value, or what it is for.
        kind: how it is asked for.
        validate: is given a text, and returns "" or what is wrong with it, such as "expected a GUID".
        reader: is given a text that does not fit, and tells what it means; None if that is nothing else.
        required: whether the step cannot run without it.
        choices: values and words of a choice.
        unproves: ids of checks, or of steps, that no longer hold when the value changes.
        keeps_facts: whether what the un-proven steps have learnt stays valid.
        asked_if: whether it is asked, given the answers so far.
        spared_if: whether it may stay empty although it is required, given the answers so far; None: never.
        if_missing: what is said of an empty one that is required.
        is_long: whether values are often longer than forty characters, and need a line of their own.
        is_extra: whether only a form shows it: where one question follows the other, nobody is asked unless answers are
            changed.
        facet: of the profiles in which it is asked, "" for every one.
    """

    key: str
    label: str
    help: str
    kind: Kind = Kind.TEXT
    validate: Callable[[str], str] = lambda _value: ""
    reader: Reader | None = None
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    unproves: tuple[str, ...] = ()
    keeps_facts: bool = False
    asked_if: Callable[[Answers], bool] = lambda _answers: True
    spared_if: Callable[[Answers], bool] | None = None
    if_missing: str = "needs a value"
    is_long: bool = False
    is_extra: bool = False
    facet: str = ""

    def as_asked(self, answers: Answers) -> Field:
        """Return it as it is asked with these answers, which may make it one that can stay empty."""
        return replace(self, required=False) if self.spared_if is not None and self.spared_if(answers) else self

    def error(self, value: Value) -> str:
        """Return what is wrong with a value for this field, "" where it fits."""
        if value is None and self.required:
            return "needs an answer" if self.kind is Kind.YES_NO else self.if_missing
        if isinstance(value, bool) or value is None:
            return ""
        if isinstance(value, int):
            return "" if 0 <= value <= 86_400 else "expected a number of seconds from 0 to 86400"
        text = value.reveal() if isinstance(value, Secret) else value
        if not text:
            return self.if_missing if self.required else ""
        if len(text) > LONGEST_VALUE:
            return f"{len(text):,} characters are too many for this field; that looks like a wrong paste"
        if self.choices and text not in {choice for choice, _ in self.choices}:
            return "expected one of " + ", ".join(choice for choice, _ in self.choices)
        return self.validate(text)


def guid_error(value: str) -> str:
    """Return "" for a GUID such as 11111111-2222-3333-4444-555555555555, else what is expected."""
    if is_guid(value):
        return ""
    return "expected a GUID: 32 hexadecimal digits in groups of 8-4-4-4-12"


def tenant_error(value: str) -> str:
    """Return "" for what has the form of a tenant id or a domain, else what is expected."""
    if is_guid(value) or _DOMAIN.fullmatch(value):
        return ""
    if value.lower().startswith(("http:", "https:")):
        return "expected a domain such as contoso.com, without https://"
    if "@" in value:
        return "expected only the part after the @, such as contoso.com"
    return "expected a domain such as contoso.com, or the tenant id (a GUID)"


def user_name_error(value: str) -> str:
    """Return "" for what has the form of a user principal name, else what is expected."""
    name, _, domain = value.partition("@")
    if _USER_NAME.fullmatch(value) and _DOMAIN.fullmatch(domain) and name:
        return ""
    return "expected a user name such as partner-integration@contoso.com"


def vault_url_error(value: str) -> str:
    """Return "" for the address of a vault (https, a vault name as its first label, no path), else what is expected."""
    if "\\" in value:
        return "expected slashes (/) and no backslash, as in https://contoso-partner.vault.azure.net"
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "expected an address such as https://contoso-partner.vault.azure.net"
    if parts.scheme != "https":
        return "expected an address that begins with https://, such as https://contoso-partner.vault.azure.net"
    if "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment or (port not in (None, 443)):
        return "expected only https:// and the vault's host, such as https://contoso-partner.vault.azure.net"
    name, _, rest = host.partition(".")
    if not _VAULT_NAME.fullmatch(name):
        return "the vault's name has 3 to 24 letters, digits and single hyphens, and begins with a letter"
    return "" if rest else "expected the vault's whole host, such as contoso-partner.vault.azure.net"


def vault_host(url: str) -> str:
    """Return the host of a vault's address, in lower case, without the port."""
    return (urlsplit(url).hostname or "").lower()


def client_secret_error(value: str) -> str:
    """Return "" for what can be a client secret (one line of visible ASCII), else what is expected."""
    if value.isascii() and value.isprintable() and " " not in value:
        return ""
    return "expected the secret's value: one line of visible characters without spaces"


def refresh_token_error(value: str) -> str:
    """Return "" for what can be a refresh token of Entra (protocol 8), else what it is instead."""
    if CLIENT_SECRET.match(value):
        return "this is a client secret, not a refresh token"
    if value.startswith("eyJ"):
        return "this is an access token, which is good for an hour; expected the refresh token that came with it"
    if is_guid(value):
        return "this is an id; expected a refresh token, which has many hundred characters"
    if not (value.isascii() and value.isprintable()) or set(value) & set(" \"'{}"):
        return "expected a refresh token alone: one line without blanks, quotes and braces"
    if len(value) < SHORTEST_REFRESH_TOKEN:
        return f"{len(value)} characters are too few for a refresh token, which has many hundred"
    return ""


def secret_name_error(value: str) -> str:
    """Return "" for what can name a Key Vault secret (protocol 2.3) and is no secret itself, else what is expected."""
    is_name = _SECRET_NAME.fullmatch(value) and len(value) <= 127 - len("-write-check")
    if CLIENT_SECRET.search(value) or (is_name and _HEXADECIMAL.fullmatch(value)):
        return "this looks like a secret itself; expected the name under which the vault keeps it"
    return "" if is_name else "expected 1 to 115 letters, digits and hyphens"


def redirect_uri_error(value: str) -> str:
    """Return "" for a redirect URI that can be used here, else what is expected.

    It is https, or http on localhost, without a query or a fragment.
    """
    if "\\" in value:
        return "expected slashes (/) and no backslash, as in http://localhost"
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return "expected a redirect URI of the app, such as http://localhost"
    if "?" in value or "#" in value:
        return "expected the redirect URI alone, as the app registration has it: without ? or # and what follows"
    if parts.scheme == "https" and parts.hostname:
        return ""
    if parts.scheme == "http" and is_loopback(value):
        return ""
    return "expected a redirect URI of the app: http://localhost (received here) or an https address"


def is_loopback(uri: str) -> bool:
    """Return whether the wizard itself can listen on `uri` (RFC 8252, 7.3)."""
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
