"""Step 4, integration user: the vault first, then the sign-in, then all that can be known of the token, in memory."""

from __future__ import annotations

from dataclasses import replace

from wizard.core.answers import Field, check_user_name
from wizard.core.claims import GLOBAL_ADMINISTRATOR, did_mfa
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Outcome, Then, Who
from wizard.core.retries import with_retries
from wizard.microsoft.client_type import wants_other_client_type
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.partner import counts_mfa, same_partner
from wizard.onboarding.probes.vault import (
    VAULT_FIELDS,
    identity_first,
    secret_name,
    still_ours,
    vault_reachable,
    vault_writable,
)
from wizard.onboarding.sign_in.method import OTHER_WAY
from wizard.onboarding.sign_in.methods import AGAIN, begun, redeem, signed_in, token
from wizard.onboarding.sign_in.way_in import WAY_CHECKS, WAY_FIELDS
from wizard.onboarding.sign_in.ways import BROWSER
from wizard.onboarding.step import (
    AFTER_A_SIGN_IN,
    SIGN_IN_ANEW,
    Check,
    OfStored,
    Onboarding,
    Step,
    after,
    could_not_tell,
    fails,
    holds,
    left_to,
    never,
    refused,
    warns,
)


def tenant(onboarding: Onboarding) -> Finding:
    """The token was issued by the partner tenant."""
    expected, found = onboarding.facts.tenant_id, token(onboarding).claims.tenant_id
    if not found:
        return could_not_tell("The token does not say its tenant; Partner Center's profile does.")
    if found != expected:
        return fails(
            f"The token was issued by another tenant, {found}.",
            AGAIN,
            Who.INTEGRATION_USER,
            then=Then.DROP_SIGN_IN,
            tenant_id=found,
        )
    return holds("The token was issued by the partner tenant.", tenant_id=found)


def account(onboarding: Onboarding) -> Finding:
    """The one who signed in is the expected account, and at home in this tenant."""
    answer, expected = token(onboarding), onboarding.answers.integration_user
    name = answer.claims.user_name or answer.user_name
    home = answer.home_tenant_id
    if home and home != onboarding.facts.tenant_id:
        return fails(
            f"{name or 'The account'} is a guest: its home is another tenant, {home}.",
            "Use an account of the partner tenant itself, and sign in again in a private window.",
            Who.INTEGRATION_USER,
            then=Then.DROP_SIGN_IN,
            home_tenant_id=home,
        )
    if name.lower() != expected.lower():
        return fails(
            f"{name or 'An unnamed account'} signed in; {expected} was expected. Nothing of this sign-in is stored.",
            f"Begin a new sign-in, open its page in a private window, and sign in as {expected}. "
            "Or correct the field Integration user, if the other account is the right one.",
            Who.INTEGRATION_USER,
            then=Then.SET_SIGN_IN_ASIDE,
            signed_in=name,
            expected=expected,
        )
    onboarding.learn(user_id=answer.claims.user_id, user_name=name, user_roles=answer.claims.roles)
    return holds(f"{name} signed in, as expected.", user_id=answer.claims.user_id)


def account_of_stored(onboarding: Onboarding) -> Finding:
    """The stored token is the expected account's, and that is at home in this tenant."""
    finding = account(onboarding)
    expected, signed_in = finding.evidence.get("expected"), finding.evidence.get("signed_in")
    if finding.outcome is Outcome.HOLDS:
        return replace(finding, message=f"The stored token is {onboarding.facts.user_name}'s, as expected.")
    if not expected:
        return finding
    return replace(
        finding,
        message=f"The stored token is {signed_in or 'an unnamed account'}'s; {expected} was expected.",
        remedy=f"Find out who stored it. Then sign in as {expected}, in a private window.",
    )


def not_global_admin(onboarding: Onboarding) -> Finding:
    """The integration user is no Global Administrator."""
    if GLOBAL_ADMINISTRATOR in token(onboarding).claims.roles:
        return warns(
            "The integration user is a Global Administrator: whoever gets this token has the whole tenant.",
            "Use a dedicated account that is only an Admin agent, and sign in again.",
            Who.ADMIN,
        )
    return holds("The integration user is no Global Administrator.")


def audience(onboarding: Onboarding) -> Finding:
    """The access token is for Partner Center."""
    expected, found = onboarding.services.cloud.partner_center_audience, token(onboarding).claims.audience
    if not found:
        return could_not_tell("The token does not say what it is for; Partner Center's answer shows it.")
    if found != expected:
        message = f"The token is for {found}, not for {expected}."
        return fails(message, AGAIN, Who.OPERATOR, then=Then.DROP_SIGN_IN, audience=found)
    return holds("The access token is for Partner Center.", audience=found)


