"""What Partner Center says about a token: whether it knows the tenant, and whether it counts the sign-in as MFA."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.claims import did_mfa
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Then, Who
from wizard.core.retries import with_retries
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, refused, warns
from wizard.onboarding.onboarding_context import Onboarding
from wizard.tokens.prove import Mfa, Proof, prove

if TYPE_CHECKING:
    from wizard.microsoft.token_response import TokenResponse


LACKS_MFA: Final = frozenset({"900421", "10001"})
"""Codes by which Partner Center refuses a token because it lacks MFA (protocol 4.1)."""
CLAIMED_IN_VAIN: Final = "The token says that the user signed in with MFA. Partner Center refuses it for want of MFA."


def partner_refused(refusal: ServiceRefusal, answer: TokenResponse) -> Finding:
    """Return the finding of a token that Partner Center refuses; for want of MFA, another sign-in has to follow."""
    finding = refused(refusal)
    if refusal.code not in LACKS_MFA:
        return finding
    message = CLAIMED_IN_VAIN if did_mfa(answer.claims.amr) else finding.message
    return replace(finding, message=message, then=Then.DROP_SIGN_IN)


def check_partner_profile(onboarding: Onboarding, answer: TokenResponse) -> Finding:
    """Partner Center's organization profile names the partner tenant (protocol 4.3)."""
    onboarding.memory.proof = None  # this check asks again; the one of MFA reads the same answer
    try:
        profile = _proof(onboarding, answer).organization
    except ServiceRefusal as refusal:
        return partner_refused(refusal, answer)
    expected = onboarding.facts.tenant_id
    if profile.tenant_id != expected:
        return fails(
            f"Partner Center's profile belongs to another tenant, {profile.tenant_id or 'which it does not name'}.",
            ("Associate this tenant in Partner Center (Account settings > Tenants).", "Or use the other tenant."),
            Who.ADMIN,
            title="Partner Center names another tenant",
            tenant_id=profile.tenant_id,
        )
    onboarding.learn(partner_name=profile.name)
    return holds(f"Partner Center knows the tenant as {profile.name or 'a partner'}.", company=profile.name)


def check_partner_mfa(onboarding: Onboarding, answer: TokenResponse) -> Finding:
    """Partner Center counts the sign-in as MFA (`isMfaCompliant`, protocol 4.2)."""
    proof = _proof(onboarding, answer)
    onboarding.learn(mfa_compliant=proof.organization.mfa_compliant)
    if proof.mfa is Mfa.COUNTED:
        return holds("Partner Center counts the sign-in as MFA.", isMfaCompliant=True)
    if proof.mfa is Mfa.CLAIMED:
        return warns(
            "Partner Center did not say whether MFA counts; the token itself says MFA was done.",
            "If calls are refused with 900421 later, sign in again with MFA; now nothing is to be done.",
            Who.OPERATOR,
            title="Partner Center did not say whether MFA counts",
        )
    if proof.mfa is Mfa.UNKNOWN:
        finding = could_not_tell(
            "Neither the token nor Partner Center says whether MFA was done.",
            ("Have a Conditional Access policy require MFA of this account.", "Then sign in again."),
            Who.ADMIN,
        )
        return replace(finding, then=Then.DROP_SIGN_IN)
    return fails(
        "Partner Center does not count the sign-in as MFA (isMfaCompliant: false).",
        (
            "Have a Conditional Access policy require MFA of this account on every sign-in, not only outside trusted "
            "locations.",
            "If the account's identity provider is federated, have it report MFA to Entra.",
            "Then sign in again.",
        ),
        Who.ADMIN,
        then=Then.DROP_SIGN_IN,
        isMfaCompliant=False,
    )


def check_referrals_answer(onboarding: Onboarding, answer: TokenResponse) -> Finding:
    """The list of referrals can be read: the user has a role for referrals (protocol 4.5, 11.6)."""
    try:
        count = with_retries(
            onboarding,
            "asking for referrals",
            lambda: onboarding.services.referrals.count(answer.access_token),
        )
    except ServiceRefusal as refusal:
        if refusal.status != 403:
            return partner_refused(refusal, answer)
        return replace(_no_role_for_referrals(refusal.description), ids=refusal.ids)
    if count:
        return holds("The referrals API accepts the token, and gives referrals to this user.")
    return holds(
        "The referrals API accepts the token; its list is empty. That proves a role for referrals, not that there are "
        "none: a Referrals user sees only those whose team it is in, a Referrals admin sees all.",
    )


def _no_role_for_referrals(service_said: str) -> Finding:
    """Which code the service gives is not known (U): the status alone says it."""
    return fails(
        "The referrals API refuses this user (403).",
        (
            "Give it the role Referrals admin (all referrals) or Referrals user (those of its team): Partner Center > "
            "Account settings > User management.",
            "Then sign in again.",
        ),
        Who.ADMIN,
        then=Then.DROP_SIGN_IN,
        service_said=service_said,
    )


def _proof(onboarding: Onboarding, answer: TokenResponse) -> Proof:
    """Return what Partner Center says about this token; one answer serves the checks of one run."""
    latest = onboarding.memory.proof
    if latest is None or latest[0] is not answer:
        onboarding.memory.proof = latest = (answer, prove(onboarding, onboarding.services, answer))
    return latest[1]
