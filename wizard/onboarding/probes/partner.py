"""What Partner Center says of a token, in memory and stored: whose partner it is, and whether its MFA counts."""

from __future__ import annotations

from dataclasses import replace

from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Then, Who
from wizard.microsoft.token_response import TokenResponse
from wizard.onboarding.step import Onboarding, could_not_tell, fails, holds, refused, warns
from wizard.tokens.prove import Mfa, Proof, prove


def same_partner(onboarding: Onboarding, answer: TokenResponse) -> Finding:
    """Partner Center's organization profile names the partner tenant."""
    onboarding.memory.proof = None  # this check asks anew; the one of MFA reads the same answer
    try:
        profile = _proof(onboarding, answer).organization
    except ServiceRefusal as refusal:
        return refused(refusal, then=Then.DROP_SIGN_IN if refusal.code in {"900421", "10001"} else None)
    expected = onboarding.facts.tenant_id
    if profile.tenant_id != expected:
        return fails(
            f"Partner Center's profile belongs to another tenant, {profile.tenant_id or 'which it does not name'}.",
            "Associate this tenant in Partner Center (Account settings > Tenants), or begin with the other tenant.",
            Who.ADMIN,
            tenant_id=profile.tenant_id,
        )
    onboarding.learn(partner_name=profile.name)
    return holds(f"Partner Center knows the tenant as {profile.name or 'a partner'}.", company=profile.name)


def counts_mfa(onboarding: Onboarding, answer: TokenResponse) -> Finding:
    """What Partner Center says of MFA."""
    proof = _proof(onboarding, answer)
    onboarding.learn(mfa_compliant=proof.organization.mfa_compliant)
    if proof.mfa is Mfa.COUNTED:
        return holds("Partner Center counts the sign-in as MFA.", isMfaCompliant=True)
    if proof.mfa is Mfa.CLAIMED:
        return warns(
            "Partner Center did not say whether MFA counts; the token itself says MFA was done.",
            "Nothing to do now; if calls are refused with 900421 later, sign in again with MFA.",
            Who.OPERATOR,
        )
    if proof.mfa is Mfa.UNKNOWN:
        found = could_not_tell(
            "Neither the token nor Partner Center says whether MFA was done.",
            "Have a Conditional Access policy require MFA of this account, and sign in again.",
            Who.ADMIN,
        )
        return replace(found, then=Then.DROP_SIGN_IN)
    return fails(
        "Partner Center does not count the sign-in as MFA (isMfaCompliant: false).",
        "Have a Conditional Access policy require MFA of this account on every sign-in, not only outside trusted "
        "places; have a federated identity provider report MFA to Entra. Then sign in again.",
        Who.ADMIN,
        then=Then.DROP_SIGN_IN,
        isMfaCompliant=False,
    )


def _proof(onboarding: Onboarding, answer: TokenResponse) -> Proof:
    """What Partner Center says of this token; one answer serves the checks of one run."""
    known = onboarding.memory.proof
    if known is None or known[0] is not answer:
        onboarding.memory.proof = known = (answer, prove(onboarding, onboarding.services, answer))
    return known[1]