def scope(onboarding: Onboarding) -> Finding:
    """The token carries the delegated permission user_impersonation: that is the grant, seen."""
    answer, wanted = token(onboarding), onboarding.services.cloud.partner_center_scope
    found = answer.claims.scopes or tuple(each.rpartition("/")[2] for each in answer.scopes if each == wanted)
    if "user_impersonation" not in found:
        return fails(
            "The token lacks the permission user_impersonation on Partner Center.",
            "Add it to the app (App registrations > the app > API permissions), have consent granted, sign in again.",
            Who.ADMIN,
            back_to="consent.granted",
            then=Then.DROP_SIGN_IN,
            scopes=" ".join(found),
        )
    onboarding.learn(scopes=found)
    return holds("The token carries user_impersonation: consent is granted.", scopes=" ".join(found))


def refresh_token(onboarding: Onboarding) -> Finding:
    """A refresh token came with it."""
    found = token(onboarding).refresh_token
    if not found:
        other_way = {OTHER_WAY: BROWSER} if onboarding.facts.flow == "device_code" else {}
        return fails(
            "No refresh token came back, so nothing could be renewed later.",
            "If this was a sign-in with a code, sign in in a browser instead: security defaults refuse the device code "
            "flow. If it was one in a browser, check that no Conditional Access session policy forbids persistent "
            "sign-ins, and sign in again.",
            Who.ADMIN,
            then=Then.DROP_SIGN_IN,
            **other_way,
        )
    if onboarding.memory.sign_in.refresh_token is None:
        onboarding.memory.sign_in.refresh_token = found
    return holds("A refresh token came with it.")


def mfa(onboarding: Onboarding) -> Finding:
    """The token says that its user signed in with MFA (`amr`, protocol 1.7)."""
    amr = token(onboarding).claims.amr
    if amr is None:
        return could_not_tell("The token does not say how its user signed in; Partner Center's own answer decides.")
    if did_mfa(token(onboarding).claims.amr):
        return holds("The sign-in was done with MFA.", amr=" ".join(amr))
    return fails(
        "The sign-in was done without MFA, and Partner Center refuses such tokens.",
        "Have a Conditional Access policy require MFA of this account on every sign-in (without Entra ID P1: per-user "
        "MFA), let the account register a method at https://aka.ms/mfasetup, and sign in again in a private window. "
        "Security defaults require MFA too, but refuse a sign-in by device code (AADSTS530035).",
        Who.ADMIN,
        Who.INTEGRATION_USER,
        then=Then.DROP_SIGN_IN,
        amr=" ".join(amr),
    )


def client_type(onboarding: Onboarding) -> Finding:
    """The token was issued to the kind of client that a renewal will be (`appidacr`, protocol 1.7)."""
    issued, used = token(onboarding).claims.client_type, onboarding.facts.client_type
    if not issued:
        return could_not_tell("The token does not say for which kind of client it was issued; its first use shows it.")
    if issued != used:
        return warns(
            f"The sign-in was made as a {used} client, but the token says {issued}.",
            "Nothing to do now: the next checks use it as a renewal does.",
            Who.OPERATOR,
            appidacr=issued,
        )
    return holds(f"The token was issued to a {issued} client, and renewals will be made as one.", client_type=issued)


def partner_tenant(onboarding: Onboarding) -> Finding:
    """Partner Center knows the tenant as a partner's (protocol 4.3)."""
    return same_partner(onboarding, token(onboarding))


def mfa_compliant(onboarding: Onboarding) -> Finding:
    """Partner Center counts the sign-in as MFA (`isMfaCompliant`, protocol 4.2)."""
    return counts_mfa(onboarding, token(onboarding))


def admin_agent(onboarding: Onboarding) -> Finding:
    """The integration user may do what an Admin agent may: list customers."""
    try:
        with_retries(
            onboarding,
            "asking Partner Center for customers",
            lambda: onboarding.services.partner_center.require_customers(token(onboarding).access_token),
        )
    except ServiceRefusal as refusal:
        found = refused(refusal)
        if refusal.status != 403:
            return found
        return replace(found, code=found.code or str(refusal.status), then=Then.DROP_SIGN_IN)
    return holds("The integration user may act as Admin agent.")


