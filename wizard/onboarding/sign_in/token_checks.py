"""Checks of the token that a sign-in gave, by what the token itself says (protocol 1.7)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.claims import ASSERTED, FEDERATED, GLOBAL_ADMINISTRATOR, did_mfa
from wizard.core.findings import Finding, Outcome, Then, Who
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, warns
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.sign_in.device_code_method import DeviceCodeMethod
from wizard.onboarding.sign_in.flow_choice import BROWSER
from wizard.onboarding.sign_in.method import OTHER_FLOW
from wizard.onboarding.sign_in.sign_in_checks import SIGN_IN_AGAIN, signed_in_token
from wizard.onboarding.token_place import TAKEN_OVER

if TYPE_CHECKING:
    from wizard.microsoft.token_response import TokenResponse

TAKE_OVER_ANOTHER: Final = "Have the tool that stored the token get a new one, and take that over."
SIGN_IN_HERE: Final = "Or let the integration user sign in here, in a browser."


def _is_taken_over(onboarding: Onboarding) -> bool:
    """Return whether the token is one that another tool stored: a new sign-in here does not change it."""
    return onboarding.facts.flow == TAKEN_OVER


def _another_token(onboarding: Onboarding) -> tuple[str, ...]:
    """Return how to get another token."""
    return (TAKE_OVER_ANOTHER, SIGN_IN_HERE) if _is_taken_over(onboarding) else (SIGN_IN_AGAIN,)


def _instead(onboarding: Onboarding) -> dict[str, str]:
    """Return the evidence that a sign-in may get through where a stored token does not."""
    return {OTHER_FLOW: BROWSER} if _is_taken_over(onboarding) else {}


def check_token_tenant(onboarding: Onboarding) -> Finding:
    """The token was issued by the partner tenant."""
    expected, found = onboarding.facts.tenant_id, signed_in_token(onboarding).claims.tenant_id
    if not found:
        return could_not_tell("The token does not say its tenant; Partner Center's profile does.")
    if found != expected:
        return fails(
            f"The token was issued by another tenant, {found}.",
            _another_token(onboarding),
            Who.INTEGRATION_USER,
            then=Then.DROP_SIGN_IN,
            tenant_id=found,
            **_instead(onboarding),
        )
    return holds("The token was issued by the partner tenant.", tenant_id=found)


def check_account(onboarding: Onboarding) -> Finding:
    """The account that signed in is the expected one, and no guest of this tenant."""
    answer, expected = signed_in_token(onboarding), onboarding.answers.integration_user
    name = answer.claims.user_name or answer.user_name
    if guest := _guest(onboarding, answer, name):
        return guest
    if name.lower() != expected.lower() and _is_taken_over(onboarding):
        return fails(
            f"The stored token is {name or 'an unnamed account'}'s; {expected} was expected. Nothing was changed.",
            (
                "If that account is the right one, correct the field Integration user.",
                f"Otherwise have the tool get a token of {expected}, and take that over.",
                SIGN_IN_HERE,
            ),
            Who.OPERATOR,
            title="The stored token is another account's",
            then=Then.DROP_SIGN_IN,
            signed_in=name,
            expected=expected,
            field="integration_user",
        )
    if name.lower() != expected.lower():
        return fails(
            f"{name or 'An unnamed account'} signed in; {expected} was expected. Nothing of this sign-in is stored.",
            (
                f"Start a new sign-in, open its page in a private window, and sign in as {expected}.",
                "If the other account is the right one, correct the field Integration user instead.",
            ),
            Who.INTEGRATION_USER,
            then=Then.SET_SIGN_IN_ASIDE,
            signed_in=name,
            expected=expected,
        )
    onboarding.learn(user_id=answer.claims.user_id, user_name=name, user_roles=answer.claims.roles)
    if _is_taken_over(onboarding):
        return holds(f"The stored token is {name}'s, as expected.", user_id=answer.claims.user_id)
    return holds(f"{name} signed in, as expected.", user_id=answer.claims.user_id)


def _guest(onboarding: Onboarding, answer: TokenResponse, name: str) -> Finding | None:
    """Return the finding of an account whose home is another tenant, None for any other."""
    home = answer.home_tenant_id
    if not home or home == onboarding.facts.tenant_id:
        return None
    return fails(
        f"{name or 'The account'} is a guest: its home is another tenant, {home}.",
        (TAKE_OVER_ANOTHER, SIGN_IN_HERE)
        if _is_taken_over(onboarding)
        else "Sign in again in a private window, with an account of the partner tenant itself.",
        Who.INTEGRATION_USER,
        title="The stored token is a guest's" if _is_taken_over(onboarding) else "A guest account signed in",
        then=Then.DROP_SIGN_IN,
        home_tenant_id=home,
        **_instead(onboarding),
    )


def _recheck_account_by_id(onboarding: Onboarding) -> Finding:
    """The stored token is that of the account whose id its tags say; they name no person."""
    answer, expected = signed_in_token(onboarding), onboarding.facts.user_id
    name, found = answer.claims.user_name or answer.user_name, answer.claims.user_id
    if guest := _guest(onboarding, answer, name):
        return guest
    if not expected:
        return could_not_tell(
            f"The stored token is {name or found or 'an unnamed account'}'s; its tags do not say whose it should be.",
            ("If that is the integration user, renew the token: its tags then say it.",),
            Who.OPERATOR,
        )
    if found != expected:
        return fails(
            f"The stored token is {name or 'an account'}'s ({found or 'no id'}); its tags name {expected}.",
            ("Find out who stored it.", "Then sign in again as the integration user, in a private window."),
            Who.OPERATOR,
            title="The stored token is another account's",
            signed_in=found,
            expected=expected,
        )
    onboarding.learn(user_name=name, user_roles=answer.claims.roles)
    return holds(f"The stored token is {name or 'the account'}'s, whom its tags name by id.", user_id=found)


def recheck_account(onboarding: Onboarding) -> Finding:
    """The stored token is the expected account's, which is no guest of this tenant."""
    if not onboarding.answers.integration_user:
        return _recheck_account_by_id(onboarding)
    finding = check_account(onboarding)
    expected, signed_in = finding.evidence.get("expected"), finding.evidence.get("signed_in")
    if finding.outcome is Outcome.HOLDS:
        return replace(finding, message=f"The stored token is {onboarding.facts.user_name}'s, as expected.")
    if not expected:
        return finding
    return replace(
        finding,
        message=f"The stored token is {signed_in or 'an unnamed account'}'s; {expected} was expected.",
        actions=("Find out who stored it.", f"Then sign in as {expected}, in a private window."),
        title="The stored token is another account's",
    )


