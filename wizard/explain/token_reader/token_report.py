"""Describes a token: what is well, what is missing for Partner Center, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.well_known import IDENTITY_PLATFORM_DOCS, audience
from wizard.core.acts import as_actions
from wizard.core.claims import USER_IMPERSONATION, did_mfa
from wizard.core.findings import Retry, Who
from wizard.core.timestamps import utc_time
from wizard.explain.token_reader.token_claims import TokenClaims, TokenKind
from wizard.explain.token_reader.token_problems import NEW_TOKEN, SIGN_IN_WITH_MFA, begins_later, find_problems
from wizard.explain.token_reader.token_rows import token_rows
from wizard.explain.token_reader.token_times import format_duration

_LINKS: Final = {
    TokenKind.ACCESS: f"{IDENTITY_PLATFORM_DOCS}access-token-claims-reference",
    TokenKind.ID: f"{IDENTITY_PLATFORM_DOCS}id-token-claims-reference",
    TokenKind.ASSERTION: f"{IDENTITY_PLATFORM_DOCS}certificate-credentials",
    TokenKind.ENCRYPTED: f"{IDENTITY_PLATFORM_DOCS}access-tokens",
    TokenKind.OTHER: f"{IDENTITY_PLATFORM_DOCS}access-tokens",
}


def describe_token(token: TokenClaims, now: datetime) -> Diagnosis:
    """Return what a token says, what is missing for Partner Center, and what to do.

    Args:
        token: as read.
        now: aware; its times are compared with it.

    It is healthy if `retry` is `Retry.YES`. Its signature is not checked. Source: protocol 1.7.
    """
    problems = tuple(find_problems(token, now))
    faults = [problem for problem in problems if problem.is_fault]
    acts = as_actions(*(problem.act for problem in problems))
    if SIGN_IN_WITH_MFA in acts:
        acts = tuple(act for act in acts if act != NEW_TOKEN)  # it would lack MFA as well
    return Diagnosis(
        code="",
        title=_title(token, now),
        cause=" ".join(
            (*_good_points(token, now), *(problem.cause for problem in problems), _limits(token, bool(faults)))
        ),
        actions=(*_after_a_leak(token, now), *(acts or _nothing_to_do(token))),
        who=tuple(dict.fromkeys(problem.who for problem in problems)) or (Who.OPERATOR,),
        retry=faults[0].retry if faults else Retry.YES,
        steps=("user_consent", "partner_center"),
        link=_LINKS[token.kind],
        service="entra",
        evidence=tuple((name, value) for name, value in token_rows(token, now) if value),
        is_description=True,
    )


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
    return "with MFA" if did_mfa(token.amr) else "without MFA"


def _time_in_title(token: TokenClaims, now: datetime) -> str:
    if token.ends is None:
        return ""
    if token.ends <= now:
        return f"expired on {utc_time(token.ends)}"
    if begins := begins_later(token, now):
        return f"not valid before {utc_time(begins)}"
    return f"good until {utc_time(token.ends)}"


def _audience_name(token: TokenClaims) -> str:
    return audience(token.audience).name or token.audience


def _good_points(token: TokenClaims, now: datetime) -> Iterator[str]:
    if token.kind is TokenKind.ACCESS:
        found = []
        if audience(token.audience).kind == "partner_center":
            found.append("is for Partner Center")
            if USER_IMPERSONATION in token.scopes:
                found.append(f"carries the permission {USER_IMPERSONATION}")
        if token.amr is not None and did_mfa(token.amr):
            found.append(f"was issued with MFA (amr: {', '.join(token.amr)})")
        if token.ends and token.ends > now and not begins_later(token, now):
            found.append(f"is good for another {format_duration((token.ends - now).total_seconds())}")
        if found:
            yield f"It {_in_a_list(found)}."


def _in_a_list(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _limits(token: TokenClaims, has_faults: bool) -> str:
    """Return what a token does not show."""
    if token.kind is TokenKind.ENCRYPTED:
        return "Only its length and its kind are known."
    read = "This is read from the token alone; its signature is not checked"
    if token.signature != "there" and token.is_whole:
        read += f" ({token.signature}: a service takes only the whole token)"
    if token.kind is TokenKind.ACCESS and not has_faults:
        return f"{read}, and a service may still refuse it: for a role, a policy or a revocation."
    return f"{read}."


def _after_a_leak(token: TokenClaims, now: datetime) -> Iterator[str]:
    """Yield what to do first about a token that works and stands in a paste. An access token cannot be revoked."""
    is_valid = token.ends is not None and token.ends > now and token.is_whole and token.signature == "there"
    if token.kind is not TokenKind.ACCESS or not is_valid or token.ends is None:
        return
    opens = _audience_name(token) or "what it is for"
    if token.of_user is False:
        revoke = "replace the app's secret or certificate as well"
    else:
        revoke = (
            "revoke the account's sessions (entra.microsoft.com > Entra ID > Users > All users > the user > Revoke "
            "sessions)"
        )
    end = utc_time(token.ends)
    yield f"Delete the paste: whoever has this token can open {opens} with it until {end}."
    yield f"If others saw it, {revoke}; this token itself stays valid until its end."


def _nothing_to_do(token: TokenClaims) -> tuple[str, ...]:
    if token.kind is TokenKind.ACCESS and audience(token.audience).kind == "partner_center":
        return (
            "Nothing is missing for Partner Center. If it refuses the token all the same, run `partner-wizard check`.",
        )
    return ("Nothing is wrong with it. Do not pass it on.",)
