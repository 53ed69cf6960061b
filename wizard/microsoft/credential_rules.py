"""A tenant's app management policies: which new credentials an app may get, and how long they last (protocol 11.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from wizard.core.late_pattern import late_pattern
from wizard.core.timestamps import read_timestamp
from wizard.microsoft.graph import JsonObject, Question, objects_in, text_in, truth_in

POLICIES_PAGE: Final = "in entra.microsoft.com > Entra ID > Enterprise apps > Application policies"
DEFAULT_POLICY: Final = Question(
    "the tenant's policy for credentials of apps",
    "/v1.0/policies/defaultAppManagementPolicy",
    "Policy.Read.All",
    POLICIES_PAGE,
)
_DURATION = late_pattern(r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,6})D)?(?:T[0-9HMS.]{1,40})?")
"""ISO 8601, as Graph writes a lifetime; hours and less do not count here."""
_DAYS: Final = (365, 30, 1)


@dataclass(frozen=True, slots=True)
class CredentialRules:
    """What holds for new credentials of one app; those that there are stay as they are.

    Args:
        forbids_secrets: whether no client secret can be made; None where that cannot be told.
        secret_life: how long one can last, None for no limit of the tenant's.
        certificate_life: the same of a certificate.
        needs_trusted_issuer: whether a certificate has to come from an authority that the tenant trusts.
    """

    forbids_secrets: bool | None = False
    secret_life: timedelta | None = None
    certificate_life: timedelta | None = None
    needs_trusted_issuer: bool = False


def own_policies_question(client_id: str) -> Question:
    """Return the question for the policies that are assigned to one app."""
    path = f"/v1.0/applications(appId='{client_id}')/appManagementPolicies"
    return Question("the app's own policies for credentials", path, "Policy.Read.All", POLICIES_PAGE)


def rules_in(default: JsonObject, own: Iterable[JsonObject], app_made: datetime | None) -> CredentialRules | None:
    """Return the rules that hold for an app: a restriction of its own policy counts in the place of the default's.

    Args:
        default: the tenant's policy.
        own: those that are assigned to the app.
        app_made: when the app was made (aware), None if unknown: some restrictions are for newer apps alone.

    Returns:
        None if the default has a form that nobody expects.
    """
    is_on = truth_in(default, "isEnabled")
    parts = default.get("applicationRestrictions")
    if is_on is None or not isinstance(parts, dict):
        return None
    restrictions = _restrictions(parts) if is_on else {}
    for policy in own:
        if truth_in(policy, "isEnabled") and isinstance(exceptions := policy.get("restrictions"), dict):
            restrictions |= _restrictions(exceptions)
    return CredentialRules(
        _in_force(restrictions.get("passwordAddition"), app_made),
        _life(restrictions.get("passwordLifetime"), app_made),
        _life(restrictions.get("asymmetricKeyLifetime"), app_made),
        needs_trusted_issuer=_in_force(restrictions.get("trustedCertificateAuthority"), app_made) is True,
    )


def _restrictions(parts: JsonObject) -> dict[str, JsonObject]:
    """Return the restrictions of a policy, by their type."""
    every = (*objects_in(parts, "passwordCredentials"), *objects_in(parts, "keyCredentials"))
    return {text_in(each, "restrictionType"): each for each in every}


def _in_force(restriction: JsonObject | None, app_made: datetime | None) -> bool | None:
    """Return whether a restriction holds for the app, None if that depends on when it was made.

    One without a state is on: older policies have none (U).
    """
    if restriction is None or text_in(restriction, "state").lower() == "disabled":
        return False
    since = read_timestamp(text_in(restriction, "restrictForAppsCreatedAfterDateTime"))
    if since is None:
        return True
    return None if app_made is None else app_made >= since


def _life(restriction: JsonObject | None, app_made: datetime | None) -> timedelta | None:
    if restriction is None or not _in_force(restriction, app_made):
        return None
    found = _DURATION.fullmatch(text_in(restriction, "maxLifetime"))
    if found is None:
        return None
    return timedelta(days=sum(int(number or 0) * days for number, days in zip(found.groups(), _DAYS, strict=True)))
