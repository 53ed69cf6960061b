"""Checks of the app's credential: that it works now, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from wizard.core.answers import OUTSIDE_TOKENS
from wizard.core.errors import Cancelled, ServiceRefusal
from wizard.core.findings import Finding, Who
from wizard.core.fixes import Fix
from wizard.core.retries import wait
from wizard.core.timestamps import day, timestamp
from wizard.onboarding.finding_builders import could_not_tell, fails, fixed_by, holds, warns
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_access import CREDENTIAL_NOT_REACHED, refusal_of_app_at_home
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.credential_in_vault import keep_in_vault
from wizard.onboarding.probes.graph_identity import no_graph_identity
from wizard.onboarding.probes.graph_reading import known_registration
from wizard.onboarding.probes.key_fixes import add_certificate
from wizard.onboarding.probes.known_credential import CREDENTIALS_PAGE
from wizard.onboarding.probes.outside_token import refused_credential
from wizard.onboarding.probes.principal_fixes import switching_on
from wizard.onboarding.probes.secret_fixes import add_secret

NEW_CREDENTIAL_WAIT: Final = timedelta(minutes=2)
NEW_CREDENTIAL_PAUSE: Final = 15.0
"""A credential that may be new is tried again every 15 s, for two minutes (protocol 6.3, 11.0)."""
TRYING: Final = "trying the app's credential"
UNKNOWN_CERTIFICATE: Final = "AADSTS700027"
SECRET_REFUSED: Final = frozenset({"AADSTS7000215", "AADSTS7000222"})
"""Codes with which Entra refuses a client secret: wrong, or expired."""
_UNTRUSTED: Final = (
    "Entra finds no federated credential for the token",
    "One added in the last minutes is often not usable yet; if yours is older, stop now and compare issuer, subject "
    "and audience.",
)
MAY_BE_NEW: Final = {
    "AADSTS70021": _UNTRUSTED,
    "AADSTS700211": _UNTRUSTED,
    "AADSTS700213": _UNTRUSTED,
    "AADSTS7000215": (
        "Entra refuses the client secret",
        "One made in the last minutes is often not usable yet; if yours is older, stop now and enter the right value.",
    ),
    UNKNOWN_CERTIFICATE: (
        "Entra does not know the certificate",
        "One uploaded in the last minutes is often not usable yet; if yours is older, stop now and compare its "
        "thumbprint.",
    ),
}
"""What holds the step up and what to know, by the code with which Entra refuses a credential: wrong, or too new."""
MADE_NOW: Final = MAY_BE_NEW | {"AADSTS70025": _UNTRUSTED}
"""The same of one that was made a moment ago: an app that trusted nothing before may seem to trust nothing still."""
EXPIRES_SOON: Final = timedelta(days=30)
"""What expires within it warns."""


def missing_secret(onboarding: Onboarding, check: str) -> Finding:
    """Return that the app's secret is not here: it was never entered, or is not kept; `check` says so."""
    by_hand = f"Or make a new one: {CREDENTIALS_PAGE} > Client secrets > New client secret. Its value is shown once."
    made_here = "Or have a new one made here, and kept in the key vault unseen."
    may_be_made = not no_graph_identity(onboarding)
    finding = fails(
        "The application id has the right form; the app's client secret is not entered.",
        ("Enter it: the column Value, not Secret ID.", made_here if may_be_made else by_hand),
        Who.OPERATOR,
        title="The app's client secret is missing",
        field="client_secret",
    )
    return fixed_by(finding, keep_in_vault(check)) if may_be_made else finding


