"""Step 2, app registration: the app exists here, its credential works now, and Partner Center can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.core.answers import OUTSIDE_TOKENS, Field, Kind, guid_error, tenant_error
from wizard.core.errors import BadInput, ServiceRefusal
from wizard.core.findings import Finding, Who
from wizard.core.pasted_values import read_client_id, read_tenant
from wizard.core.retries import RETRY_PAUSES, wait
from wizard.core.shapes import is_guid
from wizard.core.timestamps import day
from wizard.core.wording import upper_first
from wizard.onboarding.finding_builders import could_not_tell, fails, fixed_by, holds, refused
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import (
    KNOWN_APP,
    NO_SERVICE_PRINCIPAL,
    NOT_PROVISIONED,
    UNKNOWN_APP,
    refusal_of_api,
    refusal_of_app,
)
from wizard.onboarding.probes.app_credential import (
    check_credential,
    check_credential_lifetime,
    missing_secret,
    recheck_credential,
)
from wizard.onboarding.probes.app_fixes import add_service_principal
from wizard.onboarding.probes.app_home import check_home
from wizard.onboarding.probes.app_in_graph import REGISTRATION_CHECK
from wizard.onboarding.probes.app_keys import KEYS_CHECK
from wizard.onboarding.probes.app_national import NATIONAL_CLOUD_CHECK
from wizard.onboarding.probes.app_public_client import PUBLIC_CLIENT_CHECK
from wizard.onboarding.probes.app_registering import (
    NEW_APP,
    another_app,
    created_lately,
    without_app,
)
from wizard.onboarding.probes.credential import NotInVault, client_credential
from wizard.onboarding.probes.credential_fields import CREDENTIAL_FIELDS
from wizard.onboarding.probes.credential_in_vault import no_vault_named, why_no_credential
from wizard.onboarding.probes.credential_policy import CREDENTIAL_POLICY_CHECK
from wizard.onboarding.probes.graph_identity import GRAPH_CHECK, GRAPH_FIELD, NO_GRAPH_IDENTITY
from wizard.onboarding.probes.new_certificate_check import CERTIFICATE_CHECK
from wizard.onboarding.probes.outside_token import SOURCES, no_outside_token, outside_token
from wizard.onboarding.probes.principal_fixes import switching_on
from wizard.onboarding.probes.secret_fixes import add_secret
from wizard.onboarding.probes.vault_access import has_credential_in_vault
from wizard.onboarding.profile_spec import VENDOR
from wizard.onboarding.step import Check, Step

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential

CLIENT_ID_HELP: Final = (
    "Entra > App registrations > the app > Application (client) ID; in Partner Center it is the App ID "
    "(Account settings > App management, where an app can be made as well)."
)


COPY_CLIENT_ID: Final = f"Copy it whole: {CLIENT_ID_HELP}"


def check_ids(onboarding: Onboarding) -> Finding:
    """The ids have the right form, the secret is not its own id, and the credential is there: no old certificate."""
    from wizard.microsoft.credentials import ClientCertificate, FederatedCredential

    answers = onboarding.answers
    if not answers.client_id:
        return without_app(onboarding)
    if error := guid_error(answers.client_id):
        return fails(f"The application id is malformed: {error}.", COPY_CLIENT_ID, Who.OPERATOR)
    if answers.credential == "secret" and answers.client_secret and is_guid(answers.client_secret.reveal()):
        return fails(
            "What was entered as the client secret is a GUID: that is the secret's id, not its value.",
            (
                "Copy the column Value, not Secret ID.",
                "If the value is not shown any more, make a new secret (App registrations > the app > Certificates & "
                "secrets) and copy its value at once.",
            ),
            Who.OPERATOR,
            Who.ADMIN,
            title="The secret's ID was entered, not its value",
            field="client_secret",
        )
    if answers.credential == "secret" and not answers.client_secret:
        return missing_secret(onboarding, "app.well_formed")
    credential = _credential_now(onboarding)
    if isinstance(credential, Finding):
        return credential
    if isinstance(credential, ClientCertificate) and credential.expires_at <= onboarding.clock.now():
        raise BadInput("certificate", f"expired on {day(credential.expires_at)}; expected one that is still valid")
    if isinstance(credential, FederatedCredential):
        token = outside_token(onboarding, credential)
        if isinstance(token, ServiceRefusal):
            return no_outside_token(token)
        source = SOURCES[credential.source]
        return holds(f"The ids have the right form, and {source} gives a token.", **token.as_evidence())
    return holds("The ids have the right form.", client_id=answers.client_id)


def _credential_now(onboarding: Onboarding) -> Credential | Finding | None:
    """Return the app's credential, None where it has none; or why it cannot be read."""
    if not has_credential_in_vault(onboarding.answers):
        return client_credential(onboarding)
    if not onboarding.answers.vault_url:
        return no_vault_named()
    found: list[Credential | None] = []
    try:
        why = why_no_credential(onboarding, lambda: found.append(client_credential(onboarding)))
    except NotInVault as missing:
        return _not_in_vault(onboarding, missing)
    return why or found[0]