def check_no_global_administrator(onboarding: Onboarding) -> Finding:
    """The integration user is no Global Administrator."""
    if GLOBAL_ADMINISTRATOR in signed_in_token(onboarding).claims.roles:
        return warns(
            "The integration user is a Global Administrator: whoever gets this token has the whole tenant.",
            "Use a dedicated account that is only an Admin agent, and sign in again.",
            Who.ADMIN,
            title="The user is a Global Administrator",
        )
    return holds("The integration user is no Global Administrator.")


def check_audience(onboarding: Onboarding) -> Finding:
    """The access token is for the API of this profile."""
    expected, found, api = onboarding.api_audience, signed_in_token(onboarding).claims.audience, onboarding.spec.api
    if not found:
        return could_not_tell(f"The token does not say which service it is for; the answer of {api.title} shows it.")
    if found != expected:
        message = f"The token is for {found}, not for {expected}."
        return fails(message, _another_token(onboarding), Who.OPERATOR, then=Then.DROP_SIGN_IN, audience=found)
    return holds(f"The access token is for {api.title}.", audience=found)


def check_scope(onboarding: Onboarding) -> Finding:
    """The token carries the API's delegated permission, which proves the grant."""
    answer, wanted, api = signed_in_token(onboarding), onboarding.api_scope, onboarding.spec.api
    found = answer.claims.scopes or tuple(each.rpartition("/")[2] for each in answer.scopes if each == wanted)
    if api.permission not in found:
        return fails(
            f"The token lacks the permission {api.permission} on {api.title}.",
            (
                f"Add it to the app (App registrations > the app > API permissions; listed as {api.listed_as}).",
                "Have consent granted.",
                "Then sign in again.",
            ),
            Who.ADMIN,
            back_to="consent.granted",
            then=Then.DROP_SIGN_IN,
            scopes=" ".join(found),
        )
    onboarding.learn(scopes=found)
    return holds(f"The token carries {api.permission}: consent is granted.", scopes=" ".join(found))


