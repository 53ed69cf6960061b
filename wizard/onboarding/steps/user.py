"""Step 4, integration user: the vault first, then the sign-in, then every check of the token while it is in memory."""

from __future__ import annotations

from dataclasses import replace

from wizard.core.answers import Field, user_name_error
from wizard.core.claims import GLOBAL_ADMINISTRATOR, USER_IMPERSONATION, did_mfa
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Outcome, Then, Who
from wizard.core.retries import with_retries
from wizard.microsoft.client_type import wants_other_client_type
from wizard.onboarding.finding_builders import NEW_SIGN_IN_REMEDY, could_not_tell, fails, holds, refused, warns
from wizard.onboarding.health_rule import HealthRule, needs_checks, not_in_health_check
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.partner import check_partner_mfa, check_partner_profile
from wizard.onboarding.probes.vault_access import VAULT_FIELDS, login_host_check
from wizard.onboarding.probes.vault_checks import (
    check_secret_name,
    check_vault_readable,
    check_vault_writable,
    recheck_secret_name,
)
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.sign_in.device_code_method import DeviceCodeMethod
from wizard.onboarding.sign_in.flow_check import FLOW_CHECKS, FLOW_FIELDS
from wizard.onboarding.sign_in.flow_choice import BROWSER
from wizard.onboarding.sign_in.method import OTHER_FLOW
from wizard.onboarding.sign_in.sign_in_checks import (
    SIGN_IN_AGAIN,
    await_sign_in,
    begin_sign_in,
    redeem_as_app,
    signed_in_token,
)
from wizard.onboarding.step import Check, Step


def check_token_tenant(onboarding: Onboarding) -> Finding:
    """The token was issued by the partner tenant."""
    expected, found = onboarding.facts.tenant_id, signed_in_token(onboarding).claims.tenant_id
    if not found:
        return could_not_tell("The token does not say its tenant; Partner Center's profile does.")
    if found != expected:
        return fails(
            f"The token was issued by another tenant, {found}.",
            SIGN_IN_AGAIN,
            Who.INTEGRATION_USER,
            then=Then.DROP_SIGN_IN,
            tenant_id=found,
        )
    return holds("The token was issued by the partner tenant.", tenant_id=found)


def check_account(onboarding: Onboarding) -> Finding:
    """The account that signed in is the expected one, and no guest of this tenant."""
    answer, expected = signed_in_token(onboarding), onboarding.answers.integration_user
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
            f"Start a new sign-in, open its page in a private window, and sign in as {expected}. "
            "If the other account is the right one, correct the field Integration user instead.",
            Who.INTEGRATION_USER,
            then=Then.SET_SIGN_IN_ASIDE,
            signed_in=name,
            expected=expected,
        )
    onboarding.learn(user_id=answer.claims.user_id, user_name=name, user_roles=answer.claims.roles)
    return holds(f"{name} signed in, as expected.", user_id=answer.claims.user_id)


def recheck_account(onboarding: Onboarding) -> Finding:
    """The stored token is the expected account's, which is no guest of this tenant."""
    finding = check_account(onboarding)
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


def check_no_global_administrator(onboarding: Onboarding) -> Finding:
    """The integration user is no Global Administrator."""
    if GLOBAL_ADMINISTRATOR in signed_in_token(onboarding).claims.roles:
        return warns(
            "The integration user is a Global Administrator: whoever gets this token has the whole tenant.",
            "Use a dedicated account that is only an Admin agent, and sign in again.",
            Who.ADMIN,
        )
    return holds("The integration user is no Global Administrator.")


def check_audience(onboarding: Onboarding) -> Finding:
    """The access token is for Partner Center."""
    expected, found = onboarding.services.cloud.partner_center_audience, signed_in_token(onboarding).claims.audience
    if not found:
        return could_not_tell("The token does not say which service it is for; Partner Center's answer shows it.")
    if found != expected:
        message = f"The token is for {found}, not for {expected}."
        return fails(message, SIGN_IN_AGAIN, Who.OPERATOR, then=Then.DROP_SIGN_IN, audience=found)
    return holds("The access token is for Partner Center.", audience=found)


