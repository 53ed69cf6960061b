"""Step 4, integration user: the vault first, then the sign-in, then every check of the token while it is in memory."""

from __future__ import annotations

from dataclasses import replace

from wizard.core.answers import Field, user_name_error
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Then, Who
from wizard.core.pasted_values import read_user_name
from wizard.core.retries import with_retries
from wizard.onboarding.finding_builders import NEW_SIGN_IN, could_not_tell, holds, refused
from wizard.onboarding.health_rule import HealthRule, needs_checks, not_in_health_check
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account import ACCOUNT_CHECK, ACCOUNT_FIELD
from wizard.onboarding.probes.account_checks import ACCOUNT_CHECKS
from wizard.onboarding.probes.account_word import PROGRESS_FIELD, WORD_CHECK
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.mfa_requirement import MFA_REQUIRED_CHECK
from wizard.onboarding.probes.other_programs import OTHER_PROGRAMS_CHECK
from wizard.onboarding.probes.partner import (
    check_partner_mfa,
    check_partner_profile,
    check_referrals_answer,
    partner_refused,
)
from wizard.onboarding.probes.stored_token import check_stored_token, somebody_signs_in
from wizard.onboarding.probes.vault_access import VAULT_FIELDS, login_host_check
from wizard.onboarding.probes.vault_checks import (
    check_secret_name,
    check_vault_readable,
    check_vault_writable,
    recheck_secret_name,
)
from wizard.onboarding.probes.vault_rights import VAULT_RIGHTS_CHECKS
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.sign_in.early_expiry import RULE_FACTS
from wizard.onboarding.sign_in.flow_check import FLOW_CHECKS, FLOW_FIELDS
from wizard.onboarding.sign_in.redemption import client_type_of, redeem_as_either_client
from wizard.onboarding.sign_in.sign_in_checks import (
    SIGN_IN_AGAIN,
    await_sign_in,
    begin_sign_in,
    signed_in_token,
)
from wizard.onboarding.sign_in.token_checks import (
    check_account,
    check_audience,
    check_client_type,
    check_mfa,
    check_no_global_administrator,
    check_refresh_token,
    check_scope,
    check_token_tenant,
    recheck_account,
)
from wizard.onboarding.step import Check, Step


def check_partner_tenant(onboarding: Onboarding) -> Finding:
    """Partner Center knows the tenant as a partner's (protocol 4.3)."""
    return check_partner_profile(onboarding, signed_in_token(onboarding))


def check_mfa_compliant(onboarding: Onboarding) -> Finding:
    """Partner Center counts the sign-in as MFA (`isMfaCompliant`, protocol 4.2)."""
    return check_partner_mfa(onboarding, signed_in_token(onboarding))


def check_referrals(onboarding: Onboarding) -> Finding:
    """The integration user may read referrals."""
    return check_referrals_answer(onboarding, signed_in_token(onboarding))


def check_admin_agent(onboarding: Onboarding) -> Finding:
    """The integration user may do what an Admin agent may: list customers."""
    answer = signed_in_token(onboarding)
    try:
        with_retries(
            onboarding,
            "asking Partner Center for customers",
            lambda: onboarding.services.partner_center.require_customers(answer.access_token),
        )
    except ServiceRefusal as refusal:
        finding = partner_refused(refusal, answer)
        if refusal.status != 403:
            return finding
        return replace(finding, code=finding.code or str(refusal.status), then=Then.DROP_SIGN_IN)
    return holds("The integration user may act as an Admin agent.")


def check_redemption(onboarding: Onboarding) -> Finding:
    """The refresh token can be redeemed exactly as a renewal will redeem it."""
    sign_in, used = onboarding.memory.sign_in, onboarding.facts.client_type
    credential = client_credential(onboarding)
    if sign_in.refresh_token is None:
        return could_not_tell("There is no refresh token in memory.", SIGN_IN_AGAIN, Who.OPERATOR)
    first = None if used == "public" else credential
    try:
        # Which kind of client a refresh needs after a device code is (U) (protocol 3): take the one that works.
        answer, works = redeem_as_either_client(onboarding, sign_in.refresh_token, first, credential)
    except ServiceRefusal as refusal:
        back_to = "consent.granted" if refusal.code == "AADSTS65001" else ""
        return refused(refusal, back_to=back_to, context=RefusalContext.NEW_TOKEN, then=Then.DROP_SIGN_IN)
    if works is not first:
        used = client_type_of(works)
        onboarding.learn(client_type=used)
        sign_in.facts["client_type"] = used
    sign_in.refresh_token = answer.refresh_token or sign_in.refresh_token
    message = f"The refresh token can be used for a new access token by a {used} client, as a renewal does."
    return holds(message, client_type=used)


STORED_TOKEN_RULE = HealthRule(needs=needs_checks("store.redeems"), actions=(NEW_SIGN_IN,))