def check_credential(onboarding: Onboarding) -> Finding:
    """Entra accepts the credential; a secret or certificate that may be too new is tried again for a while."""
    since = onboarding.clock.now()
    until = since + NEW_CREDENTIAL_WAIT
    refusal = refusal_of_app_at_home(onboarding)
    may_be_new = MADE_NOW if onboarding.memory.new_credential is not None else MAY_BE_NEW
    while refusal and refusal.code in may_be_new and onboarding.clock.now() < until:
        why, advice = may_be_new[refusal.code]
        trouble = f"{why} ({refusal.code})"
        try:
            wait(onboarding, TRYING, NEW_CREDENTIAL_PAUSE, until, since, trouble=trouble, advice=advice)
        except Cancelled:
            return refused_credential(onboarding, refusal)  # what was known when the wait was stopped
        onboarding.memory.probes.app_tokens.clear()
        refusal = refusal_of_app_at_home(onboarding)
    return _credential_finding(onboarding, refusal)


def credential_fixes(onboarding: Onboarding, refusal: ServiceRefusal) -> tuple[Fix, ...]:
    """Return the fix that uploads a certificate which Entra does not know, or makes a new secret for the vault."""
    from wizard.microsoft.credentials import ClientCertificate

    if refusal.code in SECRET_REFUSED:
        return add_secret(onboarding)
    credential = client_credential(onboarding) if refusal.code == UNKNOWN_CERTIFICATE else None
    if isinstance(credential, ClientCertificate):
        return add_certificate(onboarding, credential.certificate_pem)
    return ()


def recheck_credential(onboarding: Onboarding) -> Finding:
    """Entra still accepts the credential; it is not new, so it is tried once."""
    return _credential_finding(onboarding, refusal_of_app_at_home(onboarding))


def _credential_finding(onboarding: Onboarding, refusal: ServiceRefusal | None) -> Finding:
    if refusal and refusal.code in CREDENTIAL_NOT_REACHED:
        return could_not_tell(
            f"Entra refused the app before it checked the credential ({refusal.code}). It is tried again "
            "when the app is in this tenant.",
        )
    if refusal:
        fixes = (*credential_fixes(onboarding, refusal), *switching_on(onboarding, refusal.code))
        return fixed_by(refused_credential(onboarding, refusal), *fixes)
    return holds("Entra accepts the credential.", credential=onboarding.answers.credential)


def check_credential_lifetime(onboarding: Onboarding) -> Finding:
    """The credential stays valid for a while: a certificate says so, for a secret Graph does where it may be read."""
    ends = _credential_end(onboarding)
    onboarding.learn(credential_expires_at="")  # of an earlier credential
    if onboarding.answers.credential in OUTSIDE_TOKENS:
        return holds("Nothing expires: a federated credential has no end, and its token is new each time.")
    if ends is None:
        return could_not_tell(
            "The secret's end date cannot be read with the permissions available here.",
            "Look it up (App registrations > the app > Certificates & secrets), and note the date.",
            Who.OPERATOR,
        )
    onboarding.learn(credential_expires_at=timestamp(ends))
    left = ends - onboarding.clock.now()
    if left <= timedelta(0):
        return fails(f"The credential expired on {day(ends)}.", "Make a new one and enter it here.", Who.ADMIN)
    if left < EXPIRES_SOON:
        finding = warns(
            f"The credential expires in {left.days} days, on {day(ends)}; renewals stop working then.",
            "Make a new one soon, and onboard again with it.",
            Who.ADMIN,
            title="The credential expires soon",
            days_left=left.days,
        )
        return fixed_by(finding, *add_secret(onboarding))
    return holds(f"The credential is valid until {day(ends)}, {left.days} days.", days_left=left.days)


def _credential_end(onboarding: Onboarding) -> datetime | None:
    from wizard.microsoft.credentials import ClientCertificate, ClientSecret

    credential = client_credential(onboarding)
    if isinstance(credential, ClientCertificate):
        return credential.expires_at
    registration = known_registration(onboarding)
    if not isinstance(credential, ClientSecret) or registration is None:
        return None
    ends = [
        secret.expires_at
        for secret in registration.secrets
        if secret.hint and credential.value.reveal().startswith(secret.hint)
    ]
    return min((end for end in ends if end), default=None)
