"""Step 2, app registration: the app exists here, its credential works now, and Partner Center can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wizard.core.answers import GUID, Answers, Field, Kind, client_secret_error, guid_error, secret_name_error
from wizard.core.errors import BadInput, Cancelled, ServiceRefusal
from wizard.core.findings import Finding, Who
from wizard.core.retries import wait
from wizard.onboarding.context import Onboarding
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, refused, warns
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.probes.app import (
    NO_SERVICE_PRINCIPAL,
    NOT_HERE,
    NOT_PROVISIONED,
    PROVES_APP,
    SILENT_ON_CREDENTIAL,
    refusal_to_app,
    refusal_to_partner_center,
    registration,
)
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.graph_identity import GRAPH_CHECK, GRAPH_FIELD
from wizard.onboarding.probes.vault import VAULT_FIELDS, in_vault
from wizard.onboarding.step import Check, Step

NEW_WAIT = timedelta(minutes=2)
NEW_PAUSE = 15.0
"""A credential that was just made is tried again every 15 s, for two minutes (protocol 6.3, 11.0)."""
MAY_BE_NEW = {
    "AADSTS7000215": "the client secret: Entra refuses it (AADSTS7000215). One made in the last minutes is often not "
    "usable yet; if yours is older, stop now and enter the right value",
    "AADSTS700027": "the certificate: Entra does not know it (AADSTS700027). One uploaded in the last minutes is often "
    "not usable yet; if yours is older, stop now and compare its thumbprint",
}
"""What is waited for, by the code that a credential gets which is wrong, or too new."""
SOON = timedelta(days=30)
WHERE = (
    "Entra > App registrations > the app > Application (client) ID; in Partner Center it is the App ID "
    "(Account settings > App management, where an app can be made as well)."
)


def well_formed(onboarding: Onboarding) -> Finding:
    """The ids have their form, the secret is not its own id, and a certificate has not ended."""
    from wizard.microsoft.credentials import ClientCertificate

    answers = onboarding.answers
    if mistake := guid_error(answers.client_id):
        return fails(f"The application id is malformed: {mistake}.", WHERE, Who.OPERATOR)
    if answers.credential == "secret" and answers.client_secret and GUID.fullmatch(answers.client_secret.reveal()):
        return fails(
            "What was entered as the client secret is a GUID: that is the secret's id, not its value.",
            "Copy the column Value, not Secret ID. If the value is not shown any more, make a new secret "
            "(App registrations > the app > Certificates & secrets) and copy its value at once.",
            Who.OPERATOR,
            Who.ADMIN,
            field="client_secret",
        )
    credential = client_credential(onboarding)
    if isinstance(credential, ClientCertificate) and credential.expires_at <= onboarding.clock.now():
        raise BadInput("certificate", f"ended on {credential.expires_at:%Y-%m-%d}; expected one that is still valid")
    return holds("The ids have the right form.", client_id=answers.client_id)


def exists(onboarding: Onboarding) -> Finding:
    """The app is known in this tenant: asked with its credential, or where it has none by asking for a device code."""
    client_id = onboarding.answers.client_id
    refusal = refusal_to_app(onboarding)
    if refusal and refusal.code in NOT_HERE | {NO_SERVICE_PRINCIPAL} and onboarding.answers.vendor_app:
        return could_not_tell(
            "The vendor's app is not in this tenant yet; admin consent, in the next step, brings it.",
            client_id=client_id,
        )
    if refusal and refusal.code in NOT_HERE:
        return refused(refusal, client_id=client_id)
    if refusal and refusal.code not in PROVES_APP:
        return could_not_tell(
            f"Entra answered {refusal.code or refusal.error}, which does not say whether the app is known here.",
            "Check again in a minute; the sign-in settles it as well.",
            Who.OPERATOR,
            client_id=client_id,
        )
    return holds("The app is known in this tenant.", client_id=client_id)


def credential_works(onboarding: Onboarding) -> Finding:
    """Entra takes the credential; a secret or certificate that may be too new is waited for in sight."""
    since = onboarding.clock.now()
    until = since + NEW_WAIT
    refusal = refusal_to_app(onboarding)
    while refusal and refusal.code in MAY_BE_NEW and onboarding.clock.now() < until:
        try:
            wait(onboarding, MAY_BE_NEW[refusal.code], NEW_PAUSE, until, since)
        except Cancelled:
            return refused(refusal)  # what was known when the wait was stopped
        onboarding.memory.probes.app_tokens.clear()
        refusal = refusal_to_app(onboarding)
    return _is_taken(onboarding, refusal)


def credential_still_works(onboarding: Onboarding) -> Finding:
    """Entra takes the credential that was proven once: there is nothing to wait for."""
    return _is_taken(onboarding, refusal_to_app(onboarding))


def _is_taken(onboarding: Onboarding, refusal: ServiceRefusal | None) -> Finding:
    if refusal and refusal.code in SILENT_ON_CREDENTIAL:
        return could_not_tell(
            f"Entra refused the app before it looked at the credential ({refusal.code}).",
            "It is tried again in step 3, once the app is in this tenant.",
        )
    if refusal:
        return refused(refusal)
    return holds("Entra takes the credential.", credential=onboarding.answers.credential)


def credential_lifetime(onboarding: Onboarding) -> Finding:
    """How long the credential stays valid: a certificate says it, of a secret Graph does where it may be read."""
    ends = _credential_end(onboarding)
    if ends is None:
        return could_not_tell(
            "The secret's end date cannot be read with the rights at hand.",
            "Look it up (App registrations > the app > Certificates & secrets), and note the date.",
            Who.OPERATOR,
        )
    onboarding.learn(credential_expires_at=ends.strftime("%Y-%m-%dT%H:%M:%SZ"))
    left = ends - onboarding.clock.now()
    if left <= timedelta(0):
        return fails(f"The credential ended on {ends:%Y-%m-%d}.", "Make a new one and enter it here.", Who.ADMIN)
    if left < SOON:
        return warns(
            f"The credential ends in {left.days} days, on {ends:%Y-%m-%d}; renewals stop working then.",
            "Make a new one soon, and onboard again with it.",
            Who.ADMIN,
            days_left=left.days,
        )
    return holds(f"The credential is valid until {ends:%Y-%m-%d}, {left.days} days.", days_left=left.days)


def partner_center_provisioned(onboarding: Onboarding) -> Finding:
    """Partner Center's own service principal is in the tenant (AADSTS500011 where it is not)."""
    audience = onboarding.services.cloud.partner_center_audience
    refusal = refusal_to_partner_center(onboarding)
    if refusal and refusal.code in NOT_PROVISIONED:
        return refused(refusal, resource=audience)
    if refusal and onboarding.answers.vendor_app:
        return could_not_tell(
            "Entra looks for Partner Center only when the vendor's app is in this tenant; step 3 brings it.",
            resource=audience,
        )
    if refusal and refusal.code != NO_SERVICE_PRINCIPAL:
        return refused(refusal, resource=audience)
    return holds("Entra knows Partner Center in this tenant.", resource=audience)