def check_scope(onboarding: Onboarding) -> Finding:
    """The token carries the delegated permission user_impersonation, which proves the grant."""
    answer, wanted = signed_in_token(onboarding), onboarding.services.cloud.partner_center_scope
    found = answer.claims.scopes or tuple(each.rpartition("/")[2] for each in answer.scopes if each == wanted)
    if USER_IMPERSONATION not in found:
        return fails(
            f"The token lacks the permission {USER_IMPERSONATION} on Partner Center.",
            "Add it to the app (App registrations > the app > API permissions), have consent granted, sign in again.",
            Who.ADMIN,
            back_to="consent.granted",
            then=Then.DROP_SIGN_IN,
            scopes=" ".join(found),
        )
    onboarding.learn(scopes=found)
    return holds(f"The token carries {USER_IMPERSONATION}: consent is granted.", scopes=" ".join(found))


def check_refresh_token(onboarding: Onboarding) -> Finding:
    """A refresh token came with it."""
    found = signed_in_token(onboarding).refresh_token
    if not found:
        other_flow = {OTHER_FLOW: BROWSER} if onboarding.facts.flow == DeviceCodeMethod.flow_fact else {}
        return fails(
            "No refresh token came back, so nothing could be renewed later.",
            "If this was a sign-in with a code, sign in in a browser instead: security defaults refuse the device code "
            "flow. If it was one in a browser, check that no Conditional Access session policy forbids persistent "
            "sign-ins, and sign in again.",
            Who.ADMIN,
            then=Then.DROP_SIGN_IN,
            **other_flow,
        )
    if onboarding.memory.sign_in.refresh_token is None:
        onboarding.memory.sign_in.refresh_token = found
    return holds("A refresh token came with it.")


def check_mfa(onboarding: Onboarding) -> Finding:
    """The token says that its user signed in with MFA (`amr`, protocol 1.7)."""
    amr = signed_in_token(onboarding).claims.amr
    if amr is None:
        return could_not_tell("The token does not say how its user signed in; Partner Center's own answer decides.")
    if did_mfa(amr):
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


def check_client_type(onboarding: Onboarding) -> Finding:
    """The token was issued to the kind of client that a renewal will be (`appidacr`, protocol 1.7)."""
    issued, used = signed_in_token(onboarding).claims.client_type, onboarding.facts.client_type
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


def check_partner_tenant(onboarding: Onboarding) -> Finding:
    """Partner Center knows the tenant as a partner's (protocol 4.3)."""
    return check_partner_profile(onboarding, signed_in_token(onboarding))


def check_mfa_compliant(onboarding: Onboarding) -> Finding:
    """Partner Center counts the sign-in as MFA (`isMfaCompliant`, protocol 4.2)."""
    return check_partner_mfa(onboarding, signed_in_token(onboarding))


def check_admin_agent(onboarding: Onboarding) -> Finding:
    """The integration user may do what an Admin agent may: list customers."""
    try:
        with_retries(
            onboarding,
            "asking Partner Center for customers",
            lambda: onboarding.services.partner_center.require_customers(signed_in_token(onboarding).access_token),
        )
    except ServiceRefusal as refusal:
        finding = refused(refusal)
        if refusal.status != 403:
            return finding
        return replace(finding, code=finding.code or str(refusal.status), then=Then.DROP_SIGN_IN)
    return holds("The integration user may act as an Admin agent.")


def check_redemption(onboarding: Onboarding) -> Finding:
    """The refresh token can be redeemed exactly as a renewal will redeem it."""
    memory, used = onboarding.memory, onboarding.facts.client_type
    credential = client_credential(onboarding)
    used_credential = None if used == "public" else credential
    held = memory.sign_in.refresh_token
    if held is None:
        return could_not_tell("There is no refresh token in memory.", SIGN_IN_AGAIN, Who.OPERATOR)
    try:
        try:
            answer = redeem_as_app(onboarding, held, used_credential)
        except ServiceRefusal as refusal:
            if not wants_other_client_type(refusal, used_credential, credential):
                raise
            # Which kind of client a refresh needs after a device code is (U) (protocol 3): take the one that works.
            other = None if used_credential else credential
            answer = redeem_as_app(onboarding, held, other)
            used = other.client_type if other else "public"
            onboarding.learn(client_type=used)
            memory.sign_in.facts["client_type"] = used
    except ServiceRefusal as refusal:
        back_to = "consent.granted" if refusal.code == "AADSTS65001" else ""
        return refused(refusal, back_to=back_to, context=RefusalContext.NEW_TOKEN, then=Then.DROP_SIGN_IN)
    memory.sign_in.refresh_token = answer.refresh_token or memory.sign_in.refresh_token
    message = f"The refresh token can be used for a new access token by a {used} client, as a renewal does."
    return holds(message, client_type=used)


