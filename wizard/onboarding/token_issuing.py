"""A short-lived access token out of what an onboarding has stored: read from the vault, redeemed, and handed over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput, ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Outcome, Who
from wizard.onboarding.finding_builders import fails, not_reached, refused
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.vault_access import login_host_check, vault_refused
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.steps.store import recheck_stored_token
from wizard.tokens.access_token import AccessToken, redeem_for
from wizard.tokens.pace import PAUSE, Pace, subject_of
from wizard.tokens.record import Owner

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.credentials import Credential
    from wizard.onboarding.onboarding_context import Onboarding

NO_IDENTITY: Final = "no_identity"
"""The error of an identity that cannot sign in (`identity_error`)."""
LOOP: Final = "AADSTS50196"
NOT_CONSENTED: Final = frozenset({
    "AADSTS65001", "AADSTS65005", "AADSTS650056", "AADSTS650057", "AADSTS90094", "AADSTS90095", "AADSTS50105",
    "AADSTS500011", "AADSTS650052",
})  # fmt: skip
"""Codes by which Entra says that this API is not allowed, or not there: no sign-in changes that (protocol 6.3)."""
TOKEN_ENDED: Final = frozenset({
    "AADSTS700082", "AADSTS70008", "AADSTS50173", "AADSTS50132", "AADSTS50133", "AADSTS700084", "AADSTS70043",
    "AADSTS530036", "AADSTS9002313", "AADSTS7000110", "AADSTS50078",
})  # fmt: skip
"""Codes by which Entra says that the refresh token itself has ended, in whichever tenant it is redeemed."""
NEEDS_SIGN_IN: Final = frozenset({"invalid_grant", "interaction_required"})
"""OAuth errors after which only a person can get a new token (RFC 6749, 5.2)."""
WRONG_CLIENT: Final = frozenset({"invalid_client", "unauthorized_client"})


class WhyNone(StrEnum):
    """Why there is no access token: a promise to programs that read it."""

    SIGN_IN_AGAIN = "sign_in_again"
    """The refresh token has ended: somebody has to sign in."""
    NOT_CONSENTED = "not_consented"
    """The app may not use this API there."""
    CUSTOMER_REFUSED = "customer_refused"
    """The customer's tenant lets neither the app nor the user in; the token itself may be good."""
    APP_CREDENTIAL = "app_credential"
    """Entra does not take the app, or what it proves itself with."""
    STORED_TOKEN = "stored_token"
    """The vault does not give a token of this onboarding."""
    ASKED_TOO_OFTEN = "asked_too_often"
    """The same was asked for within the last minute."""
    REFUSED = "refused"
    """Entra refused for another reason."""
    UNREACHABLE = "unreachable"
    """A service could not be reached, or its answer could not be read."""


@dataclass(frozen=True, slots=True)
class NoToken:
    """That there is no access token.

    Args:
        why: for programs.
        finding: for people.
        retry_after: in how many seconds it can be asked for again; 0 where that is not known.
    """

    why: WhyNone
    finding: Finding
    retry_after: int = 0

    def as_json(self) -> dict[str, object]:
        """Return it as one JSON object; `code` is the reason, `service_code` what a service said."""
        finding = self.finding.as_json()
        said = {name: finding[name] for name in ("title", "message", "actions", "who", "ids")}
        wait = {"retry_after": self.retry_after} if self.retry_after else {}
        return {"type": "no_token", "code": self.why.value, "service_code": self.finding.code, **said, **wait}


@dataclass(frozen=True, slots=True)
class StoredToken:
    """The stored token, and what the app proves itself with: None as a public client."""

    refresh_token: Secret
    credential: Credential | None


def open_stored(onboarding: Onboarding) -> StoredToken | NoToken:
    """Return the token that an onboarding has stored, or why there is none.

    Raises:
        BadInput: an answer does not lead to the vault, or to the app's credential.
        Cancelled: the cancel signal was set.
    """
    why = WhyNone.STORED_TOKEN
    try:
        found = recheck_stored_token(onboarding)
        refresh_token = onboarding.memory.storing.read_back
        if found.outcome is Outcome.FAILS or refresh_token is None:
            return _entra_out_of_reach(onboarding, found) or NoToken(why, found)
        why = WhyNone.APP_CREDENTIAL
        is_public = onboarding.facts.client_type == "public"
        return StoredToken(refresh_token, None if is_public else client_credential(onboarding))
    except ServiceRefusal as refusal:
        finding = vault_refused(onboarding, refusal)
        return _entra_out_of_reach(onboarding, finding) or NoToken(why, finding)
    except Unreachable as error:
        return NoToken(WhyNone.UNREACHABLE, not_reached(error))