def service_principal(onboarding: Onboarding) -> Finding:
    """The app has its own service principal in the tenant (AADSTS7000229 where it has none)."""
    if onboarding.answers.credential == "none" or onboarding.answers.vendor_app:
        return could_not_tell(
            "Whether the app has its service principal here shows when the integration user signs in."
        )
    refusal = refusal_to_app(onboarding) or refusal_to_partner_center(onboarding)
    if refusal and refusal.code == NO_SERVICE_PRINCIPAL:
        return refused(refusal)
    return holds("The app has its service principal in this tenant.")


def public_client(onboarding: Onboarding) -> Finding:
    """Whether “Allow public client flows” is on, which decides how the device code is redeemed (protocol 3)."""
    if shown := _shown_by_graph(onboarding):
        return shown
    word = onboarding.answers.public_client
    onboarding.learn(public_client=word)
    if word is None:
        return could_not_tell("Whether “Allow public client flows” is on is not known; the sign-in tries both ways.")
    if not word and onboarding.answers.credential == "none":
        return fails(
            "“Allow public client flows” is off, so the sign-in needs the app's credential, and none was given.",
            "Enter a client secret or a certificate, or switch the setting on "
            "(App registrations > the app > Authentication > Allow public client flows).",
            Who.OPERATOR,
            Who.ADMIN,
            public_client=False,
        )
    said = "on" if word else "off"
    return could_not_tell(
        f"You say that “Allow public client flows” is {said}; the sign-in shows it.", public_client=word
    )


def public_client_of_stored(onboarding: Onboarding) -> Finding:
    """Whether “Allow public client flows” is on, from Graph; else the use of the stored token shows it."""
    return _shown_by_graph(onboarding) or could_not_tell(
        "Graph may not be read with the rights at hand; the use of the stored token shows whether it is on."
    )


def _shown_by_graph(onboarding: Onboarding) -> Finding | None:
    found = registration(onboarding)
    if found is None:
        return None
    onboarding.learn(public_client=found.is_public, app_name=found.name)
    said = "on" if found.is_public else "off"
    return holds(f"“Allow public client flows” is {said}, as Graph shows it.", public_client=found.is_public)


def _credential_end(onboarding: Onboarding) -> datetime | None:
    from wizard.microsoft.credentials import ClientCertificate, ClientSecret

    credential = client_credential(onboarding)
    if isinstance(credential, ClientCertificate):
        return credential.expires_at
    found = registration(onboarding)
    if not isinstance(credential, ClientSecret) or found is None:
        return None
    ends = [
        _read_time(secret.expires_at)
        for secret in found.secrets
        if secret.hint and credential.value.reveal().startswith(secret.hint)
    ]
    return min((end for end in ends if end), default=None)


def _read_time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _no_credential(onboarding: Onboarding) -> str:
    return "the app has no credential" if onboarding.answers.credential == "none" else ""


def _has_no_credential(onboarding: Onboarding) -> bool:
    """Whether Entra can be asked for a device code alone, which nobody would use."""
    return onboarding.answers.credential == "none"