def check_refresh_token(onboarding: Onboarding) -> Finding:
    """A refresh token came with it."""
    found = signed_in_token(onboarding).refresh_token
    if not found:
        other_flow = {OTHER_FLOW: BROWSER} if onboarding.facts.flow == DeviceCodeMethod.flow_fact else {}
        return fails(
            "No refresh token came back, so nothing could be renewed later.",
            (
                "If this was a sign-in with a code, sign in in a browser instead: security defaults refuse the device "
                "code flow.",
                "If it was one in a browser, check that no Conditional Access session policy forbids persistent "
                "sign-ins, and sign in again.",
            ),
            Who.ADMIN,
            then=Then.DROP_SIGN_IN,
            **other_flow,
        )
    if onboarding.memory.sign_in.refresh_token is None:
        onboarding.memory.sign_in.refresh_token = found
    came = (
        "The stored token is what later renewals use."
        if _is_taken_over(onboarding)
        else "A refresh token came with it."
    )
    return holds(came)


def check_mfa(onboarding: Onboarding) -> Finding:
    """The token says that its user signed in with MFA (`amr`, protocol 1.7)."""
    amr, api = signed_in_token(onboarding).claims.amr, onboarding.spec.api
    if amr is None:
        if not api.says_mfa:
            return warns(
                f"The token does not say how its user signed in, and {api.title} does not say it either.",
                "Make sure that a Conditional Access policy requires MFA of this account.",
                Who.ADMIN,
                title="Whether MFA was done is not known",
            )
        return could_not_tell("The token does not say how its user signed in; Partner Center's own answer decides.")
    if did_mfa(amr):
        return holds("The sign-in was done with MFA.", amr=" ".join(amr))
    if _is_taken_over(onboarding):
        return fails(
            "The user of the stored token signed in without MFA, and Partner Center refuses such tokens. A token never "
            "gets MFA later.",
            ("Have its user sign in at the tool again, with MFA, and take over the token of that.", SIGN_IN_HERE),
            Who.ADMIN,
            Who.INTEGRATION_USER,
            title="The stored token is of a sign-in without MFA",
            then=Then.DROP_SIGN_IN,
            amr=" ".join(amr),
            **_instead(onboarding),
        )
    return fails(
        "The sign-in was done without MFA, and Partner Center refuses such tokens.",
        (
            "Have a Conditional Access policy require MFA of this account on every sign-in (without Entra ID P1: "
            "per-user MFA); security defaults require MFA too, but refuse a sign-in by device code (AADSTS530035).",
            "Let the account register a method at https://aka.ms/mfasetup.",
            "Then sign in again in a private window.",
        ),
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
    if issued != (ASSERTED if used == FEDERATED else used):
        return warns(
            f"The sign-in was made as a {used} client, but the token says {issued}. The next checks use it as a "
            "renewal does.",
            (),
            title="The token names another client type",
            appidacr=issued,
        )
    return holds(f"The token was issued to a {used} client, and renewals will be made as one.", client_type=used)
