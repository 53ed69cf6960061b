"""Reads a token as a doctor reads a chart: what is well, what is missing for Partner Center, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.well_known import (
    CONSUMERS,
    GLOBAL_ADMINISTRATOR,
    Audience,
    audience,
    cloud_title,
    microsoft_client,
    partner_center_audience,
    role_name,
)
from wizard.core.findings import Retry, Who
from wizard.explain.token_reader.token_claims import TokenClaims, TokenKind
from wizard.explain.token_reader.token_times import format_duration, format_relative, format_utc

SKEW: Final = timedelta(minutes=5)
"""What services allow between their clock and that of whoever asks."""

_LEARN: Final = "https://learn.microsoft.com/entra/identity-platform/"
_LINKS: Final = {
    TokenKind.ACCESS: f"{_LEARN}access-token-claims-reference",
    TokenKind.ID: f"{_LEARN}id-token-claims-reference",
    TokenKind.ASSERTION: f"{_LEARN}certificate-credentials",
    TokenKind.ENCRYPTED: f"{_LEARN}access-tokens",
    TokenKind.OTHER: f"{_LEARN}access-tokens",
}
CLIENT_TYPES: Final = {
    "0": "public: no secret and no certificate",
    "1": "confidential: with a client secret",
    "2": "confidential: with a certificate",
}
"""`appidacr` and `azpacr`: how the client proved itself (protocol.md 1.7)."""
_NEW_TOKEN: Final = "Get a new access token with the refresh token."
_SIGN_IN_WITH_MFA: Final = (
    "Have MFA required for the account on every sign-in (Conditional Access; without Entra ID P1 per-user MFA), and "
    "sign in again in a private window: a refresh does not add MFA. Security defaults require MFA too, but refuse a "
    "sign-in by device code (AADSTS530035)."
)
_WHEN_EXPIRED: Final = {
    TokenKind.ID: "Nothing: an id token matters only at the moment of the sign-in.",
    TokenKind.ASSERTION: "Have the app make a new one for each request (they live some minutes), and check its clock.",
    TokenKind.OTHER: "Get a new one where this one came from.",
}
_MFA: Final = frozenset({"mfa", "ngcmfa"})


@dataclass(frozen=True, slots=True)
class _Remark:
    """What is missing or odd, what to do, and who can. `is_fault` is False for a warning."""

    cause: str
    remedy: str
    who: Who = Who.OPERATOR
    is_fault: bool = True
    retry: Retry = Retry.AFTER_FIX


def describe_token(token: TokenClaims, now: datetime) -> Diagnosis:
    """Give what a token says, what is missing for Partner Center, and what to do.

    Args:
        token: as read.
        now: aware; its times are held against it.

    It is healthy where `retry` is `Retry.YES`. Its signature is not checked. Source: protocol.md 1.7.
    """
    remarks = tuple(_remarks(token, now))
    faults = [remark for remark in remarks if remark.is_fault]
    asks = dict.fromkeys(remark.remedy for remark in remarks)
    if _SIGN_IN_WITH_MFA in asks:
        asks.pop(_NEW_TOKEN, None)  # it would lack MFA as well
    return Diagnosis(
        code="",
        title=_title(token, now),
        cause=" ".join((*_well(token, now), *(remark.cause for remark in remarks), _limits(token, bool(faults)))),
        remedy=" ".join((*_leaked(token, now), *(asks or _nothing_to_do(token)))),
        who=tuple(dict.fromkeys(remark.who for remark in remarks)) or (Who.OPERATOR,),
        retry=faults[0].retry if faults else Retry.YES,
        steps=("user_consent", "partner_center"),
        link=_LINKS[token.kind],
        service="entra",
        evidence=tuple((name, value) for name, value in _rows(token, now) if value),
        is_description=True,
    )


# --- the heading -----------------------------------------------------------------------------------------------------


def _title(token: TokenClaims, now: datetime) -> str:
    kind = f"{token.kind}" if token.is_whole else f"cut {token.kind}"
    whom = f" for {_audience_name(token)}" if token.kind is TokenKind.ACCESS and token.audience else ""
    parts = [f"{'An' if kind[0] in 'aei' else 'A'} {kind}{whom}"]
    if token.kind is TokenKind.ACCESS:
        parts += ["app-only"] if token.of_user is False else [words for words in (_mfa_in_title(token),) if words]
    if when := _time_in_title(token, now):
        parts.append(when)
    return ", ".join(parts)


def _mfa_in_title(token: TokenClaims) -> str:
    if token.amr is None:
        return ""
    return "with MFA" if _MFA & set(token.amr) else "without MFA"


def _time_in_title(token: TokenClaims, now: datetime) -> str:
    if token.ends is None:
        return ""
    if token.ends <= now:
        return f"expired on {format_utc(token.ends)}"
    if begins := _begins_later(token, now):
        return f"not valid before {format_utc(begins)}"
    return f"good until {format_utc(token.ends)}"


def _audience_name(token: TokenClaims) -> str:
    return audience(token.audience).name or token.audience


# --- what is well ----------------------------------------------------------------------------------------------------


def _well(token: TokenClaims, now: datetime) -> Iterator[str]:
    if token.kind is TokenKind.ACCESS:
        found = []
        if audience(token.audience).kind == "partner_center":
            found.append("is for Partner Center")
            if "user_impersonation" in token.scopes:
                found.append("carries the permission user_impersonation")
        if token.amr is not None and _MFA & set(token.amr):
            found.append(f"was got with MFA (amr: {', '.join(token.amr)})")
        if token.ends and token.ends > now and not _begins_later(token, now):
            found.append(f"is good for another {format_duration((token.ends - now).total_seconds())}")
        if found:
            yield f"It {_listed(found)}."


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _limits(token: TokenClaims, has_faults: bool) -> str:
    """Say what cannot be told from a token."""
    if token.kind is TokenKind.ENCRYPTED:
        return "Its length and its kind are all that can be told."
    read = "This is read from the token alone; its signature is not checked"
    if token.signature != "there" and token.is_whole:
        read += f" ({token.signature}: a service takes only the whole token)"
    if token.kind is TokenKind.ACCESS and not has_faults:
        return f"{read}, and a service may still refuse it: for a role, a policy or a revocation."
    return f"{read}."


def _leaked(token: TokenClaims, now: datetime) -> Iterator[str]:
    """Say what to do first about a token that works and stands in a paste. An access token cannot be revoked."""
    is_valid = token.ends is not None and token.ends > now and token.is_whole and token.signature == "there"
    if token.kind is not TokenKind.ACCESS or not is_valid or token.ends is None:
        return
    opens = _audience_name(token) or "what it is for"
    if token.of_user is False:
        ends = "if others saw it, replace the app's secret or certificate as well; this token lives on until its end"
    else:
        ends = (
            "if others saw it, revoke the account's sessions (entra.microsoft.com > Entra ID > Users > All users > the "
            "user > Revoke sessions); this token itself lives on until its end"
        )
    end = format_utc(token.ends)
    yield f"Whoever has this token can open {opens} with it until {end}: delete the paste, and {ends}."


def _nothing_to_do(token: TokenClaims) -> tuple[str, ...]:
    if token.kind is TokenKind.ACCESS and audience(token.audience).kind == "partner_center":
        return (
            "Nothing is missing for Partner Center. If it refuses the token all the same, run `partner-wizard check`.",
        )
    return ("Nothing is wrong with it. Do not pass it on.",)


# --- what is missing -------------------------------------------------------------------------------------------------


def _remarks(token: TokenClaims, now: datetime) -> Iterator[_Remark]:
    """Give what is missing for Partner Center, the graver first."""
    if not token.is_whole:
        yield _Remark(
            "It is cut: what is not named here may stand in the part that is missing, and no service takes it.",
            "Copy the whole token, in one line: three parts with two dots between them.",
        )
    if token.kind is TokenKind.ENCRYPTED:
        yield _Remark("It is encrypted, and only the service it is for can read it.", "Ask that service.")
        return
    yield from _of_kind(token)
    if token.kind is TokenKind.ACCESS:
        yield from _of_access(token)
    yield from _of_time(token, now)
    if GLOBAL_ADMINISTRATOR in token.roles and token.of_user is not False:
        yield _Remark(
            "Its user is a Global Administrator: whoever gets such a token has the whole tenant.",
            "For the integration user take a dedicated account that is only an Admin agent, and sign in again.",
            Who.ADMIN,
            is_fault=False,
        )


def _of_kind(token: TokenClaims) -> Iterator[_Remark]:
    if token.kind is TokenKind.ID:
        yield _Remark(
            "An id token tells an app who signed in. No service takes it as a pass, and it does not tell about MFA.",
            "Give Partner Center the access token (member access_token of the same answer).",
            is_fault=False,
        )
    elif token.kind is TokenKind.ASSERTION:
        yield _Remark(
            "An app made it with its certificate, to prove itself to Entra. It is no access token.",
            "Look at the access token that Entra gives for it, or at the error it answers.",
            is_fault=False,
        )
    elif not token.is_entra and token.is_whole:
        named = f" ({token.issuer})" if token.issuer else ""
        yield _Remark(
            f"Its issuer{named} is not Microsoft Entra ID in a cloud that is known here.",
            "Check where the token comes from: Partner Center takes only tokens of Microsoft Entra ID.",
        )


def _of_access(token: TokenClaims) -> Iterator[_Remark]:
    wanted = partner_center_audience(token.issuer_host)
    service = audience(token.audience)
    if token.audience or token.is_whole:
        yield from _of_audience(token, service, wanted)
    if service.kind in ("partner_center", "referrals"):
        yield from _of_user_and_scope(token, wanted)
        yield from _of_mfa(token)
    yield from _of_account(token)


def _of_audience(token: TokenClaims, service: Audience, wanted: str) -> Iterator[_Remark]:
    ask = f"For Partner Center ask for the scope {wanted}/user_impersonation; the same refresh token serves."
    if not token.audience:
        yield _Remark("It does not say which service it is for.", ask)
    elif service.kind == "retired":
        yield _Remark(
            "It is for Azure AD Graph (graph.windows.net), which is retired: since August 2025 Partner Center refuses "
            "such tokens (900420).",
            ask,
        )
    elif service.kind != "partner_center":
        yield _Remark(
            f"It is for {service.name or token.audience}; Partner Center takes only tokens for {wanted}.", ask
        )


def _of_user_and_scope(token: TokenClaims, wanted: str) -> Iterator[_Remark]:
    if token.of_user is False:
        yield _Remark(
            "It is the app's own token, with no user in it: Partner Center takes it for a few calls only, and refuses "
            "it where the app and a user are wanted together.",
            "Redeem the integration user's refresh token for it, instead of asking with the app's credential alone.",
        )
    elif "user_impersonation" not in token.scopes and ("scp" in token.present or token.is_whole):
        has = f" It carries {', '.join(token.scopes)}." if token.scopes else ""
        yield _Remark(
            f"It lacks the permission user_impersonation.{has}",
            "Add Partner Center's delegated permission user_impersonation to the app (App registrations > the app > "
            f"API permissions), have consent granted, and ask for the scope {wanted}/user_impersonation.",
            Who.ADMIN,
        )


def _of_mfa(token: TokenClaims) -> Iterator[_Remark]:
    if token.of_user is False:
        return
    if token.amr is None:
        if token.is_whole:
            yield _Remark(
                "It does not say whether MFA was done: tokens in the v1.0 form mostly do, in amr, others never.",
                "Let Partner Center say it: call it with the header `ValidateMfa: true`, and read isMfaCompliant in "
                "the answer. `partner-wizard check` does so with the token that is stored.",
                is_fault=False,
            )
    elif not _MFA & set(token.amr):
        how = ", ".join(token.amr) or "nothing readable"
        yield _Remark(
            f"MFA is not proven: amr says {how}. Partner Center refuses such tokens (900421).",
            _SIGN_IN_WITH_MFA,
            Who.ADMIN,
        )


def _of_account(token: TokenClaims) -> Iterator[_Remark]:
    if token.tenant == CONSUMERS:
        yield _Remark(
            "It is a personal Microsoft account's, of no company's tenant.",
            "Sign in with an account of the partner tenant, in a private window.",
            Who.INTEGRATION_USER,
        )
    elif not token.tenant and token.is_whole and token.is_entra:
        yield _Remark(
            "It does not say its tenant.",
            "Check the tenant by Partner Center's own profile: `partner-wizard check` does.",
            is_fault=False,
        )
    elif token.issuer_tenant and token.tenant and token.issuer_tenant != token.tenant:
        yield _Remark(
            f"Its issuer names another tenant, {token.issuer_tenant}: Entra does not issue such tokens.",
            "Check where the token comes from.",
        )
    if token.is_guest:
        home = f": its home is {token.home}" if token.home else ""
        yield _Remark(
            f"Its user is a guest in this tenant{home}.",
            "Sign in with an account of the partner tenant itself, in a private window.",
            Who.INTEGRATION_USER,
        )
    if name := microsoft_client(token.client):
        yield _Remark(
            f"It was got through Microsoft's own client {name}, not through your app registration: a refresh token of "
            "that sign-in is good for that client only.",
            "Sign in through your own app registration for a token that is to be kept.",
            is_fault=False,
        )


def _of_time(token: TokenClaims, now: datetime) -> Iterator[_Remark]:
    if token.ends is not None and token.ends <= now:
        yield _Remark(
            f"It expired {format_relative(token.ends, now)}, at {format_utc(token.ends)}.",
            _WHEN_EXPIRED.get(token.kind, _NEW_TOKEN),
            is_fault=token.kind is not TokenKind.ID,
        )
    elif begins := _begins_later(token, now):
        difference = format_duration((begins - now).total_seconds())
        yield _Remark(
            f"It begins only at {format_utc(begins)}, {format_relative(begins, now)}: the clock of this machine seems "
            f"to be {difference} slow, or the one of whoever made the token is fast.",
            "Set this machine's clock (`timedatectl` shows whether it is synchronised); services go by their own "
            "clock, and may take the token now.",
            retry=Retry.WAIT,
        )
    elif token.ends is None and token.is_whole:
        yield _Remark("It does not say when it expires.", _NEW_TOKEN)


def _begins_later(token: TokenClaims, now: datetime) -> datetime | None:
    """Give when a token begins if that is still to come, beyond what clocks may differ."""
    times = [when for when in (token.begins, token.issued) if when is not None]
    begins = max(times, default=None)
    return begins if begins is not None and begins - now > SKEW else None


# --- the chart -------------------------------------------------------------------------------------------------------


def _rows(token: TokenClaims, now: datetime) -> Iterator[tuple[str, str]]:
    """Give the chart in reading order; a row without a value is left out."""
    form = f", v{token.version} form" if token.version else ""
    whose = {True: ", of a user", False: ", app-only", None: ""}[token.of_user]
    managed = ", of a managed identity" if token.is_managed_identity else ""
    yield "kind", f"{token.kind}{form}{whose if token.kind is TokenKind.ACCESS else ''}{managed}"
    if token.kind is TokenKind.ENCRYPTED:
        yield "algorithm", token.algorithm
        return
    yield "tenant", token.tenant
    yield "client", _named(token.client, microsoft_client(token.client))
    yield "client type", CLIENT_TYPES.get(token.client_type, token.client_type)
    yield "user", token.user
    yield "object id", token.user_id
    yield "account", _account(token)
    yield "roles", ", ".join(role_name(each) or each for each in token.roles)
    yield "permissions", ", ".join(token.scopes)
    yield "app roles", ", ".join(token.app_roles)
    yield "for", _named(token.audience, audience(token.audience).name)
    yield "issued", _time(token.issued, now)
    yield "not before", _time(token.begins, now) if token.begins != token.issued else ""
    yield "expires", _time(token.ends, now)
    if token.kind is TokenKind.ACCESS and token.of_user is not False:
        yield "MFA", _mfa_row(token) if token.is_whole or token.amr is not None else ""
        yield "signed in", _time(token.signed_in, now)
    yield "issuer", token.issuer
    yield "cloud", cloud_title(token.issuer_host)
    if token.kind is TokenKind.ACCESS and token.of_user is not False:
        yield "authentication contexts", ", ".join(token.contexts)
        yield "device", token.device
        yield "sign-in flow", "not said; the sign-in log shows it (Original transfer method: device code flow)"
    yield "client capabilities", ", ".join(token.capabilities)
    yield "unique token id", token.identifier
    yield "signature", "not checked" if token.signature == "there" else f"{token.signature}; not checked"


def _account(token: TokenClaims) -> str:
    if token.is_guest:
        return f"guest from {token.home or 'elsewhere'}"
    return "at home in this tenant" if token.is_guest is False else ""


def _mfa_row(token: TokenClaims) -> str:
    if token.amr is None:
        return "said, but not readable" if "amr" in token.present else "not said"
    how = f"(amr: {', '.join(token.amr)})" if token.amr else "(amr names no method)"
    return f"{'proven' if _MFA & set(token.amr) else 'not proven'} {how}"


def _named(value: str, name: str) -> str:
    return f"{name} ({value})" if name and value else value


def _time(when: datetime | None, now: datetime) -> str:
    return f"{format_utc(when)} ({format_relative(when, now)})" if when else ""