def _vault_first(onboarding: Onboarding) -> tuple[str, ...]:
    return ("user.vault_reachable",) if in_vault(onboarding.answers) else ()


def _is(*kinds: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.credential in kinds


def _is_file(value: str) -> str:
    return "" if Path(value).expanduser().is_file() else f"there is no file {value}"


AFTER_APP = ("app", "consent", "user", "store")
AFTER_CREDENTIAL = ("app", "user", "store")
"""A grant does not hang on the credential."""

APP = Step(
    "app",
    "App registration",
    "An app registration is what your programs sign in with. This step makes sure that it exists in this tenant, that "
    "its credential works today, and that Partner Center can be asked for.",
    facts=("public_client", "app_name", "credential_expires_at"),
    reopens_on_resume=lambda answers: answers.credential != "none",
    reopened_note="The app's credential is never kept, so it is asked for again.",
    fields=(
        Field("client_id", "Application id", WHERE, check=guid_error, unproves=AFTER_APP),
        Field(
            "vendor_app",
            "App of a control panel vendor",
            "Yes for an app that another company made: it comes into your tenant with admin consent.",
            Kind.YES_NO,
            unproves=AFTER_APP,
        ),
        Field(
            "credential",
            "Credential",
            "What the app proves itself with.",
            Kind.CHOICE,
            choices=(
                ("secret", "client secret"),
                ("certificate", "certificate file"),
                ("none", "none: public client"),
                ("vault_secret", "secret kept in the vault"),
                ("vault_certificate", "certificate kept in the vault"),
            ),
            unproves=AFTER_CREDENTIAL,
        ),
        Field(
            "client_secret",
            "Client secret",
            "The secret's value, not its id. It stays in memory.",
            Kind.SECRET,
            check=client_secret_error,
            unproves=AFTER_CREDENTIAL,
            asked_if=_is("secret"),
        ),
        Field(
            "certificate",
            "Certificate file",
            "A PEM with certificate and private key, or a PFX.",
            Kind.PATH,
            check=_is_file,
            is_long=True,
            unproves=AFTER_CREDENTIAL,
            asked_if=_is("certificate"),
        ),
        Field(
            "passphrase",
            "Its passphrase",
            "Leave empty where the file has none. It stays in memory.",
            Kind.SECRET,
            required=False,
            unproves=AFTER_CREDENTIAL,
            asked_if=_is("certificate"),
        ),
        Field(
            "credential_name",
            "Its name in the vault",
            "The name of the secret or certificate in the key vault below.",
            check=secret_name_error,
            unproves=AFTER_CREDENTIAL,
            asked_if=_is("vault_secret", "vault_certificate"),
        ),
        *(replace(field, asked_if=_is("vault_secret", "vault_certificate")) for field in VAULT_FIELDS[:3]),
        Field(
            "public_client",
            "Public client",
            "What “Allow public client flows” says under App registrations > the app > Authentication. Not known? "
            "Leave it so: the sign-in finds out.",
            Kind.YES_NO_UNKNOWN,
            required=False,
            unproves=("app.public_client", "user.sign_in_ready", "store"),
        ),
        GRAPH_FIELD,
    ),
    checks=(
        Check(
            "app.well_formed",
            "The ids have the right form",
            well_formed,
            fields_to_fix=("client_id",),
            health_rule=HealthRule(needs=_vault_first),
        ),
        Check(
            "app.exists",
            "The app exists in this tenant",
            exists,
            settled_by="user.signed_in",
            fields_to_fix=("client_id",),
            health_rule=HealthRule(
                needs=needs_checks("tenant.exists", "app.well_formed"),
                covered_by="store.redeems",
                is_covered=_has_no_credential,
            ),
        ),
        Check(
            "app.credential",
            "Its credential works",
            credential_works,
            settled_by="consent.app_arrived",
            fields_to_fix=("client_secret", "certificate", "credential_name"),
            skipped_because=_no_credential,
            health_rule=HealthRule(credential_still_works, needs=needs_checks("app.exists")),
        ),
        GRAPH_CHECK,
        Check(
            "app.credential_lifetime",
            "Its credential stays valid for a while",
            credential_lifetime,
            advisory=True,
            skipped_because=_no_credential,
            health_rule=HealthRule(needs=needs_checks("tenant.exists", "app.well_formed")),
        ),
        Check(
            "app.partner_center_provisioned",
            "Partner Center is provisioned in this tenant",
            partner_center_provisioned,
            settled_by="user.signed_in",
            health_rule=HealthRule(
                needs=needs_checks("app.credential"), covered_by="store.redeems", is_covered=_has_no_credential
            ),
        ),
        Check(
            "app.service_principal",
            "The app has its own service principal",
            service_principal,
            settled_by="user.signed_in",
            health_rule=HealthRule(
                needs=needs_checks("app.credential"), covered_by="store.redeems", is_covered=_has_no_credential
            ),
        ),
        Check(
            "app.public_client",
            "“Allow public client flows” is known",
            public_client,
            settled_by="user.client_type",
            health_rule=HealthRule(public_client_of_stored, needs=needs_checks("app.credential")),
        ),
    ),
)
