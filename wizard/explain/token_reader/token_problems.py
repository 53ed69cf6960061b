"""What is missing in a token for Partner Center, or odd in it, each with what to do and who can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from wizard.catalogue.well_known import CONSUMERS, Audience, audience, microsoft_client, partner_center_audience
from wizard.core.claims import GLOBAL_ADMINISTRATOR, USER_IMPERSONATION, did_mfa
from wizard.core.findings import Retry, Who
from wizard.core.timestamps import utc_time
from wizard.explain.token_reader.token_claims import TokenClaims, TokenKind
from wizard.explain.token_reader.token_times import format_duration, format_relative

_SKEW: Final = timedelta(minutes=5)
"""What services allow between their clock and that of whoever asks."""

NEW_TOKEN: Final = "Get a new access token with the refresh token."
SIGN_IN_WITH_MFA: Final = (
    "Have MFA required for the account on every sign-in (Conditional Access; without Entra ID P1 per-user MFA), and "
    "sign in again in a private window: a refresh does not add MFA. Security defaults require MFA too, but refuse a "
    "sign-in by device code (AADSTS530035)."
)
_WHEN_EXPIRED: Final = {
    TokenKind.ID: "Nothing: an id token matters only at the moment of the sign-in.",
    TokenKind.ASSERTION: (
        "Have the app make a new one for each request (it is valid for some minutes), and check its clock."
    ),
    TokenKind.OTHER: "Get a new one where this one came from.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is missing or odd, what to do, and who can. `is_fault` is False for a warning."""

    cause: str
    act: str
    who: Who = Who.OPERATOR
    is_fault: bool = True
    retry: Retry = Retry.AFTER_FIX


def find_problems(token: TokenClaims, now: datetime) -> Iterator[Problem]:
    """Yield what is missing for Partner Center, the graver first.

    Args:
        token: as read.
        now: aware; its times are compared with it.
    """
    if not token.is_whole:
        yield Problem(
            "It is cut: what is not named here may stand in the part that is missing, and no service takes it.",
            "Copy the whole token, in one line: three parts with two dots between them.",
        )
    if token.kind is TokenKind.ENCRYPTED:
        yield Problem("It is encrypted, and only the service it is for can read it.", "Ask that service.")
        return
    yield from _of_kind(token)
    if token.kind is TokenKind.ACCESS:
        yield from _of_access(token)
    yield from _of_time(token, now)
    if GLOBAL_ADMINISTRATOR in token.roles and token.of_user is not False:
        yield Problem(
            "Its user is a Global Administrator: whoever gets such a token has the whole tenant.",
            "For the integration user take a dedicated account that is only an Admin agent, and sign in again.",
            Who.ADMIN,
            is_fault=False,
        )


def _of_kind(token: TokenClaims) -> Iterator[Problem]:
    if token.kind is TokenKind.ID:
        yield Problem(
            "An id token tells an app who signed in. No service accepts it, and it says nothing about MFA.",
            "Give Partner Center the access token (member access_token of the same answer).",
            is_fault=False,
        )
    elif token.kind is TokenKind.ASSERTION:
        yield Problem(
            "An app made it with its certificate, to prove itself to Entra. It is no access token.",
            "Look at the access token that Entra gives for it, or at the error it answers.",
            is_fault=False,
        )
    elif not token.is_entra and token.is_whole:
        named = f" ({token.issuer})" if token.issuer else ""
        yield Problem(
            f"Its issuer{named} is not Microsoft Entra ID in a cloud that is known here.",
            "Check where the token comes from: Partner Center takes only tokens of Microsoft Entra ID.",
        )


def _of_access(token: TokenClaims) -> Iterator[Problem]:
    wanted = partner_center_audience(token.issuer_host)
    service = audience(token.audience)
    if token.audience or token.is_whole:
        yield from _of_audience(token, service, wanted)
    if service.kind in ("partner_center", "referrals"):
        yield from _of_user_and_scope(token, wanted)
        yield from _of_mfa(token)
    yield from _of_account(token)


def _of_audience(token: TokenClaims, service: Audience, wanted: str) -> Iterator[Problem]:
    ask = f"For Partner Center ask for the scope {wanted}/{USER_IMPERSONATION}; the same refresh token can be used."
    if not token.audience:
        yield Problem("It does not say which service it is for.", ask)
    elif service.kind == "retired":
        yield Problem(
            "It is for Azure AD Graph (graph.windows.net), which is retired: since August 2025 Partner Center refuses "
            "such tokens (900420).",
            ask,
        )
    elif service.kind != "partner_center":
        yield Problem(
            f"It is for {service.name or token.audience}; Partner Center takes only tokens for {wanted}.", ask
        )