def _not_in_vault(onboarding: Onboarding, error: NotInVault) -> Finding:
    """Return that the vault does not have the app's credential; a secret can be made and put there."""
    fixes = add_secret(onboarding)
    make = ("Have a client secret made here, which goes into the vault at once.",) if fixes else ()
    finding = fails(
        f"{upper_first(error.expected)}.",
        (*make, "Correct the name, or the vault, if the credential is somewhere else."),
        Who.OPERATOR,
        title="The vault does not have the app's credential",
        field=error.field,
    )
    return fixed_by(finding, *fixes)


def check_app_exists(onboarding: Onboarding) -> Finding:
    """The app is known in this tenant: asked with its credential, or where it has none by asking for a device code."""
    client_id = onboarding.answers.client_id
    refusal = _refusal_once_known(onboarding)
    if refusal and refusal.code in UNKNOWN_APP | {NO_SERVICE_PRINCIPAL} and onboarding.spec.has(VENDOR):
        return could_not_tell(
            "The vendor's app is not in this tenant yet; admin consent, in the next step, adds it.",
            client_id=client_id,
        )
    if refusal and refusal.code in UNKNOWN_APP:
        return fixed_by(refused(refusal, client_id=client_id), *another_app(onboarding))
    if refusal and refusal.code not in KNOWN_APP:
        return could_not_tell(
            f"Entra answered {refusal.code or refusal.error}, which does not say whether the app is known here.",
            "Check again in a minute; the sign-in settles it as well.",
            Who.OPERATOR,
            client_id=client_id,
        )
    return holds("The app is known in this tenant.", client_id=client_id)


def _refusal_once_known(onboarding: Onboarding) -> ServiceRefusal | None:
    """Return why Entra refuses the app; one that was created a moment ago is given the time to be known there."""
    refusal = refusal_of_app(onboarding)
    for number, pause in enumerate(RETRY_PAUSES, 2):
        if refusal is None or refusal.code not in UNKNOWN_APP or not created_lately(onboarding):
            break
        wait(onboarding, NEW_APP, pause, next_try=number)
        onboarding.memory.forget_answers()
        refusal = refusal_of_app(onboarding)
    return refusal


def check_partner_center_provisioned(onboarding: Onboarding) -> Finding:
    """The API's own service principal is in the tenant (AADSTS500011 where it is not)."""
    audience, api = onboarding.api_audience, onboarding.spec.api
    refusal = refusal_of_api(onboarding)
    if refusal and refusal.code in NOT_PROVISIONED:
        fix = add_service_principal("add-partner-center", api.app_id, api.title)
        return fixed_by(refused(refusal, resource=audience), fix)
    if refusal and onboarding.spec.has(VENDOR):
        return could_not_tell(
            f"Entra looks for {api.title} only when the vendor's app is in this tenant; step 3 adds it.",
            resource=audience,
        )
    if refusal and refusal.code != NO_SERVICE_PRINCIPAL:
        return fixed_by(refused(refusal, resource=audience), *switching_on(onboarding, refusal.code))
    return holds(f"Entra knows {api.title} in this tenant.", resource=audience)


def check_service_principal(onboarding: Onboarding) -> Finding:
    """The app has its own service principal in the tenant (AADSTS7000229 where it has none)."""
    if onboarding.answers.credential == "none" or onboarding.spec.has(VENDOR):
        return could_not_tell(
            "Whether the app has its service principal here shows when the integration user signs in."
        )
    refusal = refusal_of_app(onboarding) or refusal_of_api(onboarding)
    if refusal and refusal.code == NO_SERVICE_PRINCIPAL:
        name = onboarding.facts.app_name or "the app"
        return fixed_by(refused(refusal), add_service_principal("add-app", onboarding.answers.client_id, name))
    return holds("The app has its service principal in this tenant.")


def _needs_no_credential(onboarding: Onboarding) -> str:
    return "the app has no credential" if onboarding.answers.credential == "none" else ""


def _has_no_credential(onboarding: Onboarding) -> bool:
    """Whether Entra can be asked for a device code alone, which nobody would use."""
    return onboarding.answers.credential == "none"


def _vault_check(onboarding: Onboarding) -> tuple[str, ...]:
    return ("user.vault_reachable",) if has_credential_in_vault(onboarding.answers) else ()


UNPROVEN_BY_APP: Final = ("app", "consent", "user", "store", "access")