def redeems(onboarding: Onboarding) -> Finding:
    """The refresh token can be redeemed in the very way a renewal will do it."""
    memory, used = onboarding.memory, onboarding.facts.client_type
    credential = client_credential(onboarding)
    as_used = None if used == "public" else credential
    held = memory.sign_in.refresh_token
    if held is None:
        return could_not_tell("There is no refresh token in memory.", AGAIN, Who.OPERATOR)
    try:
        try:
            answer = redeem(onboarding, held, as_used)
        except ServiceRefusal as refusal:
            if not wants_other_client_type(refusal, as_used, credential):
                raise
            # Which kind of client a refresh wants after a device code is (U) (protocol 3): take the one that works.
            other = None if as_used else credential
            answer = redeem(onboarding, held, other)
            used = other.client_type if other else "public"
            onboarding.learn(client_type=used)
            memory.sign_in.facts["client_type"] = used
    except ServiceRefusal as refusal:
        back_to = "consent.granted" if refusal.code == "AADSTS65001" else ""
        return refused(refusal, back_to=back_to, context=AFTER_A_SIGN_IN, then=Then.DROP_SIGN_IN)
    memory.sign_in.refresh_token = answer.refresh_token or memory.sign_in.refresh_token
    message = f"The refresh token can be used for a new access token by a {used} client, as a renewal does."
    return holds(message, client_type=used)


STORED_TOKEN = OfStored(needs=after("store.redeems"), remedy=SIGN_IN_ANEW)

USER = Step(
    "user",
    "Integration user",
    "The integration user is the account your programs act as. First the vault is tried, then the account signs in "
    "with MFA, in a browser or with a code, and its token is looked at from all sides before anything is kept.",
    fields=(
        Field(
            "integration_user",
            "Integration user",
            "A dedicated account of the partner tenant, Admin agent, with MFA, no administrator of the tenant.",
            check=check_user_name,
            is_long=True,
            unproves=("user.account", "store"),
        ),
        *WAY_FIELDS,
        *VAULT_FIELDS,
    ),
    facts=(
        "client_type",
        "flow",
        "redirect_platform",
        "expiry_notes",
        "user_id",
        "user_name",
        "user_roles",
        "scopes",
        "signed_in_at",
        "partner_name",
        "mfa_compliant",
    ),
    run_label="Check and sign in",
    run_hint="Tries the vault first. Then the integration user signs in, at a link or with a code. Esc stops it.",
    unproves=("store",),
    reopens=lambda _answers: True,
    checks=(
        Check(
            "user.vault_reachable",
            "The vault can be reached and read",
            vault_reachable,
            fields_to_fix=("vault_url",),
            of_stored=OfStored(needs=identity_first),
        ),
        Check(
            "user.vault_writable",
            "The vault can be written",
            vault_writable,
            settled_by="store.written",
            of_stored=never("nothing is written here"),
        ),
        Check(
            "user.secret_name",
            "The secret's name is free, or ours",
            secret_name,
            settled_by="store.written",
            fields_to_fix=("vault_secret",),
            of_stored=OfStored(still_ours, needs=after("user.vault_reachable")),
        ),
        *WAY_CHECKS,
        Check(
            "user.sign_in_ready",
            "The sign-in can begin",
            begun,
            begins_sign_in=True,
            of_stored=never("nobody signs in here"),
        ),
        Check(
            "user.signed_in",
            "The integration user has signed in",
            signed_in,
            keeps=True,
            signs_in=True,
            of_stored=left_to("store.redeems"),
        ),
        Check(
            "user.tenant",
            "The token is the partner tenant's",
            tenant,
            settled_by="user.partner_tenant",
            of_stored=STORED_TOKEN,
        ),
        Check(
            "user.account",
            "The expected account signed in",
            account,
            of_stored=replace(STORED_TOKEN, run=account_of_stored),
        ),
        Check(
            "user.not_global_admin",
            "It is no Global Administrator",
            not_global_admin,
            advisory=True,
            of_stored=STORED_TOKEN,
        ),
        Check(
            "user.audience",
            "The token is for Partner Center",
            audience,
            settled_by="user.partner_tenant",
            of_stored=STORED_TOKEN,
        ),
        Check("user.scope", "It carries the permission", scope, of_stored=STORED_TOKEN),
        Check("user.refresh_token", "A refresh token came with it", refresh_token, of_stored=STORED_TOKEN),
        Check("user.mfa", "MFA was done", mfa, settled_by="user.mfa_compliant", of_stored=STORED_TOKEN),
        Check(
            "user.client_type",
            "It was issued as renewals will be made",
            client_type,
            settled_by="user.redeems",
            of_stored=STORED_TOKEN,
        ),
        Check(
            "user.partner_tenant",
            "Partner Center knows the tenant",
            partner_tenant,
            of_stored=left_to("store.partner_center"),
        ),
        Check(
            "user.mfa_compliant",
            "Partner Center counts the MFA",
            mfa_compliant,
            of_stored=left_to("store.mfa_compliant"),
        ),
        Check(
            "user.admin_agent",
            "The user may act as Admin agent",
            admin_agent,
            of_stored=replace(STORED_TOKEN, needs=after("store.partner_center")),
        ),
        Check(
            "user.redeems",
            "The refresh token can be used as a renewal does",
            redeems,
            of_stored=left_to("store.redeems"),
        ),
    ),
)