USER = Step(
    "user",
    "Integration user",
    "User",
    "The integration user is the account your programs act as. First the vault is tried. Then the account signs in "
    "with MFA, in a browser or with a code, and its token is checked before it is stored. Or a token is taken over "
    "that CIPP or another tool has stored.",
    fields=(
        Field(
            "integration_user",
            "Integration user",
            "A dedicated account of the partner tenant: Admin agent, with MFA, and no administrator of the tenant.",
            validate=user_name_error,
            reader=read_user_name,
            is_long=True,
            unproves=("user.account", "store"),
        ),
        PROGRESS_FIELD,
        *FLOW_FIELDS,
        *VAULT_FIELDS,
        ACCOUNT_FIELD,
    ),
    facts=(
        "client_type",
        "flow",
        "redirect_platform",
        "expiry_notes",
        *RULE_FACTS,
        "user_id",
        "user_name",
        "user_roles",
        "scopes",
        "signed_in_at",
        "partner_name",
        "mfa_compliant",
    ),
    run_label="Check and sign in",
    run_hint="Tries the vault first. Then the integration user signs in, unless a token is there already.",
    unproves=("store",),
    reopens_on_resume=lambda _answers: True,
    checks=(
        *VAULT_RIGHTS_CHECKS,
        Check(
            "user.vault_reachable",
            "The vault can be read",
            "The vault cannot be read",
            "Vault",
            check_vault_readable,
            fields_to_fix=("vault_url",),
            health_rule=HealthRule(needs=login_host_check),
        ),
        Check(
            "user.vault_writable",
            "The vault can be written",
            "The vault cannot be written",
            "Vault",
            check_vault_writable,
            settled_by="store.written",
            health_rule=not_in_health_check("nothing is written here"),
        ),
        Check(
            "user.secret_name",
            "The secret's name is free, or ours",
            "The secret's name is taken",
            "Vault",
            check_secret_name,
            settled_by="store.written",
            fields_to_fix=("vault_secret",),
            health_rule=HealthRule(recheck_secret_name, needs=needs_checks("user.vault_reachable")),
        ),
        Check(
            "user.stored_token",
            "The stored token is there",
            "The stored token cannot be used",
            "Vault",
            check_stored_token,
            fields_to_fix=("token_layout", "stored_token", "vault_url", "vault_secret"),
            spares_sign_in=True,
            skipped_because=somebody_signs_in,
            health_rule=not_in_health_check("what is stored is read back"),
        ),
        WORD_CHECK,
        *ACCOUNT_CHECKS,
        MFA_REQUIRED_CHECK,
        *FLOW_CHECKS,
        Check(
            "user.sign_in_ready",
            "The sign-in can begin",
            "The sign-in cannot begin",
            "Sign-in",
            begin_sign_in,
            begins_sign_in=True,
            health_rule=not_in_health_check("nobody signs in here"),
        ),
        Check(
            "user.signed_in",
            "The integration user has signed in",
            "The integration user has not signed in",
            "Sign-in",
            await_sign_in,
            saves_at_once=True,
            signs_in=True,
            health_rule=HealthRule(covered_by="store.redeems"),
        ),
        Check(
            "user.tenant",
            "The token is the partner tenant's",
            "The token is another tenant's",
            "Token",
            check_token_tenant,
            settled_by="user.partner_tenant",
            or_settled_by=("user.referrals",),
            health_rule=STORED_TOKEN_RULE,
        ),
        Check(
            "user.account",
            "The expected account signed in",
            "Another account signed in",
            "Token",
            check_account,
            health_rule=replace(STORED_TOKEN_RULE, run=recheck_account),
        ),
        Check(
            "user.not_global_admin",
            "The user is no Global Administrator",
            "The user is a Global Administrator",
            "Token",
            check_no_global_administrator,
            advisory=True,
            health_rule=STORED_TOKEN_RULE,
        ),
        Check(
            "user.audience",
            "The token is for {api}",
            "The token is for another service",
            "Token",
            check_audience,
            settled_by="user.partner_tenant",
            or_settled_by=("user.referrals",),
            health_rule=STORED_TOKEN_RULE,
        ),
        Check(
            "user.scope",
            "The token carries the permission",
            "The token lacks the permission",
            "Token",
            check_scope,
            health_rule=STORED_TOKEN_RULE,
        ),
        Check(
            "user.refresh_token",
            "A refresh token came with it",
            "No refresh token came with it",
            "Token",
            check_refresh_token,
            health_rule=STORED_TOKEN_RULE,
        ),
        Check(
            "user.mfa",
            "The sign-in was done with MFA",
            "The sign-in was done without MFA",
            "Token",
            check_mfa,
            settled_by="user.mfa_compliant",
            health_rule=STORED_TOKEN_RULE,
        ),
        Check(
            "user.client_type",
            "The token has the right client type",
            "The token has another client type",
            "Token",
            check_client_type,
            settled_by="user.redeems",
            health_rule=STORED_TOKEN_RULE,
        ),
        Check(
            "user.partner_tenant",
            "Partner Center knows the tenant",
            "Partner Center does not know the tenant",
            "Partner Center",
            check_partner_tenant,
            health_rule=HealthRule(covered_by="store.partner_center"),
            facet="organization",
        ),
        ACCOUNT_CHECK,
        Check(
            "user.mfa_compliant",
            "Partner Center counts the MFA",
            "Partner Center does not count the MFA",
            "Partner Center",
            check_mfa_compliant,
            health_rule=HealthRule(covered_by="store.mfa_compliant"),
            facet="organization",
        ),
        Check(
            "user.admin_agent",
            "The user may act as Admin agent",
            "The user may not act as Admin agent",
            "Partner Center",
            check_admin_agent,
            health_rule=replace(STORED_TOKEN_RULE, needs=needs_checks("store.partner_center")),
            facet="customers",
        ),
        OTHER_PROGRAMS_CHECK,
        Check(
            "user.referrals",
            "The user may read referrals",
            "The user may not read referrals",
            "Partner Center",
            check_referrals,
            health_rule=HealthRule(covered_by="store.referrals"),
            facet="referrals",
        ),
        Check(
            "user.redeems",
            "The refresh token works in a renewal",
            "The refresh token does not work in a renewal",
            "Renewal",
            check_redemption,
            health_rule=HealthRule(covered_by="store.redeems"),
        ),
    ),
    form_title="Account and vault",
)