APP = Step(
    "app",
    "App registration",
    "App",
    "An app registration is what your programs sign in with. This step makes sure that it exists, that its credential "
    "works today, and that it can request access to Partner Center.",
    facts=("public_client", "app_name", "credential_expires_at", "home_tenant_id"),
    reopens_on_resume=lambda answers: answers.credential not in ("none", *OUTSIDE_TOKENS),
    reopened_note="The app's credential is never kept, so it is asked for again.",
    fields=(
        Field(
            "client_id",
            "Application id",
            f"{CLIENT_ID_HELP} None yet? Leave it empty, and choose a Graph identity.",
            validate=guid_error,
            reader=read_client_id,
            unproves=UNPROVEN_BY_APP,
            spared_if=lambda answers: answers.graph_identity != NO_GRAPH_IDENTITY,
            if_missing="needs a value; with a Graph identity it may stay empty: the app is then found, or created",
        ),
        Field(
            "home_tenant",
            "Your own tenant",
            "Where your app is registered: the domain of your own tenant, such as fabrikam.com, or its id (a GUID).",
            validate=tenant_error,
            reader=read_tenant,
            unproves=UNPROVEN_BY_APP,
            facet=VENDOR,
        ),
        *CREDENTIAL_FIELDS,
        Field(
            "public_client",
            "Public client",
            "What “Allow public client flows” says under App registrations > the app > Authentication. If you do not "
            "know, leave it: the sign-in finds out.",
            Kind.YES_NO_UNKNOWN,
            required=False,
            choices=(("yes", "flows are allowed"), ("no", "flows are not allowed"), ("unknown", "not known")),
            unproves=("app.public_client", "user.sign_in_ready", "store"),
            facet="user",
        ),
        GRAPH_FIELD,
    ),
    checks=(
        GRAPH_CHECK,
        CREDENTIAL_POLICY_CHECK,
        CERTIFICATE_CHECK,
        Check(
            "app.well_formed",
            "The ids have the right form",
            "An id or the credential has the wrong form",
            "App",
            check_ids,
            fields_to_fix=("client_id",),
            health_rule=HealthRule(needs=_vault_check),
        ),
        Check(
            "app.home",
            "Your own tenant has the app",
            "Your own tenant does not have the app",
            "App",
            check_home,
            fields_to_fix=("home_tenant",),
            health_rule=HealthRule(
                needs=needs_checks("tenant.exists", "app.well_formed"),
                covered_by="store.redeems",
                is_covered=_has_no_credential,
            ),
            facet=VENDOR,
        ),
        Check(
            "app.exists",
            "The app exists in this tenant",
            "The app is not in this tenant",
            "App",
            check_app_exists,
            settled_by="user.signed_in",
            or_settled_by=("access.token",),
            fields_to_fix=("client_id",),
            health_rule=HealthRule(
                needs=needs_checks("tenant.exists", "app.well_formed"),
                covered_by="store.redeems",
                or_covered_by=("access.token",),
                is_covered=_has_no_credential,
            ),
        ),
        KEYS_CHECK,
        Check(
            "app.credential",
            "The app's credential works",
            "The app's credential does not work",
            "Credential",
            check_credential,
            settled_by="consent.app_arrived",
            or_settled_by=("user.redeems", "access.token"),
            fields_to_fix=("client_secret", "certificate", "credential_name", "managed_identity", "assertion_file"),
            skipped_because=_needs_no_credential,
            health_rule=HealthRule(recheck_credential, needs=needs_checks("app.exists")),
        ),
        Check(
            "app.credential_lifetime",
            "The credential is valid for a while",
            "The credential has expired",
            "Credential",
            check_credential_lifetime,
            advisory=True,
            skipped_because=_needs_no_credential,
            health_rule=HealthRule(needs=needs_checks("tenant.exists", "app.well_formed")),
        ),
        Check(
            "app.partner_center_provisioned",
            "{api} is provisioned here",
            "{api} is not provisioned in this tenant",
            "In the tenant",
            check_partner_center_provisioned,
            settled_by="user.signed_in",
            or_settled_by=("access.token",),
            health_rule=HealthRule(
                needs=needs_checks("app.credential"), covered_by="store.redeems", is_covered=_has_no_credential
            ),
        ),
        Check(
            "app.service_principal",
            "The app has a service principal",
            "The app has no service principal in this tenant",
            "In the tenant",
            check_service_principal,
            settled_by="user.signed_in",
            or_settled_by=("access.token",),
            health_rule=HealthRule(
                needs=needs_checks("app.credential"), covered_by="store.redeems", is_covered=_has_no_credential
            ),
        ),
        NATIONAL_CLOUD_CHECK,
        PUBLIC_CLIENT_CHECK,
        REGISTRATION_CHECK,
    ),
    form_title="The app",
)