def issue(onboarding: Onboarding, audience: str, tenant_id: str, pace: Pace) -> AccessToken | NoToken:
    """Return an access token for an API, or why there is none.

    Args:
        onboarding: whose token is stored.
        audience: of the API.
        tenant_id: where it is redeemed: the onboarded tenant, or one of its customers.
        pace: says whether it may be redeemed now.

    Raises:
        BadInput: an answer does not lead to the vault, or to the app's credential.
        Cancelled: the cancel signal was set.
    """
    facts, client_id = onboarding.facts, onboarding.answers.client_id
    stored = open_stored(onboarding)
    if isinstance(stored, NoToken):
        return stored
    if left := pace.seconds_left(subject_of(tenant_id, client_id, audience), onboarding.clock.now()):
        return NoToken(WhyNone.ASKED_TOO_OFTEN, _too_often(left), left)
    owner = Owner(tenant_id, client_id)
    try:
        return redeem_for(onboarding, onboarding.services, owner, stored.credential, stored.refresh_token, audience)
    except ServiceRefusal as refusal:
        is_customer = tenant_id.lower() != facts.tenant_id.lower()
        return NoToken(why_refused(refusal, is_customer=is_customer), refused(refusal, context=RefusalContext.RENEWAL))
    except Unreachable as error:
        return NoToken(WhyNone.UNREACHABLE, not_reached(error))


def require_credential(onboarding: Onboarding) -> None:
    """Raise `BadInput` where the app's secret would have to be typed: nobody is here to do it."""
    answers = onboarding.answers
    if answers.credential == "secret" and not answers.client_secret and onboarding.facts.client_type != "public":
        raise BadInput(
            "credential",
            "the client secret was typed, and is never kept: say where it is in a file for --answers, such as "
            'credential = { env = "NAME" } or { vault_secret = "NAME" }',
        )


def why_refused(refusal: ServiceRefusal, *, is_customer: bool) -> WhyNone:
    """Return what a refusal of Entra means for whoever wants an access token; `is_customer`: of a customer's tenant."""
    if refusal.code in TOKEN_ENDED:
        return WhyNone.SIGN_IN_AGAIN
    if refusal.code == LOOP:
        return WhyNone.ASKED_TOO_OFTEN
    if refusal.code in NOT_CONSENTED:
        return WhyNone.NOT_CONSENTED
    if is_customer and (refusal.error in NEEDS_SIGN_IN or refusal.code in {"AADSTS700016", "AADSTS7000229"}):
        return WhyNone.CUSTOMER_REFUSED
    if refusal.error in WRONG_CLIENT:
        return WhyNone.APP_CREDENTIAL
    return WhyNone.SIGN_IN_AGAIN if refusal.error in NEEDS_SIGN_IN else WhyNone.REFUSED


def _entra_out_of_reach(onboarding: Onboarding, finding: Finding) -> NoToken | None:
    """Return that Entra is not reached, where an identity could not sign in: azure-identity does not say why."""
    if finding.code != NO_IDENTITY or not login_host_check(onboarding):
        return None
    try:
        onboarding.services.entra.discover_tenant(onboarding.app_tenant_id)
    except Unreachable as error:
        return NoToken(WhyNone.UNREACHABLE, not_reached(error))
    except ServiceRefusal:
        pass
    return None


def _too_often(left: int) -> Finding:
    return fails(
        f"A token for this API and tenant was redeemed less than {PAUSE} seconds ago. Entra takes the same request "
        "again and again for a loop, and then refuses the app (AADSTS50196).",
        (
            "Use the token that was given then: it is good for an hour.",
            "If several programs need it, let partner-wizard token --serve SOCKET keep it for them.",
            f"Or ask again in {left} seconds.",
        ),
        Who.OPERATOR,
        title="The same token was asked for a moment ago",
    )