def _of_user_and_scope(token: TokenClaims, wanted: str) -> Iterator[Problem]:
    if token.of_user is False:
        yield Problem(
            "It is the app's own token, with no user in it: Partner Center takes it for a few calls only, and refuses "
            "it if it needs the app and a user together.",
            "Redeem the integration user's refresh token for it, instead of asking with the app's credential alone.",
        )
    elif USER_IMPERSONATION not in token.scopes and ("scp" in token.present or token.is_whole):
        has = f" It carries {', '.join(token.scopes)}." if token.scopes else ""
        yield Problem(
            f"It lacks the permission {USER_IMPERSONATION}.{has}",
            f"Add Partner Center's delegated permission {USER_IMPERSONATION} to the app (App registrations > the app > "
            f"API permissions), have consent granted, and ask for the scope {wanted}/{USER_IMPERSONATION}.",
            Who.ADMIN,
        )


def _of_mfa(token: TokenClaims) -> Iterator[Problem]:
    if token.of_user is False:
        return
    if token.amr is None:
        if token.is_whole:
            yield Problem(
                "It does not say whether MFA was done: tokens in the v1.0 form mostly do, in amr, others never.",
                "Let Partner Center say it: call it with the header `ValidateMfa: true`, and read isMfaCompliant in "
                "the answer. `partner-wizard check` does so with the token that is stored.",
                is_fault=False,
            )
    elif not did_mfa(token.amr):
        how = ", ".join(token.amr) or "nothing readable"
        yield Problem(
            f"MFA is not proven: amr says {how}. Partner Center refuses such tokens (900421).",
            SIGN_IN_WITH_MFA,
            Who.ADMIN,
        )


def _of_account(token: TokenClaims) -> Iterator[Problem]:
    if token.tenant == CONSUMERS:
        yield Problem(
            "It is a personal Microsoft account's, of no company's tenant.",
            "Sign in with an account of the partner tenant, in a private window.",
            Who.INTEGRATION_USER,
        )
    elif not token.tenant and token.is_whole and token.is_entra:
        yield Problem(
            "It does not say its tenant.",
            "Check the tenant by Partner Center's own profile: `partner-wizard check` does.",
            is_fault=False,
        )
    elif token.issuer_tenant and token.tenant and token.issuer_tenant != token.tenant:
        yield Problem(
            f"Its issuer names another tenant, {token.issuer_tenant}: Entra does not issue such tokens.",
            "Check where the token comes from.",
        )
    if token.is_guest:
        home = f": its home is {token.home}" if token.home else ""
        yield Problem(
            f"Its user is a guest in this tenant{home}.",
            "Sign in with an account of the partner tenant itself, in a private window.",
            Who.INTEGRATION_USER,
        )
    if name := microsoft_client(token.client):
        yield Problem(
            f"It was issued to Microsoft's own client {name}, not to your app registration: a refresh token of "
            "that sign-in is good for that client only.",
            "Sign in through your own app registration for a token that is to be kept.",
            is_fault=False,
        )


def _of_time(token: TokenClaims, now: datetime) -> Iterator[Problem]:
    if token.ends is not None and token.ends <= now:
        yield Problem(
            f"It expired {format_relative(token.ends, now)}, at {utc_time(token.ends)}.",
            _WHEN_EXPIRED.get(token.kind, NEW_TOKEN),
            is_fault=token.kind is not TokenKind.ID,
        )
    elif begins := begins_later(token, now):
        difference = format_duration((begins - now).total_seconds())
        yield Problem(
            f"It begins only at {utc_time(begins)}, {format_relative(begins, now)}: the clock of this machine seems "
            f"to be {difference} slow, or the one of whoever made the token is fast.",
            "Set this machine's clock (`timedatectl` shows whether it is synchronised); services go by their own "
            "clock, and may take the token now.",
            retry=Retry.WAIT,
        )
    elif token.ends is None and token.is_whole:
        yield Problem("It does not say when it expires.", NEW_TOKEN)


def begins_later(token: TokenClaims, now: datetime) -> datetime | None:
    """Return when a token begins if that is still to come, beyond what clocks may differ."""
    times = [when for when in (token.begins, token.issued) if when is not None]
    begins = max(times, default=None)
    return begins if begins is not None and begins - now > _SKEW else None