STORED_TOKEN_RULE = HealthRule(needs=needs_checks("store.redeems"), remedy=NEW_SIGN_IN_REMEDY)

USER = Step(
    "user",
    "Integration user",
    "The integration user is the account your programs act as. First the vault is tried. Then the account signs in "
    "with MFA, in a browser or with a code, and its token is checked before it is stored.",
    fields=(
        Field(
            "integration_user",
            "Integration user",
            "A dedicated account of the partner tenant: Admin agent, with MFA, and no administrator of the tenant.",
            validate=user_name_error,
            is_long=True,
            unproves=("user.account", "store"),
        ),
        *FLOW_FIELDS,
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
    reopens_on_resume=lambda _answers: True,
    checks=(
        Check(
            "user.vault_reachable",
            "The vault can be reached and read",
            check_vault_readable,
            fields_to_fix=("vault_url",),
            health_rule=HealthRule(needs=login_host_check),
        ),
        Check(
            "user.vault_writable",
            "The vault can be written",
            check_vault_writable,
            settled_by="store.written",
            health_rule=not_in_health_check("nothing is written here"),
        ),
        Check(
            "user.secret_name",
            "The secret's name is free, or ours",
            check_secret_name,
            settled_by="store.written",
            fields_to_fix=("vault_secret",),
            health_rule=HealthRule(recheck_secret_name, needs=needs_checks("user.vault_reachable")),
        ),
        *FLOW_CHECKS,
        Check(
            "user.sign_in_ready",
            "The sign-in can begin",
            begin_sign_in,
            begins_sign_in=True,
            health_rule=not_in_health_check("nobody signs in here"),
        ),
        Check(
            "user.signed_in",
            "The integration user has signed in",
            await_sign_in,
            saves_at_once=True,
            signs_in=True,
            health_rule=HealthRule(covered_by="store.redeems"),
        ),
        Check(
            "user.tenant",
            "The token is the partner tenant's",
            check_token_tenant,
            settled_by="user.partner_tenant",
            health_rule=STORED_TOKEN_RULE,
        ),
        Check(
            "user.account",
            "The expected account signed in",
            check_account,
            health_rule=replace(STORED_TOKEN_RULE, run=recheck_account),
        ),
        Check(
            "user.not_global_admin",
            "It is no Global Administrator",
            check_no_global_administrator,
            advisory=True,
            health_rule=STORED_TOKEN_RULE,
        ),
        Check(
            "user.audience",
            "The token is for Partner Center",
            check_audience,
            settled_by="user.partner_tenant",
            health_rule=STORED_TOKEN_RULE,
        ),
        Check("user.scope", "It carries the permission", check_scope, health_rule=STORED_TOKEN_RULE),
        Check("user.refresh_token", "A refresh token came with it", check_refresh_token, health_rule=STORED_TOKEN_RULE),
        Check("user.mfa", "MFA was done", check_mfa, settled_by="user.mfa_compliant", health_rule=STORED_TOKEN_RULE),
        Check(
            "user.client_type",
            "It was issued as renewals will be made",
            check_client_type,
            settled_by="user.redeems",
            health_rule=STORED_TOKEN_RULE,
        ),
        Check(
            "user.partner_tenant",
            "Partner Center knows the tenant",
            check_partner_tenant,
            health_rule=HealthRule(covered_by="store.partner_center"),
        ),
        Check(
            "user.mfa_compliant",
            "Partner Center counts the MFA",
            check_mfa_compliant,
            health_rule=HealthRule(covered_by="store.mfa_compliant"),
        ),
        Check(
            "user.admin_agent",
            "The user may act as Admin agent",
            check_admin_agent,
            health_rule=replace(STORED_TOKEN_RULE, needs=needs_checks("store.partner_center")),
        ),
        Check(
            "user.redeems",
            "The refresh token can be used as a renewal does",
            check_redemption,
            health_rule=HealthRule(covered_by="store.redeems"),
        ),
    ),
)
